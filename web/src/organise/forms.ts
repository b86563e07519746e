import type { Batch } from "../api/types";

export const SHORTEST_REASON = 10;

const MADE: readonly Batch["state"][] = ["shipped", "completed", "short", "cancelled"];

/** Whether its promised date can still move. The API has the last word. */
export const isMovable = (batch: Pick<Batch, "state">) => !MADE.includes(batch.state);

type ToppedUp = Pick<Batch, "played" | "state" | "top_up" | "waiting_until" | "top_up_until" | "taken_over">;

/** Until when the organiser may take units of it: of the playbook, or after drop-outs. */
export const topUpUntil = (batch: Pick<Batch, "top_up_until" | "waiting_until">) => batch.top_up_until ?? batch.waiting_until;

/** Whether the batch waits at this moment for what the organiser takes. */
export function isToppedUpNow(batch: ToppedUp, now: number): boolean {
  if (batch.state === "collecting") return batch.top_up_until !== null && now < Date.parse(batch.top_up_until) && batch.taken_over.length === 0;
  const last = batch.played.at(-1);
  const waits = batch.waiting_until !== null && now < Date.parse(batch.waiting_until);
  return batch.state === "open" && last?.kind === "top_up" && !last.passed && waits && batch.top_up.length === 0;
}

/** The end of a day, as typed in a date field, in the organiser's own time zone; null for none. */
export function dateOf(typed: string): string | null {
  const end = new Date(`${typed}T23:59:59`);
  return Number.isNaN(end.getTime()) ? null : end.toISOString();
}
