import { describe, expect, test } from "vitest";
import type { Ballot, BallotLine, BallotList } from "../src/api/types";
import { bucketOf, canonical, find, receiptOf, sha256 } from "../src/results/proof";

const VOTER = "00000007abababababababababababab";
const VOTES = { lens: { "28": 5, "100": 0, "50": 2 }, a: [["x"], ["b", "ü"]] } as unknown as BallotLine["votes"];
/** As chalicelib.ballots.proof computes it. */
const RECEIPT = "79131f1f734f67ee159f304c0009214c50d75e06ec08337de99890a407625bdb";

const line = (voter_id: string, version: number, receipt: string): BallotLine => ({ voter_id, version, votes: VOTES, receipt });

describe("a line and its receipt", () => {
  test("are written as the specification says: sorted as text, escaped, without spaces", () => {
    expect(canonical({ b: VOTES, a: "ü\u007f\n😀" })).toBe(
      '{"a":"\\u00fc\\u007f\\n\\ud83d\\ude00","b":{"a":[["x"],["b","\\u00fc"]],"lens":{"100":0,"28":5,"50":2}}}',
    );
  });

  test("are those of the server", async () => {
    expect(await receiptOf({ version: 3, voter_id: VOTER, votes: VOTES })).toBe(RECEIPT);
    expect(bucketOf(VOTER, 4)).toBe(3);
  });
});

describe("looking for a ballot in the list", () => {
  const own = { voter_id: VOTER, receipt: RECEIPT } as Ballot;
  const other = line("00000003cd", 1, "ff");

  async function listOf(lines: BallotLine[]): Promise<{ list: BallotList; root: string }> {
    let chain = await sha256("groundswell:ballots:1:c:3");
    for (const one of lines) chain = await sha256(chain + one.receipt);
    const list = { campaign_id: "c", ballots: 2, buckets: 4, chains: ["0", "1", "2", chain], root: "not trusted" };
    return { list, root: await sha256(`groundswell:root:1:c:2\n0\n1\n2\n${chain}`) };
  }
  /** One line a page. */
  const pages = (lines: BallotLine[]) => async (bucket: number, cursor: string | null) => {
    const place = Number(cursor ?? 0);
    return { items: bucket === 3 ? lines.slice(place, place + 1) : [], next_cursor: place + 1 < lines.length ? String(place + 1) : null };
  };

  test.each([
    ["found on a later page", [other, line(VOTER, 3, RECEIPT)], "found"],
    ["missing", [other], "missing"],
    ["replaced by another ballot", [line(VOTER, 4, "ee")], "changed"],
    ["told with its receipt beside other votes", [line(VOTER, 4, RECEIPT)], "changed"],
  ])("%s", async (_, lines, verdict) => {
    const { list, root } = await listOf(lines);
    expect(await find(own, list, root, pages(lines))).toBe(verdict);
  });

  test("in a list that is not the certified one", async () => {
    const lines = [other, line(VOTER, 3, RECEIPT)];
    const { list, root } = await listOf(lines);
    expect(await find(own, list, "another root", pages(lines))).toBe("unsealed");
    expect(await find(own, list, root, pages(lines.slice(1)))).toBe("unsealed");
  });
});
