import type { Feature, Votes } from "../api/types";

/** The votes after a fan has ticked or unticked an option: plurality keeps one, approval any number. */
export function withVote(votes: Votes, feature: Feature, optionId: string, chosen: boolean): Votes {
  if (feature.method === "plurality") return { ...votes, [feature.feature_id]: [optionId] };
  const others = (votes[feature.feature_id] ?? []).filter((id) => id !== optionId);
  const ticked = chosen ? [...others, optionId] : others;
  // In the order of the feature, so that equal ballots look equal.
  const ordered = feature.options.map((option) => option.option_id).filter((id) => ticked.includes(id));
  return { ...votes, [feature.feature_id]: ordered };
}

/** The features on which this ballot says nothing yet. */
export function undecided(votes: Votes, features: Feature[]): Feature[] {
  return features.filter((feature) => (votes[feature.feature_id] ?? []).length === 0);
}

/** Votes that were kept in the tab, as far as the campaign still has such features and options; null when nothing is left. */
export function acceptVotes(kept: unknown, features: Feature[]): Votes | null {
  if (typeof kept !== "object" || kept === null) return null;
  const votes: Votes = {};
  for (const feature of features) {
    const ticked: unknown = (kept as Record<string, unknown>)[feature.feature_id];
    const known = feature.options.map((option) => option.option_id);
    const fitting = Array.isArray(ticked) ? known.filter((id) => ticked.includes(id)) : [];
    if (fitting.length > 0) votes[feature.feature_id] = feature.method === "plurality" ? fitting.slice(0, 1) : fitting;
  }
  return Object.keys(votes).length > 0 ? votes : null;
}

export function sameVotes(one: Votes, other: Votes, features: Feature[]): boolean {
  const said = (votes: Votes, id: string) => [...(votes[id] ?? [])].sort().join("\n");
  return features.every(({ feature_id }) => said(one, feature_id) === said(other, feature_id));
}
