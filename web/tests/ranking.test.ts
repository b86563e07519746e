import { describe, expect, test } from "vitest";
import { joinAbove, moveDown, moveUp, placeLast, separate, without } from "../src/ballots/ranking";
import { answerTo, firstOpen, marked, withAnswer } from "../src/ballots/screens";

const GROUPS = [["a"], ["b", "c"], ["d"]];

describe("ranking", () => {
  test.each([
    ["a new option comes last", placeLast(GROUPS, "e"), [["a"], ["b", "c"], ["d"], ["e"]]],
    ["one that is taken out leaves no hole", without(GROUPS, "a"), [["b", "c"], ["d"]]],
    ["up past the whole group above", moveUp(GROUPS, "d"), [["a"], ["d"], ["b", "c"]]],
    ["up out of a shared place", moveUp(GROUPS, "c"), [["a"], ["c"], ["b"], ["d"]]],
    ["the first cannot go up", moveUp(GROUPS, "a"), GROUPS],
    ["down past the whole group below", moveDown(GROUPS, "a"), [["b", "c"], ["a"], ["d"]]],
    ["down out of a shared place", moveDown(GROUPS, "b"), [["a"], ["c"], ["b"], ["d"]]],
    ["the last cannot go down", moveDown(GROUPS, "d"), GROUPS],
    ["the same place as the one above", joinAbove(GROUPS, "d"), [["a"], ["b", "c", "d"]]],
    ["one of several joins the one above", joinAbove(GROUPS, "b"), [["a", "b"], ["c"], ["d"]]],
    ["nothing is above the first", joinAbove(GROUPS, "a"), GROUPS],
    ["a place of its own again", separate(GROUPS, "c"), [["a"], ["b"], ["c"], ["d"]]],
    ["who is alone stays", separate(GROUPS, "d"), GROUPS],
    ["who is not ranked cannot move", moveUp(GROUPS, "x"), GROUPS],
  ])("%s", (_, moved, wanted) => {
    expect(moved).toEqual(wanted);
  });
});

describe("screens of best and worst", () => {
  const shown = ["a", "b", "c"];
  const entries = withAnswer([], shown, { best: "a", worst: "c" });

  test("an answer is found again, in whatever order the options stand", () => {
    expect(answerTo(entries, ["c", "b", "a"])).toEqual({ best: "a", worst: "c" });
    expect(answerTo(entries, ["a", "b", "d"])).toEqual({ best: null, worst: null });
  });

  test("half an answer is none, and takes an earlier one away", () => {
    expect(withAnswer(entries, shown, { best: "b", worst: null })).toEqual([]);
    expect(withAnswer(entries, shown, { best: "b", worst: "a" })).toEqual([{ shown, best: "b", worst: "a" }]);
  });

  test("the best cannot be the worst as well", () => {
    expect(marked({ best: "a", worst: "c" }, "worst", "a")).toEqual({ best: null, worst: "a" });
    expect(marked({ best: "a", worst: "c" }, "best", "b")).toEqual({ best: "b", worst: "c" });
  });

  test("one begins at the first that waits for an answer", () => {
    expect(firstOpen(entries, [shown, ["a", "b", "d"]])).toBe(1);
    expect(firstOpen(entries, [shown])).toBe(1);
    expect(firstOpen([], [shown])).toBe(0);
  });
});
