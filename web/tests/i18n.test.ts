import { describe, expect, test } from "vitest";
import { formatCount, formatShare } from "../src/format/numbers";
import { en } from "../src/i18n/en";
import { pl } from "../src/i18n/pl";
import { salePl } from "../src/i18n/sale.pl";
import { BOOKS, chooseLanguage, LANGUAGES, loadMessages, phrase, type Plural } from "../src/i18n/translate";
import { voteEn } from "../src/i18n/vote.en";
import { votePl } from "../src/i18n/vote.pl";
import { DISPUTE_WORDS } from "../src/organise/disputeWords";
import { GIVE_BACK_WORDS } from "../src/organise/giveBackWords";
import { MONEY_WORDS } from "../src/organise/moneyWords";
import { ORGANISER_WORDS } from "../src/organise/words";

type Dictionary = Record<string, string | Plural>;
const inBoth = async (book: (typeof BOOKS)[number]) =>
  ({ en: await loadMessages("en", [book]), pl: await loadMessages("pl", [book]) }) as Record<"en" | "pl", Dictionary>;
const DICTIONARIES: [string, Record<"en" | "pl", Dictionary>][] = [
  ...(await Promise.all(BOOKS.map(async (book) => [book, await inBoth(book)] as [string, Record<"en" | "pl", Dictionary>]))),
  ["the organiser's view", ORGANISER_WORDS],
  ["the organiser's money", MONEY_WORDS],
  ["the organiser's disputes", DISPUTE_WORDS],
  ["what an organiser gives back", GIVE_BACK_WORDS],
];

const forms = (message: string | Plural): string[] => (typeof message === "string" ? [message] : Object.values(message));
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
/** Plural messages need not repeat the number in the form that means exactly one. */
const needed = (message: string | Plural) => new Set(forms(message).flatMap(holes));

describe.each(DICTIONARIES)("every language says everything: %s", (_, languages) => {
  const keys = Object.keys(languages.en);

  test.each(LANGUAGES)("%s has exactly the keys of English", (language) => {
    expect(Object.keys(languages[language]).sort()).toEqual([...keys].sort());
  });

  test.each(LANGUAGES)("%s has no empty message", (language) => {
    for (const key of keys) {
      for (const form of forms(languages[language][key]!)) expect(form.trim(), key).not.toBe("");
    }
  });

  test.each(LANGUAGES)("%s has each plural form that its grammar asks for, and no other", (language) => {
    const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();
    for (const key of keys) {
      const message = languages[language][key]!;
      if (typeof message !== "string") expect(Object.keys(message).sort(), key).toEqual(wanted);
    }
  });

  test("a message has the same holes in every language", () => {
    // The terms name the units as a phrase in English and as a number in Polish; the page hands over both.
    const differing = ["confirm.terms", "confirm.termsAgreed", "confirm.termsSplit"];
    for (const key of keys.filter((one) => !differing.includes(one))) {
      expect(needed(languages.pl[key]!), key).toEqual(needed(languages.en[key]!));
    }
  });
});

test("each language loads its own words, and no book that was not asked for", async () => {
  expect([await loadMessages("en"), await loadMessages("pl")]).toEqual([en, pl]);
  expect(await loadMessages("pl", ["page", "sale"])).toEqual({ ...pl, ...salePl });
});

test("no message stands in two books", () => {
  const keys = DICTIONARIES.flatMap(([, { en: words }]) => Object.keys(words));
  expect(keys.filter((key, place) => keys.indexOf(key) !== place)).toEqual([]);
});

describe("plurals", () => {
  test.each([
    [1, "1 głos, 5%"],
    [2, "2 głosy, 5%"],
    [4, "4 głosy, 5%"],
    [5, "5 głosów, 5%"],
    [12, "12 głosów, 5%"],
    [22, "22 głosy, 5%"],
    [25, "25 głosów, 5%"],
    [0, "0 głosów, 5%"],
  ])("Polish: %i", (count, expected) => {
    expect(phrase("pl", votePl["ballot.tally"], { count, share: "5%" })).toBe(expected);
  });

  test.each([
    [0, "0 votes, 5%"],
    [1, "1 vote, 5%"],
    [2, "2 votes, 5%"],
  ])("English: %i", (count, expected) => {
    expect(phrase("en", voteEn["ballot.tally"], { count, share: "5%" })).toBe(expected);
  });

  test("numbers in messages are grouped as the language does", () => {
    expect(phrase("en", voteEn["ballot.ballots"], { count: 12345 })).toBe("12,345 ballots so far");
    expect(formatCount(1234, "pl")).toBe("1\u00a0234");
    expect(formatShare(0, 0, "en")).toBe("0%");
    expect(formatShare(1, 3, "en")).toBe("33%");
  });

  test("a hole without a value stays visible instead of saying undefined", () => {
    expect(phrase("en", en["signIn.as"])).toBe("Signed in as {name}");
  });
});

describe("which language", () => {
  test.each([
    [null, ["pl-PL", "en"], "pl"],
    [null, ["de-DE", "pl", "en"], "pl"],
    [null, ["de-DE"], "en"],
    ["en", ["pl-PL"], "en"],
    ["klingon", ["pl-PL"], "pl"],
  ])("remembered %s, wished %j: %s", (remembered, wished, expected) => {
    expect(chooseLanguage(remembered, wished)).toBe(expected);
  });
});
