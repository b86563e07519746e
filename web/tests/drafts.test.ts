import { describe, expect, test } from "vitest";
import type { Campaign } from "../src/api/types";
import { acceptVotes } from "../src/ballots/votes";
import { forgetDrafts, keepDraft, keptDraft } from "../src/drafts/drafts";
import { acceptChoice } from "../src/preorders/choice";
import { feature } from "./features";

const FEATURES = [feature("colour", "plurality", ["red", "blue"]), feature("lens", "approval", ["wide", "tele"])];

function store() {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
}

describe("drafts", () => {
  test("are kept apart by name until they are settled or their fan leaves", () => {
    const kept = store();
    keepDraft("ballot a", { fan: null, value: 1 }, kept);
    keepDraft("ballot b", { fan: "ola", value: 2 }, kept);
    expect(keptDraft("ballot a", kept)).toEqual({ fan: null, value: 1 });
    keepDraft("ballot a", null, kept);
    expect([keptDraft("ballot a", kept), keptDraft("ballot b", kept)]).toEqual([null, { fan: "ola", value: 2 }]);
    forgetDrafts(kept);
    expect(keptDraft("ballot b", kept)).toBeNull();
  });

  test.each(["{", "null", "[]", '{"ballot a":7}', '{"ballot a":{"fan":null}}'])("%s is no draft", (text) => {
    const kept = store();
    kept.setItem("groundswell.drafts", text);
    expect(keptDraft("ballot a", kept)).toBeNull();
  });

  test("a full storage takes nothing from the page", () => {
    const full = { ...store(), setItem: () => { throw new DOMException("full", "QuotaExceededError"); } };
    expect(() => keepDraft("ballot a", { fan: null, value: 1 }, full)).not.toThrow();
  });
});

describe("what was kept is judged by the campaign of now", () => {
  test.each([
    [{ colour: ["red"], lens: ["tele", "wide"] }, { colour: ["red"], lens: ["wide", "tele"] }],
    [{ colour: ["red", "blue"] }, { colour: ["red"] }],
    [{ colour: ["pink"], lens: ["tele"], gone: ["x"] }, { lens: ["tele"] }],
    [{ colour: ["pink"] }, null],
    [{ colour: "red" }, null],
    ["red", null],
    [null, null],
  ])("votes %j become %j", (kept, votes) => {
    expect(acceptVotes(kept, FEATURES)).toEqual(votes);
  });

  test.each([
    [{ variant: { colour: "red", lens: "tele" }, quantity: 2 }, { variant: { colour: "red", lens: "tele" }, quantity: 2 }],
    [{ variant: { colour: "blue", lens: "tele" }, quantity: 9 }, { variant: { colour: "red", lens: "tele" }, quantity: 3 }],
    [{ variant: {}, quantity: -1 }, { variant: { colour: "red", lens: "wide" }, quantity: 1 }],
    [{ variant: null, quantity: 1 }, null],
    [{ quantity: 1 }, null],
    [
      { variant: { colour: "red", lens: "tele" }, quantity: 1, upTo: 9, second: { lens: "gone" }, capMinor: 80, country: "PL" },
      {
        variant: { colour: "red", lens: "tele" },
        quantity: 1,
        upTo: 3,
        second: { colour: "red", lens: "wide" },
        capMinor: 80,
        country: "PL",
      },
    ],
    [
      { variant: { colour: "red", lens: "tele" }, quantity: 2, upTo: 2, capMinor: 81 },
      { variant: { colour: "red", lens: "tele" }, quantity: 2 },
    ],
    [7, null],
  ])("the choice %j becomes %j", (kept, choice) => {
    const price_ladder = [{ from_units: 1, unit_price_minor: 80 }];
    const campaign = { features: FEATURES, selectable: { colour: ["red"], lens: ["wide", "tele"] }, limit_per_fan: 3, price_ladder };
    expect(acceptChoice(kept, campaign as Pick<Campaign, "selectable" | "features" | "limit_per_fan" | "price_ladder">)).toEqual(choice);
  });
});
