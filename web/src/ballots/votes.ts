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

export function sameVotes(one: Votes, other: Votes, features: Feature[]): boolean {
  const said = (votes: Votes, id: string) => [...(votes[id] ?? [])].sort().join("\n");
  return features.every(({ feature_id }) => said(one, feature_id) === said(other, feature_id));
}
