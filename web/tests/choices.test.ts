import { describe, expect, test } from "vitest";
import type { Batch, Quote } from "../src/api/types";
import { batchToShow, roomIn, unsecuredIn } from "../src/batches/standing";
import { firstChoice, unitsToGo, withinLimit } from "../src/preorders/choice";
import { feature } from "./features";

const colour = feature("colour", "plurality", ["red", "blue"]);
const lens = feature("lens", "approval", ["28", "35", "50"], { keep: 2 });

describe("configuring", () => {
  test("the first choice is whole, and only of what is selectable", () => {
    const campaign = { features: [colour, lens], selectable: { colour: ["blue"], lens: ["50", "35"] } };
    expect(firstChoice(campaign)).toEqual({ variant: { colour: "blue", lens: "35" }, quantity: 1 });
  });

  test.each([
    [0, 1],
    [-3, 1],
    [2.9, 2],
    [99, 5],
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 1],
  ])("a typed quantity of %s becomes %i", (typed, kept) => {
    expect(withinLimit(typed, 5)).toBe(kept);
  });
});

describe("the distance to the next price", () => {
  const quote = {
    units: 2,
    batch: { number: 1 },
    next_tier: { from_units: 60, unit_price_minor: 11900, units_to_go: 24 },
  } as Quote;

  test("starts at the units really held, after the fan's own", () => {
    expect(unitsToGo(quote, [{ number: 1, held_units: 4 } as Batch])).toBe(54);
  });

  test("is the quote's own while the batch is not known, and never below one", () => {
    expect(unitsToGo(quote, [])).toBe(24);
    expect(unitsToGo(quote, [{ number: 1, held_units: 60 } as Batch])).toBe(1);
    expect(unitsToGo({ ...quote, next_tier: null }, [])).toBe(0);
  });
});

describe("batches", () => {
  const batch = (number: number, state: Batch["state"], held_units: number) =>
    ({ number, state, held_units, secured_units: 0, capacity: 10 }) as Batch;

  test("the one to show is the first with room, else the last", () => {
    expect(batchToShow([batch(1, "ordered", 10), batch(2, "confirmed", 10), batch(3, "open", 0)])?.number).toBe(3);
    expect(batchToShow([batch(1, "ordered", 10), batch(2, "short", 2)])?.number).toBe(2);
    expect(batchToShow([])).toBeNull();
  });

  test("room and what is being secured are never negative, whatever a lagging answer says", () => {
    expect(roomIn({ capacity: 10, held_units: 12, secured_units: 3 })).toBe(0);
    expect(unsecuredIn({ held_units: 2, secured_units: 3 })).toBe(0);
  });
});
