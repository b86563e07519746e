import { createContext, type ComponentChildren } from "preact";
import { useContext, useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { Problem } from "../api/problem";
import { formatAhead, formatClock, formatDay, formatMoment, formatSoon } from "../format/dates";
import { formatMoney, formatSurcharge } from "../format/money";
import { formatCount, formatDecimal, formatShare } from "../format/numbers";
import { recall, remember } from "../ui/remembered";
import {
  chooseLanguage,
  loadMessages,
  phrase,
  type AllMessages,
  type Book,
  type Language,
  type MessageKey,
  type Values,
} from "./translate";

/** Everything a view needs to speak: messages, numbers, money, dates, refusals, all in the fan's language. */
export interface Speech {
  language: Language;
  speak: (language: Language) => void;
  /** Whether what a part of the page says is loaded; asked by `lazily`, before the part is drawn. */
  knows: (books: readonly Book[]) => boolean;
  learn: (books: readonly Book[]) => Promise<true>;
  t: (key: MessageKey, values?: Values) => string;
  count: (count: number) => string;
  share: (part: number, whole: number) => string;
  decimal: (value: number, digits: number, signed?: boolean) => string;
  money: (amountMinor: number, currency: string) => string;
  surcharge: (amountMinor: number, currency: string) => string;
  day: (instant: string) => string;
  moment: (instant: string) => string;
  clock: (instant: string) => string;
  /** "today at 18:00", and "in 3 hours": relative to the given time. */
  soon: (instant: string, now: number) => string;
  ahead: (instant: string, now: number) => string;
  /** The country of an ISO 3166 code. */
  country: (code: string) => string;
  /** A sentence that helps: ours for a known code, the API's own detail for another. */
  problem: (problem: Problem) => string;
  /** Why a pre-order ended as it did; empty where the code says nothing that its state does not. */
  reason: (reason: string | null) => string;
}

export interface Spoken {
  language: Language;
  books: readonly Book[];
  messages: Partial<AllMessages>;
}

/** What a language and its words make of a `Speech`, wherever they come from. */
export function speechIn({ language, books, messages }: Spoken, { speak, learn }: Pick<Speech, "speak" | "learn">): Speech {
  const t: Speech["t"] = (key, values) => phrase(language, messages[key] ?? key, values);
  const isKey = (key: string): key is MessageKey => Object.hasOwn(messages, key);
  return {
    language,
    speak,
    learn,
    knows: (asked) => asked.every((book) => books.includes(book)),
    t,
    count: (count) => formatCount(count, language),
    share: (part, whole) => formatShare(part, whole, language),
    decimal: (value, digits, signed) => formatDecimal(value, language, digits, signed),
    money: (amountMinor, currency) => formatMoney(amountMinor, currency, language),
    surcharge: (amountMinor, currency) => formatSurcharge(amountMinor, currency, language),
    day: (instant) => formatDay(instant, language),
    moment: (instant) => formatMoment(instant, language),
    clock: (instant) => formatClock(instant, language),
    soon: (instant, now) => formatSoon(instant, language, now),
    ahead: (instant, now) => formatAhead(instant, language, now),
    country: (code) => new Intl.DisplayNames([language], { type: "region" }).of(code) ?? code,
    problem: (problem) => {
      const key = `problem.${problem.code}`;
      if (isKey(key)) return t(key);
      return problem.detail ?? t("problem.unexpected");
    },
    reason: (reason) => {
      const key = `reason.${reason}`;
      return isKey(key) ? t(key) : "";
    },
  };
}

const SpeechContext = createContext<Speech | null>(null);
/** Only under a `LanguageProvider`. */
export const useSpeech = () => useContext(SpeechContext)!;

const MEMORY = "groundswell.language";

/** The language to begin with, loaded. */
export async function firstLanguage(): Promise<Spoken> {
  const language = chooseLanguage(recall(MEMORY), navigator.languages);
  return { language, books: ["page"], messages: await loadMessages(language) };
}

export function LanguageProvider({ first, children }: { first: Spoken; children: ComponentChildren }) {
  const [spoken, setSpoken] = useState(first);
  useLayoutEffect(() => {
    document.documentElement.lang = spoken.language;
  }, [spoken]);
  const speech = useMemo(() => {
    const speak = async (language: Language) => {
      const messages = await loadMessages(language, spoken.books);
      setSpoken({ language, books: spoken.books, messages });
      remember(MEMORY, language);
    };
    const learn = async (books: readonly Book[]): Promise<true> => {
      const learned = await loadMessages(spoken.language, books);
      // Who has changed the language meanwhile learns it again in the new one.
      setSpoken((was) => (was.language === spoken.language ? withBooks(was, books, learned) : was));
      return true;
    };
    // Without a connection the page stays in the language that it has.
    return speechIn(spoken, { speak: (wished) => void speak(wished).catch(() => {}), learn });
  }, [spoken]);
  return <SpeechContext.Provider value={speech}>{children}</SpeechContext.Provider>;
}

function withBooks(spoken: Spoken, books: readonly Book[], learned: Spoken["messages"]): Spoken {
  return { ...spoken, books: [...new Set([...spoken.books, ...books])], messages: { ...spoken.messages, ...learned } };
}
