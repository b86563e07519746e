import { describe, expect, test } from "vitest";
import { acceptVote, acceptVotes, said, sameVotes, undecided, withVote } from "../src/ballots/votes";
import { feature } from "./features";

const OPTIONS = ["28", "35", "50", "100"];
const colour = feature("colour", "plurality", ["red", "blue"]);
const lens = feature("lens", "approval", OPTIONS);
const two = feature("two", "approval", OPTIONS, { budget: 2 });
const points = feature("points", "score", OPTIONS);
const order = feature("order", "ranked", OPTIONS);
const screens = feature("screens", "best_worst", OPTIONS);
const entry = (shown: string[], best: string, worst: string) => ({ shown, best, worst });

describe("a vote is read in the form of its method", () => {
  test.each([
    [colour, ["blue", "red"], ["red"]],
    [colour, ["pink"], null],
    [colour, "red", null],
    [lens, ["100", "28", "100", "gone"], ["28", "100"]],
    [lens, [], null],
    [two, ["28", "35", "50"], ["28", "35"]],
    [points, { "28": 5, "35": 0, gone: 3 }, { "28": 5, "35": 0 }],
    [points, { "28": 6, "35": -1, "50": 2.5, "100": "4" }, null],
    [points, ["28"], null],
    [order, [["50"], ["28", "35"]], [["50"], ["28", "35"]]],
    [order, [["35", "28"], ["gone"], ["28", "50"]], [["28", "35"], ["50"]]],
    [order, ["28", "35"], null],
    [screens, [entry(["50", "28"], "28", "50")], [entry(["28", "50"], "28", "50")]],
    [screens, [entry(["28", "50"], "28", "28"), entry(["28", "50"], "35", "50"), null], null],
  ])("%# of %j", (asked, kept, vote) => {
    expect(acceptVote(kept, asked)).toEqual(vote);
  });
});

describe("a ballot", () => {
  const features = [colour, lens, points, order, screens];

  test("sends what is said, and nothing else", () => {
    const votes = { colour: ["red"], lens: [], points: {}, order: [[]], gone: ["x"] };
    expect(said(votes, features)).toEqual({ colour: ["red"] });
    expect(undecided(votes, features).map((one) => one.feature_id)).toEqual(["lens", "points", "order", "screens"]);
  });

  test("takes a vote back", () => {
    expect(withVote({ colour: ["red"], points: { "28": 3 } }, points, null)).toEqual({ colour: ["red"] });
    expect(withVote({}, lens, ["100", "35"])).toEqual({ lens: ["35", "100"] });
  });

  test("is compared by what it says", () => {
    const one = { lens: ["50", "28"], order: [["50", "28"], ["35"]], points: { "50": 1, "28": 2 } };
    const other = { colour: [], lens: ["28", "50"], order: [["28", "50"], ["35"]], points: { "28": 2, "50": 1 } };
    expect(sameVotes(one, other, features)).toBe(true);
    expect(sameVotes(one, { ...other, order: [["28"], ["50"], ["35"]] }, features)).toBe(false);
    expect(sameVotes(one, { ...other, points: { "28": 2 } }, features)).toBe(false);
    const answers = [entry(["28", "35"], "28", "35"), entry(["50", "100"], "50", "100")];
    expect(sameVotes({ screens: answers }, { screens: [...answers].reverse() }, features)).toBe(true);
  });

  test("that was kept for a campaign without such features is none", () => {
    expect(acceptVotes({ gone: ["x"], order: [["gone"]] }, features)).toBeNull();
  });
});
