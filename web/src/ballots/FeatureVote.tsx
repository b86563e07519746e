import type { Feature, Option } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { ShareBar } from "../ui/Bar";

interface Props {
  feature: Feature;
  chosen: string[];
  /** option_id -> votes so far; null while the tally is on its way */
  counts: Record<string, number> | null;
  ballots: number;
  currency: string;
  open: boolean;
  onChoose: (optionId: string, chosen: boolean) => void;
}

/** One feature as a group of radio buttons or checkboxes, each with its live count beside it. */
export function FeatureVote({ feature, chosen, counts, ballots, currency, open, onChoose }: Props) {
  const { t } = useSpeech();
  const hint = `hint-${feature.feature_id}`;
  return (
    <fieldset id={`feature-${feature.feature_id}`} class="panel feature" disabled={!open} aria-describedby={hint}>
      <legend class="feature-title">{feature.title}</legend>
      <p id={hint} class="feature-hint">
        {t(feature.method === "plurality" ? "ballot.plurality" : "ballot.approval")}{" "}
        {feature.keep === 1 ? t("ballot.keepOne") : t("ballot.keepMany", { count: feature.keep })}
      </p>
      <div class="options">
        {feature.options.map((option) => (
          <OptionVote
            key={option.option_id}
            feature={feature}
            option={option}
            chosen={chosen.includes(option.option_id)}
            votes={counts ? (counts[option.option_id] ?? 0) : null}
            ballots={ballots}
            currency={currency}
            onChoose={onChoose}
          />
        ))}
      </div>
    </fieldset>
  );
}

interface OptionProps extends Pick<Props, "feature" | "ballots" | "currency" | "onChoose"> {
  option: Option;
  chosen: boolean;
  votes: number | null;
}

function OptionVote({ feature, option, chosen, votes, ballots, currency, onChoose }: OptionProps) {
  const { t, share, surcharge } = useSpeech();
  const extra = surcharge(option.surcharge_minor, currency);
  const id = `vote-${feature.feature_id}-${option.option_id}`;
  return (
    <div class={chosen ? "option option-chosen" : "option"}>
      <input
        id={id}
        type={feature.method === "plurality" ? "radio" : "checkbox"}
        name={`vote-${feature.feature_id}`}
        checked={chosen}
        aria-describedby={`${id}-tally`}
        onChange={(event) => onChoose(option.option_id, event.currentTarget.checked)}
      />
      <span>
        <label for={id}>{option.label}</label> {extra && <span class="option-extra">{extra}</span>}
      </span>
      <span id={`${id}-tally`} class="option-aside">
        {votes !== null && t("ballot.tally", { count: votes, share: share(votes, ballots) })}
      </span>
      <ShareBar part={votes ?? 0} whole={ballots} strong={chosen} />
    </div>
  );
}
