import { createContext, type ComponentChildren } from "preact";
import { useContext, useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { Problem } from "../api/problem";
import { formatClock, formatDay, formatMoment } from "../format/dates";
import { formatMoney, formatSurcharge } from "../format/money";
import { formatCount, formatDecimal, formatShare } from "../format/numbers";
import { recall, remember } from "../ui/remembered";
import type { Messages } from "./en";
import { chooseLanguage, loadMessages, phrase, type Language, type MessageKey, type Values } from "./translate";

/** Everything a view needs to speak: messages, numbers, money, dates, refusals, all in the fan's language. */
export interface Speech {
  language: Language;
  speak: (language: Language) => void;
  t: (key: MessageKey, values?: Values) => string;
  count: (count: number) => string;
  share: (part: number, whole: number) => string;
  decimal: (value: number, digits: number, signed?: boolean) => string;
  money: (amountMinor: number, currency: string) => string;
  surcharge: (amountMinor: number, currency: string) => string;
  day: (instant: string) => string;
  moment: (instant: string) => string;
  clock: (instant: string) => string;
  /** A sentence that helps: ours for a known code, the API's own detail for another. */
  problem: (problem: Problem) => string;
  /** Why a pre-order ended as it did; empty where the code says nothing that its state does not. */
  reason: (reason: string | null) => string;
}

export interface Spoken {
  language: Language;
  messages: Messages;
}

function speechIn({ language, messages }: Spoken, speak: (language: Language) => void): Speech {
  const t: Speech["t"] = (key, values) => phrase(language, messages[key], values);
  const isKey = (key: string): key is MessageKey => Object.hasOwn(messages, key);
  return {
    language,
    speak,
    t,
    count: (count) => formatCount(count, language),
    share: (part, whole) => formatShare(part, whole, language),
    decimal: (value, digits, signed) => formatDecimal(value, language, digits, signed),
    money: (amountMinor, currency) => formatMoney(amountMinor, currency, language),
    surcharge: (amountMinor, currency) => formatSurcharge(amountMinor, currency, language),
    day: (instant) => formatDay(instant, language),
    moment: (instant) => formatMoment(instant, language),
    clock: (instant) => formatClock(instant, language),
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
  return { language, messages: await loadMessages(language) };
}

export function LanguageProvider({ first, children }: { first: Spoken; children: ComponentChildren }) {
  const [spoken, setSpoken] = useState(first);
  useLayoutEffect(() => {
    document.documentElement.lang = spoken.language;
  }, [spoken]);
  const speech = useMemo(() => {
    const speak = async (language: Language) => {
      setSpoken({ language, messages: await loadMessages(language) });
      remember(MEMORY, language);
    };
    // Without a connection the page stays in the language that it has.
    return speechIn(spoken, (wished) => void speak(wished).catch(() => {}));
  }, [spoken]);
  return <SpeechContext.Provider value={speech}>{children}</SpeechContext.Provider>;
}
