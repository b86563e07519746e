import { formatCount } from "../format/numbers";
import type { DealMessages } from "./deal.en";
import type { DrawMessages } from "./draw.en";
import type { Messages } from "./en";
import type { PaymentMessages } from "./payment.en";
import type { ResultMessages } from "./result.en";
import type { SaleMessages } from "./sale.en";
import type { SignInMessages } from "./signIn.en";
import type { VoteMessages } from "./vote.en";
import type { WaitingMessages } from "./waiting.en";
import type { WavesMessages } from "./waves.en";

export type Language = "en" | "pl";
export const LANGUAGES: readonly Language[] = ["en", "pl"];

/**
 * What is said everywhere; in a vote; of a result; at first sight of a pre-sale; from the review of a pre-order on; of
 * waves; of waiting; of draws; of a fan's money; in the sign-in dialog.
 */
export type Book = "page" | "vote" | "result" | "sale" | "deal" | "waves" | "waiting" | "draw" | "payment" | "signIn";
export type AllMessages = Messages &
  VoteMessages &
  ResultMessages &
  SaleMessages &
  DealMessages &
  WavesMessages &
  WaitingMessages &
  DrawMessages &
  PaymentMessages &
  SignInMessages;

/** A fan loads one language, and of it what is needed: words are most of what the page weighs. */
const LOADERS: Record<Book, Record<Language, () => Promise<Partial<AllMessages>>>> = {
  page: { en: async () => (await import("./en")).en, pl: async () => (await import("./pl")).pl },
  vote: { en: async () => (await import("./vote.en")).voteEn, pl: async () => (await import("./vote.pl")).votePl },
  result: { en: async () => (await import("./result.en")).resultEn, pl: async () => (await import("./result.pl")).resultPl },
  sale: { en: async () => (await import("./sale.en")).saleEn, pl: async () => (await import("./sale.pl")).salePl },
  deal: { en: async () => (await import("./deal.en")).dealEn, pl: async () => (await import("./deal.pl")).dealPl },
  waves: { en: async () => (await import("./waves.en")).wavesEn, pl: async () => (await import("./waves.pl")).wavesPl },
  waiting: { en: async () => (await import("./waiting.en")).waitingEn, pl: async () => (await import("./waiting.pl")).waitingPl },
  draw: { en: async () => (await import("./draw.en")).drawEn, pl: async () => (await import("./draw.pl")).drawPl },
  payment: {
    en: async () => (await import("./payment.en")).paymentEn,
    pl: async () => (await import("./payment.pl")).paymentPl,
  },
  signIn: { en: async () => (await import("./signIn.en")).signInEn, pl: async () => (await import("./signIn.pl")).signInPl },
};

export const BOOKS = Object.keys(LOADERS) as Book[];

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
