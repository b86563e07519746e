import type { Entry, Line, NewEntry, Variant } from "../api/types";

/** Whether the fan is on the list, or has an offer, at this moment. */
export const isWaiting = (entry: Entry | null): entry is Entry => entry?.state === "waiting" || entry?.state === "offered";

/** What a fan joins with; the terms of an offer are shown and accepted when there is one. */
export function entryOf(variant: Variant, quantity: number, allOrNone: boolean): NewEntry {
  const lines: Line[] = [{ variant, quantity }];
  return { lines, all_or_none: quantity > 1 && allOrNone };
}
