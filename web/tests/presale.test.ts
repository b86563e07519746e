import { describe, expect, test } from "vitest";
import type { Batch, Campaign, Preorder, ShipDate, Step, Wave } from "../src/api/types";
import { formatAhead, formatSoon } from "../src/format/dates";
import { countries } from "../src/format/countries";
import { speechIn } from "../src/i18n/Language";
import { BOOKS, loadMessages, type Language } from "../src/i18n/translate";
import { agreedSteps, judgedAt, minimumSentence, moveSentence, runWords, stepSentence, turnOf } from "../src/playbook/sentences";
import { addressForm, addressOf, mostAfter } from "../src/preorders/changing";
import { capsOf, mostUnits, priceBefore, tierAt, wantedOf } from "../src/preorders/choice";
import { openSlip } from "../src/preorders/slips";
import { placeWords } from "../src/waiting/OwnEntry";
import { asked, forEverybodyFrom, nextWave, standingOf, unitsOf } from "../src/waves/waves";
import { feature } from "./features";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const HOUR = 3_600_000;
const at = (hours: number) => new Date(NOW + hours * HOUR).toISOString();

async function speaking(language: Language) {
  const messages = await loadMessages(language, BOOKS);
  return speechIn({ language, books: BOOKS, messages }, { speak: () => {}, learn: async () => true });
}
const en = await speaking("en");
const pl = await speaking("pl");

const ladder = [
  { from_units: 1, unit_price_minor: 10_000 },
  { from_units: 10, unit_price_minor: 9_000 },
  { from_units: 20, unit_price_minor: 8_000 },
];
const colour = feature("colour", "plurality", ["red", "blue"]);
colour.options[1]!.surcharge_minor = 500;
const campaign = { features: [colour], price_ladder: ladder, currency: "EUR", playbook: [] as Step[] } as unknown as Campaign;

describe("waves", () => {
  const wave = (number: number, opens: number, closes: number, more: Partial<Wave> = {}) =>
    ({ number, title: `${number}`, opens_at: at(opens), closes_at: at(closes), units: 5, regions: [], needs_code: false, ...more }) as unknown as Wave;
  const waves = [wave(1, -2, 0), wave(2, 0, 1, { needs_code: true }), wave(3, 2, 3, { regions: ["PL"] }), wave(4, 4, 5)];

  test("open at its first moment, over at its last", () => {
    expect(waves.map((one) => standingOf(one, NOW))).toEqual(["over", "open", "coming", "coming"]);
  });

  test("only what is open asks for something", () => {
    expect(asked(waves, NOW)).toEqual({ code: true, country: false });
    expect(asked(waves, NOW + 2 * HOUR)).toEqual({ code: false, country: true });
  });

  test("the next wave is the next for the fan's country", () => {
    expect(nextWave(waves, NOW)?.number).toBe(3);
    expect(nextWave(waves, NOW, "DE")?.number).toBe(4);
    expect(nextWave(waves, NOW + 4 * HOUR, "DE")).toBeNull();
    expect(forEverybodyFrom(waves, NOW)).toBe(at(5));
    expect(forEverybodyFrom(waves, NOW + 5 * HOUR)).toBeNull();
  });

  test("a wave's units are those of all batches", () => {
    const batches = [{ waves: [{ wave: 1, units: 8, free_units: 2, drawn: false }] }, { waves: [{ wave: 1, units: 4, free_units: -1, drawn: false }, { wave: null, units: 9, free_units: 9, drawn: false }] }];
    expect(unitsOf({ number: 1 }, batches)).toEqual({ units: 12, free: 2 });
    expect(unitsOf({ number: 2 }, batches)).toBeNull();
  });
});

describe("when, in words", () => {
  test.each([
    [30_000, "in 1 minute", "za 1 minutę"],
    [22 * 60_000, "in 22 minutes", "za 22 minuty"],
    [25 * 60_000, "in 25 minutes", "za 25 minut"],
    [3 * HOUR, "in 3 hours", "za 3 godziny"],
    [47 * HOUR, "in 47 hours", "za 47 godzin"],
    [72 * HOUR, "in 3 days", "za 3 dni"],
    [-HOUR, "in 1 minute", "za 1 minutę"],
  ])("%i ms ahead", (ms, english, polish) => {
    const then = new Date(NOW + ms).toISOString();
    expect([formatAhead(then, "en", NOW), formatAhead(then, "pl", NOW)]).toEqual([english, polish]);
  });

  test("today and tomorrow are called so, in the fan's time zone", () => {
    expect(formatSoon(at(6), "en", NOW, "UTC")).toBe("today at 18:00");
    expect(formatSoon(at(6), "pl", NOW, "UTC")).toBe("dzisiaj o 18:00");
    expect(formatSoon(at(6), "en", NOW, "Asia/Tokyo")).toBe("tomorrow at 03:00");
    expect(formatSoon(at(30), "pl", NOW, "UTC")).toBe("jutro o 18:00");
    expect(formatSoon(at(60), "en", NOW, "UTC")).toBe("24 November 2026 at 00:00");
  });

  test("countries are those of today, in the order of the language", () => {
    const names = countries("pl");
    expect(names).toContainEqual(["PL", "Polska"]);
    expect(names.map(([code]) => code)).not.toContain("DD");
    expect(names.findIndex(([code]) => code === "LT")).toBeLessThan(names.findIndex(([code]) => code === "LV"));
  });
});

