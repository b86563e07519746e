import type { Plural } from "../i18n/translate";
import { useSpeech } from "../i18n/Language";
import { phrase, type Values } from "../i18n/translate";

/** Only organisers need these, so they come with their page. */
const en = {
  title: "Organiser's view",
  toCampaign: "To the campaign",
  signIn: "Sign in as the organiser of this campaign.",
  notYours: "This view is for the organiser of this campaign. Sign in with that account.",
  sampled: {
    one: "Patterns and signals come from {count} ballot: whole parts of the table, over which fans are spread by chance.",
    other: "Patterns and signals come from {count} ballots: whole parts of the table, over which fans are spread by chance.",
  },
  tally: "Live count",
  hidden: "Fans do not see these counts yet.",
  turnout: "Turnout by the hour",
  turnoutDetail: "First ballots of each hour. A changed ballot is not counted again.",
  turnoutNone: "Nobody has voted yet.",
  turnoutTable: "The same as a table",
  turnoutHour: "Hour",
  turnoutBallots: "Ballots",
  turnoutMost: { one: "Most in one hour: {count} ballot", other: "Most in one hour: {count} ballots" },
  cross: "Who chose what together",
  crossDetail: "Each row: of those who chose this option, how many also chose each option above. Chosen means ticked, given 4 or 5 points, ranked first, or once named the best.",
  crossNone: "There are no patterns to show: too few ballots, or too many options.",
  crossRows: "Those who chose",
  crossColumns: "also chose",
  crossBallots: "Ballots",
  signals: "Signals",
  signalsDetail: "Nothing here drops or changes a ballot: the count is what it is. A coach full of friends votes alike as well. If something looks wrong, look at it, and say publicly what you find.",
  signalsNone: "Nothing stands out.",
  alike: {
    one: "{count} ballot says the same on every feature; chance alone would have about {expected}.",
    other: "{count} ballots say the same on every feature; chance alone would have about {expected}.",
  },
  alikeWhen: "Cast from {first} to {last}.",
  burst: {
    one: "{count} voter made an account within ten minutes of {since}; usual are {usual}.",
    other: "{count} voters made their accounts within ten minutes of {since}; usual are {usual}.",
  },
  overrule: "Overrule a result",
  overruleDetail: "Until the pre-sale opens you can keep other options than the vote did. What was decided, what you keep instead and your reason are shown to everybody, for good.",
  overruleFeature: "Feature",
  overruleKept: "Keep selectable",
  overruleReason: "Reason, for everybody to read",
  overruleShort: { one: "Write at least {count} character.", other: "Write at least {count} characters." },
  overruleNone: "Keep at least one option.",
  overruleSend: "Overrule and publish",
  overruleWorking: "Publishing…",
  overruleDone: "Published. The campaign shows your decision beside the result.",
} satisfies Record<string, string | Plural>;

type Key = keyof typeof en;

const pl: { [Name in Key]: (typeof en)[Name] extends string ? string : Plural } = {
  title: "Widok organizatora",
  toCampaign: "Do kampanii",
  signIn: "Zaloguj się jako organizator tej kampanii.",
  notYours: "Ten widok jest dla organizatora tej kampanii. Zaloguj się na jego konto.",
  sampled: {
    one: "Zależności i sygnały pochodzą z {count} głosu: z całych części tabeli, na które fani są rozłożeni losowo.",
    few: "Zależności i sygnały pochodzą z {count} głosów: z całych części tabeli, na które fani są rozłożeni losowo.",
    many: "Zależności i sygnały pochodzą z {count} głosów: z całych części tabeli, na które fani są rozłożeni losowo.",
    other: "Zależności i sygnały pochodzą z {count} głosu: z całych części tabeli, na które fani są rozłożeni losowo.",
  },
  tally: "Stan na żywo",
  hidden: "Fani jeszcze nie widzą tych liczb.",
  turnout: "Frekwencja godzina po godzinie",
  turnoutDetail: "Pierwsze głosy w każdej godzinie. Zmieniony głos nie liczy się drugi raz.",
  turnoutNone: "Nikt jeszcze nie głosował.",
  turnoutTable: "To samo jako tabela",
  turnoutHour: "Godzina",
  turnoutBallots: "Głosy",
  turnoutMost: {
    one: "Najwięcej w jednej godzinie: {count} głos",
    few: "Najwięcej w jednej godzinie: {count} głosy",
    many: "Najwięcej w jednej godzinie: {count} głosów",
    other: "Najwięcej w jednej godzinie: {count} głosu",
  },
  cross: "Co wybierano razem",
  crossDetail: "W każdym wierszu: ilu z tych, którzy wybrali tę opcję, wybrało też każdą z opcji u góry. Wybrana znaczy: zaznaczona, z 4 lub 5 punktami, na pierwszym miejscu albo choć raz wskazana jako najlepsza.",
  crossNone: "Nie ma zależności do pokazania: za mało głosów albo za dużo opcji.",
  crossRows: "Kto wybrał",
  crossColumns: "wybrał też",
  crossBallots: "Głosy",
  signals: "Sygnały",
  signalsDetail: "Nic tutaj nie usuwa ani nie zmienia głosu: wynik jest, jaki jest. Autokar przyjaciół też głosuje podobnie. Jeśli coś wygląda źle, sprawdź to i powiedz publicznie, co się okazało.",
  signalsNone: "Nic się nie wyróżnia.",
  alike: {
    one: "{count} głos mówi to samo w każdym punkcie; przypadek dałby około {expected}.",
    few: "{count} głosy mówią to samo w każdym punkcie; przypadek dałby około {expected}.",
    many: "{count} głosów mówi to samo w każdym punkcie; przypadek dałby około {expected}.",
    other: "{count} głosu mówi to samo w każdym punkcie; przypadek dałby około {expected}.",
  },
  alikeWhen: "Oddane od {first} do {last}.",
  burst: {
    one: "{count} osoba głosująca założyła konto w ciągu dziesięciu minut od {since}; zwykle bywa ich {usual}.",
    few: "{count} osoby głosujące założyły konta w ciągu dziesięciu minut od {since}; zwykle bywa ich {usual}.",
    many: "{count} osób głosujących założyło konta w ciągu dziesięciu minut od {since}; zwykle bywa ich {usual}.",
    other: "{count} osoby głosującej założyło konta w ciągu dziesięciu minut od {since}; zwykle bywa ich {usual}.",
  },
  overrule: "Zmień decyzję głosowania",
  overruleDetail: "Dopóki nie ruszy przedsprzedaż, możesz zostawić inne opcje, niż wskazało głosowanie. To, co wybrano, co zostawiasz zamiast tego i dlaczego, zobaczą wszyscy, na stałe.",
  overruleFeature: "Cecha",
  overruleKept: "Zostaw do wyboru",
  overruleReason: "Powód, który przeczytają wszyscy",
  overruleShort: {
    one: "Napisz co najmniej {count} znak.",
    few: "Napisz co najmniej {count} znaki.",
    many: "Napisz co najmniej {count} znaków.",
    other: "Napisz co najmniej {count} znaku.",
  },
  overruleNone: "Zostaw przynajmniej jedną opcję.",
  overruleSend: "Zmień i opublikuj",
  overruleWorking: "Publikowanie…",
  overruleDone: "Opublikowano. Kampania pokazuje tę decyzję obok wyniku.",
};

export const ORGANISER_WORDS = { en, pl };

export function useWords(): (key: Key, values?: Values) => string {
  const { language } = useSpeech();
  return (key, values) => phrase(language, ORGANISER_WORDS[language][key], values);
}
