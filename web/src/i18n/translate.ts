import { formatCount } from "../format/numbers";
import type { Messages } from "./en";
import type { SaleMessages } from "./sale.en";

export type Language = "en" | "pl";
export const LANGUAGES: readonly Language[] = ["en", "pl"];

/** What is said everywhere, and what only a pre-sale says. */
export type Book = "page" | "sale";
export type AllMessages = Messages & SaleMessages;

/** A fan loads one language, and of it what is needed: words are most of what the page weighs. */
const LOADERS: Record<Book, Record<Language, () => Promise<Partial<AllMessages>>>> = {
  page: { en: async () => (await import("./en")).en, pl: async () => (await import("./pl")).pl },
  sale: { en: async () => (await import("./sale.en")).saleEn, pl: async () => (await import("./sale.pl")).salePl },
};

export async function loadMessages(language: Language, books: readonly Book[] = ["page"]): Promise<Partial<AllMessages>> {
  const loaded = await Promise.all(books.map((book) => LOADERS[book][language]()));
  return Object.assign({}, ...loaded) as Partial<AllMessages>;
}

export type MessageKey = keyof AllMessages;
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
