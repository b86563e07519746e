import type { Screen } from "../api/types";

/** What a fan says to one screen, perhaps only half of it yet. */
export interface Answer {
  best: string | null;
  worst: string | null;
}

const sameOptions = (one: string[], other: string[]) => one.length === other.length && one.every((id) => other.includes(id));

export function answerTo(entries: Screen[], shown: string[]): Answer {
  const entry = entries.find((one) => sameOptions(one.shown, shown));
  return { best: entry?.best ?? null, worst: entry?.worst ?? null };
}

/** The entries with this answer instead of an earlier one; half an answer is none. */
export function withAnswer(entries: Screen[], shown: string[], { best, worst }: Answer): Screen[] {
  const others = entries.filter((one) => !sameOptions(one.shown, shown));
  return best && worst ? [...others, { shown, best, worst }] : others;
}

/** An option cannot be both: the later word takes the earlier one back. */
export function marked(answer: Answer, mark: keyof Answer, option: string): Answer {
  const other = mark === "best" ? "worst" : "best";
  return { ...answer, [mark]: option, ...(answer[other] === option ? { [other]: null } : {}) };
}

/** The first screen that waits for an answer; past the last when none does. */
export function firstOpen(entries: Screen[], screens: string[][]): number {
  const open = screens.findIndex((shown) => answerTo(entries, shown).best === null);
  return open < 0 ? screens.length : open;
}
