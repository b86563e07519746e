import { useState } from "preact/hooks";
import type { Feature, FeatureResult } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { ShareBar } from "../ui/Bar";
import { Button } from "../ui/Button";

/** The instant runoff, a round at a time: the bars of those standing, who leaves, and in the end who is left. */
export function Rounds({ feature, result }: { feature: Feature; result: FeatureResult }) {
  const { t } = useSpeech();
  const [place, setPlace] = useState(0);
  const rounds = result.rounds ?? [];
  const round = rounds[place];
  if (!round) return null;
  const label = (id: string | undefined) => feature.options.find((option) => option.option_id === id)?.label ?? id ?? "";
  const last = place === rounds.length - 1;
  const gone = rounds.slice(0, place).map((one) => one.eliminated);
  return (
    <details class="details">
      <summary>{t("rounds.title")}</summary>
      <p class="rounds-title" aria-live="polite">
        <strong>{t("rounds.round", { number: place + 1, rounds: rounds.length })}</strong>{" "}
        {t("rounds.leaves", { option: label(round.eliminated), count: round.counts[round.eliminated] ?? 0 })}{" "}
        {round.exhausted > 0 && t("rounds.exhausted", { count: round.exhausted })}{" "}
        {last && t("rounds.left", { option: label(result.runoff?.[0]) })}
      </p>
      <ul class="ranking">
        {/* All options in one order throughout, so that an eye can follow a bar from round to round. */}
        {(result.runoff ?? []).map((id) => (
          <RoundBar
            key={id}
            label={label(id)}
            votes={round.counts[id] ?? 0}
            voters={result.voters}
            state={gone.includes(id) ? "gone" : id === round.eliminated ? "leaves" : "stands"}
          />
        ))}
      </ul>
      <div class="actions rounds-steps">
        <Button idle={place === 0} onClick={() => setPlace(place - 1)}>
          {t("rounds.back")}
        </Button>
        <Button idle={last} onClick={() => setPlace(place + 1)}>
          {t("rounds.next")}
        </Button>
      </div>
    </details>
  );
}

interface RoundBarProps {
  label: string;
  votes: number;
  voters: number;
  state: "stands" | "leaves" | "gone";
}

function RoundBar({ label, votes, voters, state }: RoundBarProps) {
  const { t, share } = useSpeech();
  return (
    <li class={`ranked round-${state}`}>
      <span class="ranked-label">
        {label} {state !== "stands" && <span class="badge">{t(state === "gone" ? "rounds.gone" : "rounds.leavesNow")}</span>}
      </span>
      <span class="option-aside">{state !== "gone" && t("rounds.ballots", { count: votes, share: share(votes, voters) })}</span>
      <ShareBar part={votes} whole={voters} strong={state === "stands"} />
    </li>
  );
}
