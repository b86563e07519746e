import type { Batch, Preorder, ShipDate } from "../api/types";

export interface OpenSlip {
  /** Its number: the first move of the date is 1. */
  slip: number;
  date: ShipDate;
}

const ENDED = new Set(["lapsed", "withdrawn", "dropped", "refunded", "delivered"]);

/** The latest slip that this pre-order's fan may answer: later than promised, and the time to answer runs. */
export function openSlip(preorder: Preorder, dates: Batch["dates"], now: number): OpenSlip | null {
  if (ENDED.has(preorder.state) || preorder.refund_wanted) return null;
  for (let slip = dates.length; slip > 0; slip -= 1) {
    const date = dates[slip - 1]!;
    const runs = date.choice_until !== null && now < Date.parse(date.choice_until);
    if (runs && Date.parse(date.ships_at) > Date.parse(preorder.ships_at)) return { slip, date };
  }
  return null;
}
