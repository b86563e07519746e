import type { Insight } from "../api/types";

const HOUR_MS = 3_600_000;
/** So many bars are still told apart on a phone. */
export const MOST_HOURS = 72;

export interface HourOf {
  hour: string;
  ballots: number;
}

/** The last hours of the turnout, with those in which nobody voted. */
export function byHour(turnout: Insight["turnout"], most = MOST_HOURS): HourOf[] {
  const first = turnout[0];
  const last = turnout.at(-1);
  if (!first || !last) return [];
  const known = new Map(turnout.map(({ hour, ballots }) => [Date.parse(hour), ballots]));
  const end = Date.parse(last.hour);
  const start = Math.max(Date.parse(first.hour), end - (most - 1) * HOUR_MS);
  return Array.from({ length: Math.round((end - start) / HOUR_MS) + 1 }, (_, index) => {
    const moment = start + index * HOUR_MS;
    return { hour: new Date(moment).toISOString(), ballots: known.get(moment) ?? 0 };
  });
}

export interface CrossRow {
  optionId: string;
  ballots: number;
  /** other option_id -> how many of `ballots` chose it too */
  also: Record<string, number>;
}

/** Of those who chose an option of one feature, how many chose each option of another. */
export function crossRows(crossTabs: Insight["cross_tabs"], featureId: string, otherId: string): CrossRow[] {
  return crossTabs
    .filter((row) => row.feature_id === featureId)
    .map((row) => ({ optionId: row.option_id, ballots: row.ballots, also: row.also[otherId] ?? {} }));
}

/** How strong a share is shown, 0 to 4. */
export const shadeOf = (part: number, whole: number) => (whole > 0 ? Math.min(4, Math.floor((5 * part) / whole)) : 0);
