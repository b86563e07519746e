import type { FeatureResult, FeatureTally } from "../api/types";
import { MOST_POINTS } from "../ballots/votes";

/** What the counts of one option say, by its feature's method. */
export type Figure =
  | { kind: "share"; votes: number; voters: number }
  | { kind: "points"; mean: number }
  | { kind: "first"; votes: number; voters: number }
  | { kind: "score"; interval: Interval | null };

/** A mean from -1 to 1 and what ±1.96 standard errors around it reach, cut off at both ends. */
export interface Interval {
  mean: number;
  half: number;
  low: number;
  high: number;
}

export function figureOf(tally: FeatureTally, optionId: string): Figure {
  const count = tally.counts[optionId] ?? 0;
  switch (tally.method) {
    case "score":
      return { kind: "points", mean: tally.voters > 0 ? count / tally.voters : 0 };
    case "ranked":
      return { kind: "first", votes: count, voters: tally.voters };
    case "best_worst":
      return { kind: "score", interval: intervalOf(tally, optionId) };
    default:
      return { kind: "share", votes: count, voters: tally.voters };
  }
}

/** (best - worst) / shown, as the mean of answers that are 1, 0 or -1; null while the option was never shown. */
export function intervalOf(tally: FeatureTally, optionId: string): Interval | null {
  const [best, worst, shown] = [tally.best, tally.worst, tally.shown].map((counts) => counts?.[optionId] ?? 0) as [
    number,
    number,
    number,
  ];
  if (shown === 0) return null;
  const mean = (best - worst) / shown;
  const half = 1.96 * Math.sqrt(Math.max(0, (best + worst) / shown - mean ** 2) / shown);
  return { mean, half, low: Math.max(-1, mean - half), high: Math.min(1, mean + half) };
}

/** The part of a bar that a figure fills. */
export function partOf(figure: Exclude<Figure, { kind: "score" }>): { part: number; whole: number } {
  if (figure.kind === "points") return { part: figure.mean, whole: MOST_POINTS };
  return { part: figure.votes, whole: figure.voters };
}

/** Which of two options more ballots rank above the other; null for a draw. */
export function pairWinner(tally: FeatureTally, one: string, other: string): string | null {
  const [over, under] = [tally.pairs?.[one]?.[other] ?? 0, tally.pairs?.[other]?.[one] ?? 0];
  return over === under ? null : over > under ? one : other;
}

export interface Ordering {
  method: "schulze" | "runoff" | "borda" | "first";
  order: string[];
}

/** How each way of counting orders the options of a ranked feature; equals stay in the order of the certified ranking. */
export function orderings(feature: FeatureResult): Ordering[] {
  const by = (counts: Record<string, number>) =>
    [...feature.ranking].sort((one, other) => (counts[other] ?? 0) - (counts[one] ?? 0));
  return [
    { method: "schulze", order: feature.ranking },
    { method: "runoff", order: feature.runoff ?? [] },
    { method: "borda", order: by(feature.borda ?? {}) },
    { method: "first", order: by(feature.counts) },
  ];
}
