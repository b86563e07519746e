import type { ComponentChildren } from "preact";
import type { Feature, FeatureTally } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { ShareBar } from "../ui/Bar";
import { figureOf, partOf } from "./figures";
import { Whisker } from "./Whisker";

/** The figure of an option in words: what its bar only shows. */
export function useFigure(): (tally: FeatureTally, optionId: string) => string {
  const { t, share, decimal } = useSpeech();
  return (tally, optionId) => {
    const figure = figureOf(tally, optionId);
    switch (figure.kind) {
      case "share":
        return t("ballot.tally", { count: figure.votes, share: share(figure.votes, figure.voters) });
      case "points":
        return t("ballot.tallyPoints", { mean: decimal(figure.mean, 1) });
      case "first":
        return t("ballot.tallyFirst", { count: figure.votes, share: share(figure.votes, figure.voters) });
      case "score": {
        const { interval } = figure;
        if (!interval) return t("ballot.tallyNone");
        return t("ballot.tallyScore", { mean: decimal(interval.mean, 2, true), half: decimal(interval.half, 2) });
      }
    }
  };
}

/** The bar of an option, or its dot and whisker; empty while there is no count, so that nothing moves when it comes. */
export function OptionBar({ tally, optionId, strong }: { tally: FeatureTally | null; optionId: string; strong: boolean }) {
  const figure = tally && figureOf(tally, optionId);
  if (figure?.kind === "score") return <Whisker interval={figure.interval} strong={strong} />;
  return <ShareBar {...(figure ? partOf(figure) : { part: 0, whole: 0 })} strong={strong} />;
}

interface Props {
  feature: Feature;
  tally: FeatureTally;
  /** Best first, where there is a best; else the feature's own order. */
  ranking?: string[];
  strong?: (optionId: string) => boolean;
  mark?: (optionId: string) => ComponentChildren;
}

/** All options of a feature with their figures and bars. */
export function Picture({ feature, tally, ranking, strong = () => false, mark }: Props) {
  const figure = useFigure();
  const List = ranking ? "ol" : "ul";
  const label = (id: string) => feature.options.find((option) => option.option_id === id)?.label ?? id;
  return (
    <List class="ranking">
      {(ranking ?? feature.options.map((option) => option.option_id)).map((id) => (
        <li key={id} class={strong(id) ? "ranked ranked-kept" : "ranked"}>
          <span class="ranked-label">
            {label(id)} {mark?.(id)}
          </span>
          <span class="option-aside">{figure(tally, id)}</span>
          <OptionBar tally={tally} optionId={id} strong={strong(id)} />
        </li>
      ))}
    </List>
  );
}
