import { useSpeech } from "../i18n/Language";
import { phrase, type Values } from "../i18n/translate";

/** What an organiser reads of payments that banks have taken back. */
const en = {
  disputes: "Disputes",
  disputesDetail:
    "For these payments a fan has gone to the bank, and the bank has taken the money back. You carry it. Answer the bank at your payment provider, within the time that is given there.",
  disputesNone: "No payment is disputed.",
  disputeOf: "{amount} since {moment}",
  disputePreorder: "Pre-order",
  disputeOpen: "Now the bank decides. For you: the money comes back here by itself. For the fan: it stays with the fan, and you go on carrying it.",
  disputeWon: "Decided for you on {moment}: the money is back.",
};

type Key = keyof typeof en;

const pl: Record<Key, string> = {
  disputes: "Spory",
  disputesDetail:
    "W sprawie tych płatności fan zwrócił się do banku, a bank cofnął pieniądze. Ten koszt jest po Twojej stronie. Odpowiedz bankowi u operatora płatności, w podanym tam terminie.",
  disputesNone: "Żadna płatność nie jest sporna.",
  disputeOf: "{amount} od {moment}",
  disputePreorder: "Zamówienie",
  disputeOpen: "Teraz decyduje bank. Na Twoją korzyść: pieniądze same tu wrócą. Na korzyść fana: zostaną u fana, a koszt nadal jest po Twojej stronie.",
  disputeWon: "Rozstrzygnięto na Twoją korzyść {moment}: pieniądze wróciły.",
};

export const DISPUTE_WORDS = { en, pl };

export function useDisputeWords(): (key: Key, values?: Values) => string {
  const { language } = useSpeech();
  return (key, values) => phrase(language, DISPUTE_WORDS[language][key], values);
}