describe("what is agreed", () => {
  test.each<[Step, string, string]>([
    [{ kind: "extend", days: 1 }, "The batch stays open 1 day longer.", "Partia pozostaje otwarta o 1 dzień dłużej."],
    [{ kind: "extend", days: 7 }, "The batch stays open 7 days longer.", "Partia pozostaje otwarta o 7 dni dłużej."],
    [{ kind: "top_up", hours: 24 }, "The organiser has 24 hours to take the missing units.", "Organizator ma 24 godziny, żeby wziąć na siebie brakujące sztuki."],
    [{ kind: "top_up", hours: 48 }, "The organiser has 48 hours to take the missing units.", "Organizator ma 48 godzin, żeby wziąć na siebie brakujące sztuki."],
    [{ kind: "fold", feature_id: "colour", from_option: "red", into_option: "blue" }, "Whoever chose “red” gets “blue” instead.", "Zamiast „red” powstaje „blue”."],
    [{ kind: "roll" }, "Pre-orders move to the next batch, as far as it has room.", "Zamówienia przechodzą do następnej partii, o ile jest w niej miejsce."],
  ])("%j", (step, english, polish) => {
    expect([stepSentence(step, campaign, en), stepSentence(step, campaign, pl)]).toEqual([english, polish]);
  });

  test("a lowered minimum is told with the price of its tier", () => {
    const step: Step = { kind: "next_tier", minimum: 12 };
    expect(stepSentence(step, campaign, en)).toContain("from 12 units on, at €90.00 each");
    expect(stepSentence(step, campaign, pl).replaceAll("\u00a0", " ")).toContain("od 12 sztuk, po 90,00 €");
  });

  test("the refund is the last step, whether it is written down or not, and nothing follows it", () => {
    const kinds = (playbook: Step[]) => agreedSteps({ playbook }).map((step) => step.kind);
    expect(kinds([])).toEqual(["refund"]);
    expect(kinds([{ kind: "roll" }])).toEqual(["roll", "refund"]);
    expect(kinds([{ kind: "refund" }, { kind: "roll" }])).toEqual(["refund"]);
  });

  test("each step had its turn, is next, or comes later; after the end nothing is next", () => {
    const played = [{ index: 0, passed: true }, { index: 1, passed: false }] as Batch["played"];
    const turns = (state: Batch["state"]) => [0, 1, 2, 3].map((index) => turnOf(index, { played, state }));
    expect(turns("open")).toEqual(["passed", "played", "next", "later"]);
    expect(turns("locked")).toEqual(["passed", "played", "later", "later"]);
  });

  test("judged at its end, or when what it waits for is over", () => {
    expect(judgedAt({ closes_at: at(1), waiting_until: null })).toBe(at(1));
    expect(judgedAt({ closes_at: at(1), waiting_until: at(3) })).toBe(at(3));
  });

  test("minimums", () => {
    expect(minimumSentence({ kind: "option", feature_id: "colour", option_id: "red", units: 50 }, campaign, pl)).toBe("„red”: powstaje od 50 sztuk.");
    expect(minimumSentence({ kind: "variant", units: 1 }, campaign, pl)).toBe("Każdy wariant powstaje od 1 sztuki.");
    expect(minimumSentence({ kind: "part", sku: "SHELL", units: 30 }, campaign, en)).toContain("SHELL is made once 30 pieces");
  });

  test("what became of a line names the run and what it wanted", () => {
    const red = { variant: { colour: "red" }, quantity: 2 };
    const move = { line: 0, kind: "raised", was: red, now: { ...red, quantity: 4 }, run: "colour=red", wanting: 2 } as const;
    const words = (line: { quantity: number }) => `${line.quantity} × red`;
    expect(moveSentence(move, campaign, words, en)).toBe("2 × red became 4 × red: “red” wanted 2 more to be made.");
    expect(moveSentence({ ...move, wanting: 1 }, campaign, words, pl)).toBe("2 × red → 4 × red: do „red” brakowało 1 sztuki.");
    expect(runWords("part SHELL-RED", campaign)).toBe("SHELL-RED");
  });
});

