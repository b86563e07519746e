import type { Feature, Vote } from "../api/types";
import { answersIn, chosenIn, groupsIn, pointsIn } from "../ballots/votes";
import type { Speech } from "../i18n/Language";

/** A vote in a line: "Red, Blue", "Cork: 5, Leather: 3", "1. Wrist, 2. None"; empty for none. */
export function voteWords(feature: Feature, voted: unknown, { t }: Pick<Speech, "t">): string {
  const vote = voted as Vote | undefined;
  if (!voted || Object.keys(voted).length === 0) return "";
  const label = (id: string) => feature.options.find((option) => option.option_id === id)?.label ?? id;
  switch (feature.method) {
    case "plurality":
    case "approval":
      return chosenIn(vote).map(label).join(", ");
    case "score":
      return Object.entries(pointsIn(vote))
        .sort(([, one], [, other]) => other - one)
        .map(([id, points]) => t("thread.points", { option: label(id), points }))
        .join(", ");
    case "ranked": {
      const places = groupsIn(vote).map((group) => group.map(label).join(" = "));
      return places.map((options, index) => t("thread.place", { place: index + 1, options })).join(", ");
    }
    case "best_worst": {
      const named = (which: "best" | "worst") => [...new Set(answersIn(vote).map((screen) => label(screen[which])))].join(", ");
      return `${t("thread.best", { options: named("best") })}; ${t("thread.worst", { options: named("worst") })}`;
    }
  }
}
