import type { Batch, Campaign, Wave } from "../api/types";

/** Where a wave stands at a moment. */
export type Standing = "coming" | "open" | "over";

export function standingOf(wave: Pick<Wave, "opens_at" | "closes_at">, now: number): Standing {
  if (Date.parse(wave.closes_at) <= now) return "over";
  return Date.parse(wave.opens_at) <= now ? "open" : "coming";
}

/**
 * How many units one fan may want at this moment: the least that an open wave allows which lets this fan in, as far as
 * the page can know it. The API counts the fan's earlier pre-orders as well.
 */
export function limitNow(campaign: Pick<Campaign, "waves" | "limit_per_fan">, now: number, country?: string, code = ""): number {
  const lets = campaign.waves.filter(
    (wave) =>
      standingOf(wave, now) === "open" &&
      (wave.regions.length === 0 || (country !== undefined && wave.regions.includes(country))) &&
      (!wave.needs_code || code !== ""),
  );
  return Math.min(campaign.limit_per_fan, ...lets.map((wave) => wave.limit_per_fan ?? campaign.limit_per_fan));
}

/** The drawn wave that concerns fans now: the one that is open, else the last that is over. */
export function drawnWave(waves: Wave[], now: number): Wave | null {
  const drawn = waves.filter((wave) => wave.draw && standingOf(wave, now) !== "coming");
  return drawn.find((wave) => standingOf(wave, now) === "open") ?? drawn.at(-1) ?? null;
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
export const isWaveProblem = (code: string) => ["wave_not_open", "access_code_wrong", "region_not_served", "wave_drawn"].includes(code);

/** Waves that are all over say nothing to a fan any more, but a draw can be checked for good. */
export const wavesMatter = ({ waves }: Pick<Campaign, "waves">, now: number) =>
  forEverybodyFrom(waves, now) !== null || waves.some((wave) => wave.draw);