describe("what may be left open", () => {
  const simple = { variant: { colour: "red" }, quantity: 2 };

  test("a simple choice is sent as it always was", () => {
    expect(wantedOf(simple, "")).toEqual({ lines: [simple] });
  });

  test("everything that was asked for is sent, and nothing that means nothing", () => {
    const open = { ...simple, upTo: 4, second: { colour: "blue" }, capMinor: 9_000, country: "PL" };
    expect(wantedOf(open, "code-1")).toEqual({
      lines: [{ ...simple, up_to: 4, second_choice: { colour: "blue" } }],
      only_if_unit_price_at_most_minor: 9_000,
      country: "PL",
      access_code: "code-1",
    });
    expect(wantedOf({ ...simple, upTo: 2, second: { colour: "red" } }, "")).toEqual({ lines: [simple] });
    expect(mostUnits(wantedOf(open, "").lines)).toBe(4);
  });

  test("prices that can be insisted on are those that a batch can reach", () => {
    expect(capsOf(campaign, { minimum: 5, capacity: 20 })).toEqual([9_000, 8_000]);
    expect(capsOf(campaign, { minimum: 5, capacity: 19 })).toEqual([9_000]);
    expect(capsOf(campaign, { minimum: 20, capacity: 30 })).toEqual([]);
    const lowering = { ...campaign, playbook: [{ kind: "next_tier", minimum: 12 }] as Step[] };
    expect(capsOf(lowering, { minimum: 20, capacity: 30 })).toEqual([9_000]);
  });

  test("the price that falls is the one just before", () => {
    expect(priceBefore(ladder, { from_units: 20, unit_price_minor: 8_000, units_to_go: 3 })).toBe(9_000);
    expect(tierAt(ladder, 0)?.unit_price_minor).toBe(10_000);
  });
});

describe("changing a pre-order", () => {
  const line = { variant: { colour: "red" }, quantity: 2, up_to: null, second_choice: null, unit_price_most_minor: 10_000 };
  const preorder = { lines: [line], total_most_minor: 20_000 } as unknown as Preorder;

  test("the most after it follows from the pre-order's own price", () => {
    expect(mostAfter(preorder, campaign, [{ variant: { colour: "red" }, quantity: 3 }])).toBe(30_000);
    expect(mostAfter(preorder, campaign, [{ variant: { colour: "blue" }, quantity: 1, up_to: 2 }])).toBe(21_000);
    expect(mostAfter(preorder, campaign, [{ variant: { colour: "red" }, quantity: 1, second_choice: { colour: "blue" } }])).toBe(10_500);
  });

  test("an address is whole or not there", () => {
    const whole = { name: "Ada", street: "Main 1", postal_code: "00-001", city: "Łódź", country: "PL" };
    expect(addressOf(addressForm(null))).toBeNull();
    expect(addressOf({ ...whole, region: " " })).toEqual({ ...whole, region: null });
    expect(addressOf({ ...whole, city: " ", region: "" })).toBe("incomplete");
  });
});

describe("a slip", () => {
  const date = (days: number, until: number | null) =>
    ({ ships_at: at(days * 24), was: at(0), choice_until: until === null ? null : at(until) }) as ShipDate;
  const preorder = { state: "secured", ships_at: at(24), refund_wanted: false } as Preorder;

  test("the latest one that is later than promised and waits for an answer", () => {
    expect(openSlip(preorder, [date(2, 1), date(3, 2)], NOW)?.slip).toBe(2);
    expect(openSlip(preorder, [date(2, 1), date(3, null)], NOW)?.slip).toBe(1);
    expect(openSlip(preorder, [date(2, 1)], NOW + HOUR)).toBeNull();
    expect(openSlip(preorder, [date(1, 1)], NOW)).toBeNull();
    expect(openSlip({ ...preorder, state: "withdrawn" }, [date(2, 1)], NOW)).toBeNull();
    expect(openSlip({ ...preorder, refund_wanted: true }, [date(2, 1)], NOW)).toBeNull();
  });
});

describe("the waiting list", () => {
  test.each([
    [1, true, "You are next: your place on the list is 1."],
    [7, true, "Your place on the list: 7"],
    [1001, false, "Your place on the list: 1,001 or later"],
    [null, null, "You are on the waiting list."],
  ])("place %s", (place, place_is_exact, words) => {
    expect(placeWords({ place, place_is_exact }, en.t)).toBe(words);
  });

  test.each([
    [1, "1 sztuka czeka"],
    [3, "3 sztuki czekają"],
    [5, "5 sztuk czeka"],
    [22, "22 sztuki czekają"],
  ])("an offer of %i in Polish", (count, words) => {
    expect(pl.t("waiting.offered", { count, soon: "jutro o 18:00", ahead: "za 24 godziny" })).toContain(words);
  });
});
