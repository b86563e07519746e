import type { Feature, Screen, Vote, Votes } from "../api/types";

/** Groups of options, best first; the options of one group are equal. */
export type Groups = string[][];
/** option_id -> 0 to 5 */
export type Points = Record<string, number>;

export const MOST_POINTS = 5;

/*
 * The schema cannot say which form a vote has: its feature's method does. These read a vote that `acceptVote` has
 * written, or that came from the API.
 */
export const chosenIn = (vote: Vote | undefined) => (vote ?? []) as string[];
export const pointsIn = (vote: Vote | undefined) => (vote ?? {}) as Points;
export const groupsIn = (vote: Vote | undefined) => (vote ?? []) as Groups;
export const answersIn = (vote: Vote | undefined) => (vote ?? []) as Screen[];

/**
 * A vote as far as it fits the feature, in the feature's own order, so that equal votes look equal. Null when it says
 * nothing.
 */
export function acceptVote(kept: unknown, feature: Feature): Vote | null {
  const options = feature.options.map((option) => option.option_id);
  const vote = FORMS[feature.method](kept, options);
  if (Object.keys(vote).length === 0) return null;
  return feature.method === "approval" ? (vote as string[]).slice(0, feature.budget ?? undefined) : vote;
}

const FORMS: Record<Feature["method"], (kept: unknown, options: string[]) => Vote> = {
  plurality: (kept, options) => known(kept, options).slice(0, 1),
  approval: known,
  score: (kept, options) => {
    const points = fieldsOf(kept);
    return Object.fromEntries(options.filter((id) => isPoints(points[id])).map((id) => [id, points[id] as number]));
  },
  ranked: (kept, options) => {
    const placed = new Set<string>();
    return listOf(kept)
      .map((group) => known(group, options).filter((id) => !placed.has(id) && placed.add(id)))
      .filter((group) => group.length > 0);
  },
  best_worst: (kept, options) =>
    listOf(kept)
      .map((entry) => {
        const { shown, best, worst } = fieldsOf(entry);
        return { shown: known(shown, options), best, worst } as Screen;
      })
      .filter(({ shown, best, worst }) => shown.includes(best) && shown.includes(worst) && best !== worst)
      .sort((one, other) => (String(one.shown) < String(other.shown) ? -1 : 1)),
};

const isPoints = (value: unknown) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_POINTS;
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const fieldsOf = (value: unknown) => (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
function known(kept: unknown, options: string[]): string[] {
  return options.filter((id) => listOf(kept).includes(id));
}

/** The votes with another vote on one feature; null takes it away. */
export function withVote(votes: Votes, feature: Feature, vote: unknown): Votes {
  const { [feature.feature_id]: _, ...others } = votes;
  const accepted = acceptVote(vote, feature);
  return accepted ? { ...others, [feature.feature_id]: accepted } : others;
}

/** The features on which this ballot says nothing yet. */
export const undecided = (votes: Votes, features: Feature[]) =>
  features.filter((feature) => acceptVote(votes[feature.feature_id], feature) === null);

/** Votes that were kept in the tab, as far as the campaign still has such features and options; null when nothing is left. */
export function acceptVotes(kept: unknown, features: Feature[]): Votes | null {
  const votes = said(fieldsOf(kept), features);
  return Object.keys(votes).length > 0 ? votes : null;
}

/** What is to be sent: nothing of what says nothing. */
export function said(votes: Record<string, unknown>, features: Feature[]): Votes {
  const entries = features.map((feature) => [feature.feature_id, acceptVote(votes[feature.feature_id], feature)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, Vote] => entry[1] !== null));
}

export const sameVotes = (one: Votes, other: Votes, features: Feature[]) =>
  JSON.stringify(said(one, features)) === JSON.stringify(said(other, features));
