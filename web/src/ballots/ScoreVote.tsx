import type { Option } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { OptionBar, useFigure } from "../pictures/Picture";
import type { VoteProps } from "./FeatureVote";
import { MOST_POINTS, pointsIn } from "./votes";

const SCALE = Array.from({ length: MOST_POINTS + 1 }, (_, points) => points);

/** 0 to 5 points for each option, as rows of radio buttons; a row without a choice is not scored. */
export function ScoreVote(props: VoteProps) {
  const { feature, vote, onVote } = props;
  const points = pointsIn(vote);
  return (
    <div class="options">
      {feature.options.map((option) => (
        <Scored
          {...props}
          key={option.option_id}
          option={option}
          points={points[option.option_id] ?? null}
          onScore={(given) => onVote({ ...points, [option.option_id]: given })}
        />
      ))}
    </div>
  );
}

interface ScoredProps extends VoteProps {
  option: Option;
  points: number | null;
  onScore: (points: number) => void;
}

function Scored({ campaign, feature, tally, option, points, onScore }: ScoredProps) {
  const { t, surcharge } = useSpeech();
  const figure = useFigure();
  const extra = surcharge(option.surcharge_minor, campaign.currency);
  const id = `vote-${feature.feature_id}-${option.option_id}`;
  return (
    <div
      class={points === null ? "scored" : "scored option-chosen"}
      role="radiogroup"
      aria-labelledby={`${id}-label`}
      aria-describedby={`${id}-tally`}
    >
      <p class="scored-head">
        <span>
          <span id={`${id}-label`} class="scored-label">
            {option.label}
          </span>{" "}
          {extra && <span class="option-extra">{extra}</span>}
        </span>
        <span id={`${id}-tally`} class="option-aside">
          {tally && figure(tally, option.option_id)}
        </span>
      </p>
      <div class="scale">
        {SCALE.map((given) => (
          <label key={given} class={points === given ? "grade grade-chosen" : "grade"}>
            <input
              type="radio"
              name={id}
              value={given}
              checked={points === given}
              aria-label={t("ballot.points", { count: given })}
              onChange={() => onScore(given)}
            />
            <span aria-hidden="true">{given}</span>
          </label>
        ))}
      </div>
      <OptionBar tally={tally} optionId={option.option_id} strong={points !== null} />
    </div>
  );
}
