import type { LedgerPage, LedgerTransaction } from "./types";

export interface Dispute {
  preorderId: string;
  /** The provider's. */
  reference: string;
  amountMinor: number;
  currency: string;
  since: string;
  /** When the bank has decided against the fan: then the money is back. */
  wonAt: string | null;
}

/** A ledger that is read on from its last part each time: only what is new is fetched. */
export function disputesReader() {
  let seen: { cursor: string | null; movements: LedgerTransaction[] } = { cursor: null, movements: [] };
  return async (part: (cursor: string | null) => Promise<LedgerPage>): Promise<Dispute[]> => {
    let { cursor, movements } = seen;
    for (;;) {
      const page = await part(cursor);
      const known = [...movements, ...page.items.filter(isOfDispute)];
      if (page.next_cursor === null) {
        seen = { cursor, movements };
        return disputesIn(known);
      }
      movements = known;
      cursor = page.next_cursor;
    }
  };
}

const isOfDispute = ({ kind }: LedgerTransaction) => kind === "disputed" || kind === "dispute_won";

/** Each dispute as its latest movement leaves it: those that the organiser still carries first, the newest first. */
export function disputesIn(movements: readonly LedgerTransaction[]): Dispute[] {
  const found = new Map<string, Dispute>();
  for (const { kind, preorder_id: preorderId, reference, at, currency, entries } of movements) {
    if (!preorderId || !reference) continue;
    const amountMinor = Math.abs(entries[0]?.amount_minor ?? 0);
    const known = found.get(reference);
    if (kind === "disputed") found.set(reference, { preorderId, reference, amountMinor, currency, since: at, wonAt: null });
    else if (known) known.wonAt = at;
  }
  const order = (one: Dispute) => (one.wonAt === null ? 1 : 0);
  return [...found.values()].sort((one, other) => order(other) - order(one) || other.since.localeCompare(one.since));
}
