import { describe, expect, test } from "vitest";
import type { Batch, Campaign, Feature, Quote, Step, Wanted, Wave } from "../src/api/types";
import { speechIn } from "../src/i18n/Language";
import { BOOKS, loadMessages, type Language } from "../src/i18n/translate";
import { dateOf, isToppedUpNow, topUpUntil } from "../src/organise/forms";
import { rolledWords, stepSentence } from "../src/playbook/sentences";
import { mostOf } from "../src/preorders/changing";
import { acceptChoice, wantedOf } from "../src/preorders/choice";
import { termsOf } from "../src/preorders/usePlacing";
import { voteWords } from "../src/preorders/voteWords";
import { allottedWords, rankWords } from "../src/waves/Drawn";
import { drawnWave, limitNow, wavesMatter } from "../src/waves/waves";
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

const wave = (number: number, opens: number, closes: number, more: Partial<Wave> = {}) =>
  ({ number, opens_at: at(opens), closes_at: at(closes), regions: [], needs_code: false, draw: false, limit_per_fan: null, ...more }) as unknown as Wave;

describe("how many units a fan may want", () => {
  const campaign = (...waves: Wave[]) => ({ waves, limit_per_fan: 8 });

  test("the campaign's limit, unless an open wave narrows it", () => {
    expect(limitNow(campaign(), NOW)).toBe(8);
    expect(limitNow(campaign(wave(1, -1, 1, { limit_per_fan: 2 })), NOW)).toBe(2);
    expect(limitNow(campaign(wave(1, 1, 2, { limit_per_fan: 2 }), wave(2, 1, 2)), NOW)).toBe(8);
    expect(limitNow(campaign(wave(1, -2, 0, { limit_per_fan: 2 })), NOW)).toBe(8);
  });

  test("a wave that does not let the fan in narrows nothing", () => {
    const early = wave(1, -1, 1, { limit_per_fan: 2, needs_code: true });
    expect([limitNow(campaign(early), NOW), limitNow(campaign(early), NOW, undefined, "code")]).toEqual([8, 2]);
    const german = wave(1, -1, 1, { limit_per_fan: 3, regions: ["DE"] });
    expect([limitNow(campaign(german), NOW), limitNow(campaign(german), NOW, "PL"), limitNow(campaign(german), NOW, "DE")]).toEqual([8, 8, 3]);
  });

  test("of several that do, the least", () => {
    expect(limitNow(campaign(wave(1, -1, 1, { limit_per_fan: 4 }), wave(2, -1, 1, { limit_per_fan: 3 }), wave(3, -1, 1)), NOW)).toBe(3);
  });
});

describe("a drawn wave", () => {
  const waves = [wave(1, -5, -3, { draw: true }), wave(2, -1, 1, { draw: true }), wave(3, -1, 1), wave(4, 3, 5, { draw: true })];

  test("the one that is open, else the last that is over", () => {
    expect(drawnWave(waves, NOW)?.number).toBe(2);
    expect(drawnWave(waves, NOW - 4 * HOUR)?.number).toBe(1);
    expect(drawnWave(waves, NOW + 2 * HOUR)?.number).toBe(2);
    expect(drawnWave(waves, NOW - 9 * HOUR)).toBeNull();
    expect(drawnWave([waves[2]!], NOW)).toBeNull();
  });

  test("can be checked when all waves are over, while others are not shown any more", () => {
    expect(wavesMatter({ waves }, NOW + 9 * HOUR)).toBe(true);
    expect(wavesMatter({ waves: [waves[2]!] }, NOW + 9 * HOUR)).toBe(false);
  });

  test.each([
    [null, null, "The wave has closed, and you are in the draw."],
    [1_204, 0, "Drawn: your rank is 1,204."],
  ])("rank %s", (rank, _allotted, words) => expect(rankWords({ rank }, en.t)).toContain(words));

  test.each([
    [0, "You wait for what is given back", "czeka na to, co się zwolni"],
    [1, "You got 1 of the 3 units", "Przypada Ci 1 z 3"],
    [2, "You got 2 of the 3 units", "Przypadają Ci 2 z 3"],
    [3, "You got everything", "wszystko"],
  ])("%i units allotted", (allotted, english, polish) => {
    expect(allottedWords({ allotted, units: 3 }, en.t)).toContain(english);
    expect(allottedWords({ allotted, units: 3 }, pl.t)).toContain(polish);
  });

  test("what it may cost is the first price at the minimum, with the dearest surcharge", () => {
    const colour = feature("colour", "plurality", ["red", "blue"]);
    colour.options[1]!.surcharge_minor = 500;
    const ladder = [{ from_units: 1, unit_price_minor: 10_000 }, { from_units: 10, unit_price_minor: 9_000 }];
    const campaign = { features: [colour], playbook: [] as Step[], price_ladder: ladder };
    expect(mostOf(campaign, { minimum: 5 }, { colour: "red" }, 2)).toBe(20_000);
    expect(mostOf(campaign, { minimum: 10 }, { colour: "blue" }, 1)).toBe(9_500);
  });
});

