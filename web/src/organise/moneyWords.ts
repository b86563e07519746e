import { useSpeech } from "../i18n/Language";
import { phrase, type Plural, type Values } from "../i18n/translate";

/** What an organiser reads of a campaign's money; it comes with that section. */
const en = {
  money: "Money",
  moneyDetail: "Every movement stands in the ledger, twice: where it came from and where it went. Nothing in it is ever changed.",
  moneyNone: "No money has moved yet.",
  moneySum: { one: "{count} movement, and the accounts add up.", other: "{count} movements, and the accounts add up." },
  moneyAstray: "The accounts do not add up: {amount} is unaccounted for. Look at the ledger before anything is paid out.",
  account: "Account",
  balance: "Balance",
  "account.provider": "At the payment provider",
  "account.fans": "Fans' money, held for them",
  "account.refunds_due": "Promised back, not yet arrived",
  "account.manufacturer": "Owed to the manufacturer",
  "account.organiser": "Yours (below zero: you carry it)",
  "account.fees": "Fees",
  "account.partner": "Owed to partners",
  collecting: {
    one: "Batch {number}: {collected} of {count} unit is paid.",
    other: "Batch {number}: {collected} of {count} units are paid.",
  },
  carried: "If fans of batch {number} do not pay after the lock, the others keep their price: it can cost you {most} at most.",
  collectingUntil: "What is unpaid on {moment} leaves the batch.",
  csv: "Download the ledger (CSV)",
  csvWorking: "Putting it together…",
  csvDone: "The ledger is in your downloads.",
  refunds: "Refunds that have not arrived yet",
  refundsNone: "Every refund has arrived.",
  refundOf: "Pre-order",
  refundAmount: "Amount",
  refundState: "Where it is",
  refundSince: "Since",
  "refund.requested": "being sent",
  "refund.pending": "on its way",
  "refund.failed": "failed",
  "refund.succeeded": "arrived",
  refundAgain: "Try it again",
  refundAgainDone: "Refund {reference} is being sent once more.",
} satisfies Record<string, string | Plural>;

type Key = keyof typeof en;

const pl: { [Name in Key]: (typeof en)[Name] extends string ? string : Plural } = {
  money: "Pieniądze",
  moneyDetail: "Każdy ruch jest w księdze dwa razy: skąd wyszedł i dokąd trafił. Niczego w niej nigdy się nie zmienia.",
  moneyNone: "Nie było jeszcze żadnych ruchów pieniędzy.",
  moneySum: {
    one: "{count} ruch, a konta się zgadzają.",
    few: "{count} ruchy, a konta się zgadzają.",
    many: "{count} ruchów, a konta się zgadzają.",
    other: "{count} ruchu, a konta się zgadzają.",
  },
  moneyAstray: "Konta się nie zgadzają: brakuje wyjaśnienia dla kwoty {amount}. Zajrzyj do księgi, zanim cokolwiek zostanie wypłacone.",
  account: "Konto",
  balance: "Saldo",
  "account.provider": "U operatora płatności",
  "account.fans": "Pieniądze fanów, przechowywane dla nich",
  "account.refunds_due": "Do zwrotu, jeszcze nie dotarło",
  "account.manufacturer": "Należne producentowi",
  "account.organiser": "Twoje (poniżej zera: po Twojej stronie)",
  "account.fees": "Opłaty",
  "account.partner": "Należne partnerom",
  collecting: {
    one: "Partia {number}: opłacono {collected} z {count} sztuki.",
    few: "Partia {number}: opłacono {collected} z {count} sztuk.",
    many: "Partia {number}: opłacono {collected} z {count} sztuk.",
    other: "Partia {number}: opłacono {collected} z {count} sztuki.",
  },
  carried: "Jeśli fani partii {number} nie zapłacą po jej zamknięciu, pozostali zachowają cenę: może Cię to kosztować najwyżej {most}.",
  collectingUntil: "To, co nie będzie opłacone {moment}, opuści partię.",
  csv: "Pobierz księgę (CSV)",
  csvWorking: "Składanie księgi…",
  csvDone: "Księga jest wśród pobranych plików.",
  refunds: "Zwroty, które jeszcze nie dotarły",
  refundsNone: "Wszystkie zwroty dotarły.",
  refundOf: "Zamówienie",
  refundAmount: "Kwota",
  refundState: "Gdzie jest",
  refundSince: "Od",
  "refund.requested": "jest wysyłany",
  "refund.pending": "w drodze",
  "refund.failed": "nie udał się",
  "refund.succeeded": "dotarł",
  refundAgain: "Spróbuj ponownie",
  refundAgainDone: "Zwrot {reference} jest wysyłany jeszcze raz.",
};

export const MONEY_WORDS = { en, pl };

export function useMoneyWords(): (key: Key, values?: Values) => string {
  const { language } = useSpeech();
  return (key, values) => phrase(language, MONEY_WORDS[language][key], values);
}
