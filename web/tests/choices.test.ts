import { describe, expect, test } from "vitest";
import type { Batch, Feature, Quote } from "../src/api/types";
import { sameVotes, undecided, withVote } from "../src/ballots/votes";
import { batchToShow, roomIn, unsecuredIn } from "../src/batches/standing";
import { firstChoice, unitsToGo, withinLimit } from "../src/preorders/choice";

const option = (option_id: string) => ({ option_id, label: option_id, surcharge_minor: 0, parts: [] });
const colour: Feature = {
  feature_id: "colour",
  title: "Colour",
  method: "plurality",
  keep: 1,
  options: [option("red"), option("blue")],
};
const lens: Feature = {
  feature_id: "lens",
  title: "Lens",
  method: "approval",
  keep: 2,
  options: [option("28"), option("35"), option("50")],
};

describe("ticking a ballot", () => {
  test("plurality keeps one, approval any number in the feature's order", () => {
    let votes = withVote({}, colour, "red", true);
    votes = withVote(votes, colour, "blue", true);
    votes = withVote(votes, lens, "50", true);
    votes = withVote(votes, lens, "28", true);
    expect(votes).toEqual({ colour: ["blue"], lens: ["28", "50"] });
    expect(withVote(votes, lens, "50", false)).toEqual({ colour: ["blue"], lens: ["28"] });
  });

  test("a feature without a vote is undecided, ticked and unticked alike", () => {
    expect(undecided({ lens: [] }, [colour, lens])).toEqual([colour, lens]);
    expect(undecided({ colour: ["red"] }, [colour, lens])).toEqual([lens]);
  });

  test("ballots are compared by what they say", () => {
    expect(sameVotes({ lens: ["50", "28"] }, { lens: ["28", "50"], colour: [] }, [colour, lens])).toBe(true);
    expect(sameVotes({ lens: ["50"] }, { lens: ["28"] }, [colour, lens])).toBe(false);
  });
});

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
