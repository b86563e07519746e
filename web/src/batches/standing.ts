import type { Batch } from "../api/types";
import type { Speech } from "../i18n/Language";

const SELLING = new Set(["open", "confirmed"]);

/** The batch that a newcomer would get into, else the last one there was. */
export function batchToShow(batches: Batch[]): Batch | null {
  return batches.find((batch) => SELLING.has(batch.state) && roomIn(batch) > 0) ?? batches.at(-1) ?? null;
}

/** Held room includes what is secured already: both are taken from the capacity. */
export function roomIn(batch: Pick<Batch, "capacity" | "held_units" | "secured_units">): number {
  return Math.max(0, batch.capacity - Math.max(batch.held_units, batch.secured_units));
}

/** Units whose payment method is still being secured; they hold room but do not count yet. */
export function unsecuredIn(batch: Pick<Batch, "held_units" | "secured_units">): number {
  return Math.max(0, batch.held_units - batch.secured_units);
}

/** Where the batch stands, in a short sentence. */
export function standingOf(batch: Batch, { t }: Pick<Speech, "t">): string {
  const into = batch.played.find((play) => play.into_batch !== null)?.into_batch;
  if (batch.state === "short" && into) return t("batch.rolled", { number: into });
  return t(`batch.${batch.state}`, { count: batch.units_to_minimum });
}

/** Whether pre-orders still move its numbers. */
export const isSelling = (batch: Pick<Batch, "state">) => SELLING.has(batch.state);

/** From how many units on it is made, as things stand: the playbook may have lowered it. */
export const neededOf = (batch: Pick<Batch, "minimum" | "lowered_minimum">) => batch.lowered_minimum ?? batch.minimum;