describe("a split pre-order", () => {
  const red = { variant: { colour: "red" }, quantity: 4 };
  const part = (number: number, ships: number) => ({ batch: { number, closes_at: at(1), ships_at: at(ships) }, units: 2, lines: [], total_now_minor: 1, total_most_minor: 2 });
  const quote = (...parts: ReturnType<typeof part>[]) =>
    ({ units: 4, total_most_minor: 40_000, batch: { number: 1, ships_at: at(10) }, parts, lines: [{ ...red, quantity: 2 }, { ...red, quantity: 2 }] }) as unknown as Quote;

  test("is asked for only where there is something to split", () => {
    expect(wantedOf({ ...red, maySplit: true }, "")).toEqual({ lines: [red], may_split: true });
    expect(wantedOf({ ...red, quantity: 1, maySplit: true }, "").may_split).toBeUndefined();
    expect(wantedOf(red, "").may_split).toBeUndefined();
  });

  test("is agreed to as a whole, with the later of both dates", () => {
    const wanted: Wanted = { lines: [red], may_split: true };
    const { body, parts } = termsOf(quote(part(1, 10), part(2, 50)), wanted);
    expect(body).toEqual({ lines: [red], may_split: true, accepts_total_minor: 40_000, accepts_ships_at: at(50) });
    expect(parts.map(({ batch }) => batch.number)).toEqual([1, 2]);
    expect(termsOf(quote(), wanted).body.accepts_ships_at).toBe(at(10));
  });

  test("is remembered in the tab", () => {
    const campaign = { selectable: null, features: [feature("colour", "plurality", ["red", "blue"])], limit_per_fan: 8, price_ladder: [] };
    expect(acceptChoice({ ...red, maySplit: true }, campaign)?.maySplit).toBe(true);
    expect(acceptChoice({ ...red, maySplit: "yes" }, campaign)?.maySplit).toBeUndefined();
  });
});

describe("rolling to the next batch", () => {
  test("is told beforehand", () => {
    expect(stepSentence({ kind: "roll" }, {} as Campaign, en)).toBe("Pre-orders move to the next batch, as far as it has room.");
  });

  test("is told afterwards with batch and date; other plays say nothing of it", () => {
    const play = { into_batch: 2, into_ships_at: "2027-01-20T12:00:00Z" };
    expect(rolledWords(play, en)).toBe("Moved to batch 2, which ships 20 January 2027.");
    expect(rolledWords(play, pl)).toBe("Przeniesione do partii 2, wysyłka: 20 stycznia 2027.");
    expect(rolledWords({ into_batch: null, into_ships_at: null }, en)).toBe("");
  });
});

describe("a vote in a line", () => {
  const said = (method: Feature["method"], vote: unknown) => voteWords(feature("f", method, ["a", "b", "c"]), vote, en);

  test.each<[Feature["method"], unknown, string]>([
    ["plurality", ["b"], "b"],
    ["approval", ["a", "c"], "a, c"],
    ["score", { a: 2, c: 5 }, "c: 5, a: 2"],
    ["ranked", [["b", "c"], ["a"]], "1. b = c, 2. a"],
    ["best_worst", [{ shown: ["a", "b"], best: "a", worst: "b" }, { shown: ["a", "c"], best: "a", worst: "c" }], "best: a; worst: b, c"],
    ["plurality", null, ""],
    ["score", {}, ""],
  ])("%s %j", (method, vote, words) => expect(said(method, vote)).toBe(words));
});

describe("what an organiser can do", () => {
  const waiting = { state: "open", played: [{ kind: "top_up", passed: false }], waiting_until: at(1), top_up: [] } as unknown as Batch;

  test("units are taken while the playbook waits for it, once", () => {
    expect(isToppedUpNow(waiting, NOW)).toBe(true);
    expect(isToppedUpNow(waiting, NOW + HOUR)).toBe(false);
    expect(isToppedUpNow({ ...waiting, played: [] }, NOW)).toBe(false);
    expect(isToppedUpNow({ ...waiting, state: "short" }, NOW)).toBe(false);
    expect(isToppedUpNow({ ...waiting, top_up: [{} as Batch["top_up"][number]] }, NOW)).toBe(false);
  });

  test("units that were not paid for are taken over until the end of what was announced, once", () => {
    const locked = { ...waiting, state: "collecting", played: [], waiting_until: null, top_up_until: at(1), taken_over: [] } as Batch;
    expect(isToppedUpNow(locked, NOW)).toBe(true);
    expect(topUpUntil(locked)).toBe(at(1));
    expect(isToppedUpNow(locked, NOW + HOUR)).toBe(false);
    expect(isToppedUpNow({ ...locked, top_up_until: null }, NOW)).toBe(false);
    expect(isToppedUpNow({ ...locked, taken_over: [{} as Batch["top_up"][number]] }, NOW)).toBe(false);
    expect(isToppedUpNow({ ...locked, top_up: [{} as Batch["top_up"][number]] }, NOW)).toBe(true);
  });

  test("a ship date is the end of the day that was chosen", () => {
    expect(new Date(dateOf("2027-02-24")!).getHours()).toBe(23);
    expect(dateOf("")).toBeNull();
  });
});
