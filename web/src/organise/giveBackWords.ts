import { useSpeech } from "../i18n/Language";
import { phrase, type Plural, type Values } from "../i18n/translate";

/** What an organiser reads who gives money back. */
const en = {
  giveBackTitle: "Give money back",
  giveBackDetail: "Of a pre-order that is ordered, a part or all that was paid. You carry it: the units are made. The fan reads your reason.",
  giveBackOf: "Pre-order",
  giveBackOfHint: "Its number, as its fan or a line of the order tells it.",
  giveBackOfMissing: "Write the number of the pre-order.",
  giveBackAmount: "Amount in {currency}",
  giveBackAmountMissing: "Write an amount in {currency}, like {example}.",
  giveBackReason: "Why",
  giveBackReasonShort: "Say in at least {count} letters why, for the fan to read.",
  giveBackSend: "Give back",
  giveBackSendThis: "Give {amount} back",
  giveBackSending: "Sending…",
  giveBackDone: "{amount} is promised to the fan, and being sent.",
  "giveBack.payment_missing": "No pre-order of this campaign has that number.",
  "giveBack.not_paid": "This pre-order is not paid for and ordered, so there is nothing to give back from it.",
  "giveBack.refund_too_large": "That is more than is left of what was paid.",
} satisfies Record<string, string | Plural>;

type Key = keyof typeof en;

const pl: { [Name in Key]: (typeof en)[Name] extends string ? string : Plural } = {
  giveBackTitle: "Zwróć pieniądze",
  giveBackDetail: "Za zamówienie, które jest już w produkcji: część albo całość zapłaty. Koszt jest po Twojej stronie: sztuki powstaną. Fan przeczyta Twój powód.",
  giveBackOf: "Zamówienie",
  giveBackOfHint: "Jego numer: zna go fan, stoi też przy pozycji zlecenia.",
  giveBackOfMissing: "Wpisz numer zamówienia.",
  giveBackAmount: "Kwota w {currency}",
  giveBackAmountMissing: "Wpisz kwotę w {currency}, na przykład {example}.",
  giveBackReason: "Dlaczego",
  giveBackReasonShort: "Napisz fanowi dlaczego, przynajmniej {count} literami.",
  giveBackSend: "Zwróć",
  giveBackSendThis: "Zwróć {amount}",
  giveBackSending: "Wysyłanie…",
  giveBackDone: "{amount} obiecano fanowi, zwrot jest wysyłany.",
  "giveBack.payment_missing": "Żadne zamówienie tej kampanii nie ma takiego numeru.",
  "giveBack.not_paid": "To zamówienie nie jest opłacone i zlecone, więc nie ma z niego czego zwrócić.",
  "giveBack.refund_too_large": "To więcej, niż zostało z zapłaty.",
};

export const GIVE_BACK_WORDS = { en, pl };

export function useGiveBackWords(): (key: Key, values?: Values) => string {
  const { language } = useSpeech();
  return (key, values) => phrase(language, GIVE_BACK_WORDS[language][key], values);
}

/** Our sentence for a refusal that has one here. */
export const isRefusal = (code: string): code is "payment_missing" | "not_paid" | "refund_too_large" => `giveBack.${code}` in en;
