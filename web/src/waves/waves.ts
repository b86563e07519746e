import type { Batch, Campaign, Wave } from "../api/types";

/** Where a wave stands at a moment. */
export type Standing = "coming" | "open" | "over";

export function standingOf(wave: Pick<Wave, "opens_at" | "closes_at">, now: number): Standing {
  if (Date.parse(wave.closes_at) <= now) return "over";
  return Date.parse(wave.opens_at) <= now ? "open" : "coming";
}

/** What must be known of a fan to sell to them at this moment: asked by the waves that are open. */
export function asked(waves: Wave[], now: number): { country: boolean; code: boolean } {
  const open = waves.filter((wave) => standingOf(wave, now) === "open");
  return { country: open.some((wave) => wave.regions.length > 0), code: open.some((wave) => wave.needs_code) };
}

/** The next wave that opens for a country; for any, where it is not known. */
export function nextWave(waves: Wave[], now: number, country?: string): Wave | null {
  const serves = (wave: Wave) => wave.regions.length === 0 || country === undefined || wave.regions.includes(country);
  return waves.find((wave) => standingOf(wave, now) === "coming" && serves(wave)) ?? null;
}

/** When the last wave is over and what is left is for everybody; null once it is, or without waves. */
export function forEverybodyFrom(waves: Wave[], now: number): string | null {
  const last = waves.at(-1);
  return last && standingOf(last, now) !== "over" ? last.closes_at : null;
}

/** What a wave has in all batches, and what of it is still free; null while no batch tells of it. */
export function unitsOf(wave: Pick<Wave, "number">, batches: Pick<Batch, "waves">[]): { units: number; free: number } | null {
  const shares = batches.flatMap((batch) => batch.waves).filter((share) => share.wave === wave.number);
  if (shares.length === 0) return null;
  return {
    units: shares.reduce((sum, share) => sum + share.units, 0),
    free: shares.reduce((sum, share) => sum + Math.max(0, share.free_units), 0),
  };
}

/** Whether it is the waves that keep a fan out, rather than missing room. */
export const isWaveProblem = (code: string) => ["wave_not_open", "access_code_wrong", "region_not_served"].includes(code);

/** Waves that are all over say nothing to a fan any more. */
export const wavesMatter = (campaign: Pick<Campaign, "waves">, now: number) => forEverybodyFrom(campaign.waves, now) !== null;
