import { useRef } from "preact/hooks";
import type { Campaign, Feature, FeatureTally, Vote } from "../api/types";
import { useSpeech, type Speech } from "../i18n/Language";
import { Picture } from "../pictures/Picture";
import { PairMatrix } from "../pictures/PairMatrix";
import { Button } from "../ui/Button";
import { BestWorstVote } from "./BestWorstVote";
import { ChoiceVote } from "./ChoiceVote";
import { RankedVote } from "./RankedVote";
import { ScoreVote } from "./ScoreVote";

export interface VoteProps {
  campaign: Campaign;
  feature: Feature;
  vote: Vote | undefined;
  /** The live count; null while it is on its way or kept back. */
  tally: FeatureTally | null;
  open: boolean;
  /** What the fan says now, in the form of the method; null takes it back. */
  onVote: (vote: Vote | null) => void;
}

const WIDGETS = {
  plurality: ChoiceVote,
  approval: ChoiceVote,
  score: ScoreVote,
  ranked: RankedVote,
  best_worst: BestWorstVote,
};

/** One feature: what is asked, the widget of its method, and the live picture of what all say. */
export function FeatureVote(props: VoteProps) {
  const { feature, vote, tally, open, onVote } = props;
  const { t } = useSpeech();
  const fields = useRef<HTMLFieldSetElement>(null);
  const hint = `hint-${feature.feature_id}`;
  const Widget = WIDGETS[feature.method];
  // Where the options of the widget move or come by screens, the picture has a place of its own.
  const apart = feature.method === "ranked" || feature.method === "best_worst";
  const clear = () => {
    onVote(null);
    fields.current?.querySelector<HTMLElement>("input, button")?.focus();
  };
  return (
    <fieldset ref={fields} id={`feature-${feature.feature_id}`} class="panel feature" disabled={!open} aria-describedby={hint}>
      <legend class="feature-title">{feature.title}</legend>
      <p id={hint} class="feature-hint">
        {t(`ballot.${feature.method}`)} {rulesOf(feature, t)}
      </p>
      <Widget {...props} />
      {open && vote && feature.method !== "approval" && (
        <Button kind="quiet" label={`${t("ballot.clear")}: ${feature.title}`} onClick={clear}>
          {t("ballot.clear")}
        </Button>
      )}
      {apart && tally && (
        <div class="so-far">
          <p class="so-far-title">{t("ballot.soFar", { count: tally.voters })}</p>
          <Picture feature={feature} tally={tally} />
          <PairMatrix feature={feature} tally={tally} />
        </div>
      )}
    </fieldset>
  );
}

/** What becomes of the votes: how many options stay, and when none is dropped. */
function rulesOf(feature: Feature, t: Speech["t"]): string {
  const percent = feature.keep_over_percent;
  const keep = percent
    ? t(feature.method === "score" ? "ballot.keepOverPoints" : "ballot.keepOver", { percent })
    : t(feature.keep === 1 ? "ballot.keepOne" : "ballot.keepMany", { count: feature.keep });
  return feature.quorum ? `${keep} ${t("ballot.quorum", { count: feature.quorum })}` : keep;
}
