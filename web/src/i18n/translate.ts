import { formatCount } from "../format/numbers";
import type { Messages } from "./en";

export type Language = "en" | "pl";
export const LANGUAGES: readonly Language[] = ["en", "pl"];

/** A fan loads one language, not all: words are most of what the page weighs. */
const LOADERS: Record<Language, () => Promise<Messages>> = {
  en: async () => (await import("./en")).en,
  pl: async () => (await import("./pl")).pl,
};
export const loadMessages = (language: Language) => LOADERS[language]();

export type MessageKey = keyof Messages;
/** One form per CLDR plural category of the language; `other` is always there. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
export type Values = Record<string, string | number>;

/** A message with `{names}` filled in; a plural one is chosen by `values.count`, formatted in the language. */
export function phrase(language: Language, message: string | Plural, values: Values = {}): string {
  const template = typeof message === "string" ? message : pluralForm(message, language, Number(values["count"]));
  return template.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = values[name];
    if (value === undefined) return hole;
    return typeof value === "number" ? formatCount(value, language) : value;
  });
}

function pluralForm(forms: Plural, language: Language, count: number): string {
  return forms[new Intl.PluralRules(language).select(count)] ?? forms.other;
}

/** The remembered language, else the first of the browser's that the page speaks, else English. */
export function chooseLanguage(remembered: string | null, wished: readonly string[]): Language {
  const candidates = remembered ? [remembered, ...wished] : wished;
  for (const candidate of candidates) {
    const primary = candidate.toLowerCase().split("-")[0];
    const spoken = LANGUAGES.find((language) => language === primary);
    if (spoken) return spoken;
  }
  return "en";
}
