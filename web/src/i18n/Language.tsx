import { createContext, type ComponentChildren } from "preact";
import { useContext, useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { Problem } from "../api/problem";
import { formatClock, formatDay, formatMoment } from "../format/dates";
import { formatMoney, formatSurcharge } from "../format/money";
import { formatCount, formatShare } from "../format/numbers";
import { recall, remember } from "../ui/remembered";
import { chooseLanguage, isKey, translate, type Language, type MessageKey, type Values } from "./translate";

/** Everything a view needs to speak: messages, numbers, money, dates, refusals, all in the fan's language. */
export interface Speech {
  language: Language;
  speak: (language: Language) => void;
  t: (key: MessageKey, values?: Values) => string;
  count: (count: number) => string;
  share: (part: number, whole: number) => string;
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

function speechIn(language: Language, speak: (language: Language) => void): Speech {
  const t: Speech["t"] = (key, values) => translate(language, key, values);
  return {
    language,
    speak,
    t,
    count: (count) => formatCount(count, language),
    share: (part, whole) => formatShare(part, whole, language),
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

const SpeechContext = createContext<Speech>(speechIn("en", () => {}));
export const useSpeech = () => useContext(SpeechContext);

const MEMORY = "groundswell.language";

export function LanguageProvider({ children }: { children: ComponentChildren }) {
  const [language, setLanguage] = useState(() => chooseLanguage(recall(MEMORY), navigator.languages));
  useLayoutEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speech = useMemo(
    () =>
      speechIn(language, (wished) => {
        remember(MEMORY, wished);
        setLanguage(wished);
      }),
    [language],
  );
  return <SpeechContext.Provider value={speech}>{children}</SpeechContext.Provider>;
}
