import { describe, expect, test } from "vitest";
import { disputesIn, disputesReader } from "../src/payments/disputes";
import type { LedgerPage, LedgerTransaction } from "../src/payments/types";

const movement = (kind: LedgerTransaction["kind"], reference: string, at: string): LedgerTransaction => ({
  transaction_id: `p/${kind}/${reference}`,
  campaign_id: "c",
  kind,
  at,
  currency: "EUR",
  entries: [
    { account: "provider", amount_minor: kind === "disputed" ? -500 : 500 },
    { account: "organiser", amount_minor: kind === "disputed" ? 500 : -500 },
  ],
  preorder_id: "p",
  batch_number: 1,
  reference,
  reason: null,
});

describe("disputes", () => {
  test("who carries what: open ones first, the newest first; a won one says since when", () => {
    const found = disputesIn([
      movement("disputed", "dp_1", "2026-01-01"),
      movement("disputed", "dp_2", "2026-01-02"),
      movement("dispute_won", "dp_2", "2026-01-03"),
      movement("disputed", "dp_3", "2026-01-04"),
    ]);
    expect(found.map(({ reference, wonAt }) => [reference, wonAt])).toEqual([
      ["dp_3", null],
      ["dp_1", null],
      ["dp_2", "2026-01-03"],
    ]);
    expect(found.map(({ amountMinor }) => amountMinor)).toEqual([500, 500, 500]);
  });

  test("one that is lost after all is carried again", () => {
    const again = [movement("disputed", "dp_1", "1"), movement("dispute_won", "dp_1", "2"), movement("disputed", "dp_1", "3")];
    expect(disputesIn(again)).toMatchObject([{ since: "3", wonAt: null }]);
  });

  test("the ledger is read on from its last part, and nothing in it is counted twice", async () => {
    const parts: Record<string, LedgerPage> = {
      "": { items: [movement("charged", "pi_1", "0"), movement("disputed", "dp_1", "1")], next_cursor: "a" },
      a: { items: [movement("disputed", "dp_2", "2")], next_cursor: null },
    };
    const asked: (string | null)[] = [];
    const part = async (cursor: string | null) => (asked.push(cursor), parts[cursor ?? ""]!);
    const read = disputesReader();
    const [first, beside] = await Promise.all([read(part), read(part)]);
    expect([first.length, beside.length]).toEqual([2, 2]);
    asked.length = 0;
    parts["a"]!.items.push(movement("dispute_won", "dp_1", "3"));
    expect((await read(part)).map(({ reference, wonAt }) => [reference, wonAt])).toEqual([
      ["dp_2", null],
      ["dp_1", "3"],
    ]);
    expect(asked).toEqual(["a"]);
  });
});
