import type { Option } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { OptionBar, useFigure } from "../pictures/Picture";
import type { VoteProps } from "./FeatureVote";
import { chosenIn } from "./votes";

/** Plurality as radio buttons, approval as checkboxes, each with its live count beside it. */
export function ChoiceVote(props: VoteProps) {
  const { feature, vote, onVote } = props;
  const { t } = useSpeech();
  const chosen = chosenIn(vote);
  const left = feature.budget === null ? null : Math.max(0, feature.budget - chosen.length);
  const choose = (id: string, ticked: boolean) => {
    if (feature.method === "plurality") onVote([id]);
    else onVote(ticked ? [...chosen, id] : chosen.filter((one) => one !== id));
  };
  return (
    <>
      {left !== null && (
        <p class="budget" role="status">
          {t("ballot.budget", { count: left, budget: feature.budget! })}
        </p>
      )}
      <div class="options">
        {feature.options.map((option) => (
          <Choice
            {...props}
            key={option.option_id}
            option={option}
            chosen={chosen.includes(option.option_id)}
            usedUp={left === 0}
            onChoose={choose}
          />
        ))}
      </div>
    </>
  );
}

interface ChoiceProps extends VoteProps {
  option: Option;
  chosen: boolean;
  usedUp: boolean;
  onChoose: (optionId: string, ticked: boolean) => void;
}

function Choice({ campaign, feature, tally, option, chosen, usedUp, onChoose }: ChoiceProps) {
  const { surcharge } = useSpeech();
  const figure = useFigure();
  const extra = surcharge(option.surcharge_minor, campaign.currency);
  const id = `vote-${feature.feature_id}-${option.option_id}`;
  const shut = usedUp && !chosen;
  return (
    <div class={`option${chosen ? " option-chosen" : ""}${shut ? " option-shut" : ""}`}>
      <input
        id={id}
        type={feature.method === "plurality" ? "radio" : "checkbox"}
        name={`vote-${feature.feature_id}`}
        checked={chosen}
        disabled={shut}
        aria-describedby={`${id}-tally`}
        onChange={(event) => onChoose(option.option_id, event.currentTarget.checked)}
      />
      <span>
        <label for={id}>{option.label}</label> {extra && <span class="option-extra">{extra}</span>}
      </span>
      <span id={`${id}-tally`} class="option-aside">
        {tally && figure(tally, option.option_id)}
      </span>
      <OptionBar tally={tally} optionId={option.option_id} strong={chosen} />
    </div>
  );
}
