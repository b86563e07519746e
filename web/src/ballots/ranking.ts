import type { Groups } from "./votes";

/** What a fan can do to a ranking; pure, each step answers a new one. */

/** The option in a last place of its own. */
export const placeLast = (groups: Groups, option: string): Groups => [...without(groups, option), [option]];

export const without = (groups: Groups, option: string): Groups =>
  groups.map((group) => group.filter((one) => one !== option)).filter((group) => group.length > 0);

/** One place up: out of a group that it shares, else past the group above. */
export function moveUp(groups: Groups, option: string): Groups {
  const place = placeOf(groups, option);
  if (place < 0 || (place === 0 && groups[0]!.length === 1)) return groups;
  const shared = groups[place]!.length > 1;
  return insert(without(groups, option), shared ? place : place - 1, option);
}

/** One place down: out of a group that it shares, else past the group below. */
export function moveDown(groups: Groups, option: string): Groups {
  const place = placeOf(groups, option);
  if (place < 0 || (place === groups.length - 1 && groups[place]!.length === 1)) return groups;
  return insert(without(groups, option), place + 1, option);
}

/** The same place as the group above. */
export function joinAbove(groups: Groups, option: string): Groups {
  const place = placeOf(groups, option);
  if (place < 1) return groups;
  return without(
    groups.map((group, index) => (index === place ? group.filter((one) => one !== option) : group)),
    option,
  ).map((group, index) => (index === place - 1 ? [...group, option] : group));
}

/** Out of the group that it shares, into a place of its own just below. */
export function separate(groups: Groups, option: string): Groups {
  const place = placeOf(groups, option);
  return place >= 0 && groups[place]!.length > 1 ? insert(without(groups, option), place + 1, option) : groups;
}

/** Counted from 0; -1 when it is not ranked. Equal options share a place. */
export const placeOf = (groups: Groups, option: string) => groups.findIndex((group) => group.includes(option));

const insert = (groups: Groups, place: number, option: string): Groups => [
  ...groups.slice(0, place),
  [option],
  ...groups.slice(place),
];
