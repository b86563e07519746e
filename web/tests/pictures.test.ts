import { describe, expect, test } from "vitest";
import type { FeatureResult, FeatureTally } from "../src/api/types";
import { figureOf, intervalOf, orderings, pairWinner, partOf } from "../src/pictures/figures";
import { byHour, crossRows, shadeOf } from "../src/organise/shapes";

const tally = (method: FeatureTally["method"], more: Partial<FeatureTally>): FeatureTally => ({
  feature_id: "f",
  method,
  voters: 10,
  counts: {},
  pairs: null,
  best: null,
  worst: null,
  shown: null,
  ...more,
});

describe("what the counts of an option say", () => {
  test("is a share of the voters, not of all ballots", () => {
    expect(figureOf(tally("approval", { counts: { a: 4 } }), "a")).toEqual({ kind: "share", votes: 4, voters: 10 });
    expect(figureOf(tally("ranked", { counts: { a: 4 } }), "a")).toEqual({ kind: "first", votes: 4, voters: 10 });
  });

  test("is the mean of the points, and nothing of nobody", () => {
    const figure = figureOf(tally("score", { counts: { a: 35 } }), "a");
    expect(figure).toEqual({ kind: "points", mean: 3.5 });
    expect(figure.kind === "points" && partOf(figure)).toEqual({ part: 3.5, whole: 5 });
    expect(figureOf(tally("score", { voters: 0 }), "a")).toEqual({ kind: "points", mean: 0 });
  });

  test("is a mean of best and worst with the reach of 1.96 standard errors", () => {
    const bestWorst = tally("best_worst", { best: { a: 30, b: 8 }, worst: { a: 10 }, shown: { a: 100, b: 8 } });
    // mean 0.2; variance (30 + 10) / 100 - 0.04 = 0.36; standard error 0.6 / 10.
    expect(intervalOf(bestWorst, "a")!.mean).toBeCloseTo(0.2);
    expect(intervalOf(bestWorst, "a")!.half).toBeCloseTo(1.96 * 0.06);
    expect(intervalOf(bestWorst, "b")).toEqual({ mean: 1, half: 0, low: 1, high: 1 });
    expect(intervalOf(bestWorst, "never shown")).toBeNull();
  });

  test("a pair is won by whom more ballots rank above", () => {
    const pairs = { a: { b: 6, c: 3 }, b: { a: 4, c: 5 }, c: { a: 3, b: 5 } };
    const ranked = tally("ranked", { pairs });
    expect([pairWinner(ranked, "a", "b"), pairWinner(ranked, "b", "a"), pairWinner(ranked, "a", "c")]).toEqual(["a", "a", null]);
  });

  test("each way of counting has its own order, equals as in the certified ranking", () => {
    const result = {
      ...tally("ranked", { counts: { a: 5, b: 5, c: 7 } }),
      ranking: ["b", "a", "c"],
      runoff: ["c", "b", "a"],
      borda: { a: 9, b: 1, c: -10 },
    } as unknown as FeatureResult;
    expect(orderings(result).map(({ method, order }) => [method, order.join("")])).toEqual([
      ["schulze", "bac"],
      ["runoff", "cba"],
      ["borda", "abc"],
      ["first", "cba"],
    ]);
  });
});

describe("the organiser's view", () => {
  const at = (hour: string) => `2026-11-22T${hour}:00:00.000Z`;

  test("shows hours in which nobody voted, and the last ones where there are many", () => {
    const turnout = [{ hour: "2026-11-22T08:00:00Z", ballots: 3 }, { hour: "2026-11-22T10:00:00Z", ballots: 5 }];
    const whole = [{ hour: at("08"), ballots: 3 }, { hour: at("09"), ballots: 0 }, { hour: at("10"), ballots: 5 }];
    expect(byHour(turnout)).toEqual(whole);
    expect(byHour(turnout, 2)).toEqual(whole.slice(1));
    expect(byHour([])).toEqual([]);
  });

  test("crosses one feature with another", () => {
    const rows = [
      { feature_id: "case", option_id: "brass", ballots: 4, also: { case: { steel: 0 }, keys: { iso: 3 } } },
      { feature_id: "keys", option_id: "iso", ballots: 5, also: {} },
    ];
    expect(crossRows(rows, "case", "keys")).toEqual([{ optionId: "brass", ballots: 4, also: { iso: 3 } }]);
    expect([shadeOf(0, 0), shadeOf(1, 10), shadeOf(5, 10), shadeOf(10, 10)]).toEqual([0, 0, 2, 4]);
  });
});
