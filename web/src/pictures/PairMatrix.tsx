import { useState } from "preact/hooks";
import type { Feature, FeatureTally } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { pairWinner } from "./figures";

/** How many ballots rank each option above each other one; the better half of each pair is marked. */
export function PairMatrix({ feature, tally }: { feature: Feature; tally: FeatureTally }) {
  const { t } = useSpeech();
  const [open, setOpen] = useState(false);
  if (!tally.pairs) return null;
  // Thirty options make nine hundred cells: nobody's phone draws them anew every few seconds unless they are looked at.
  return (
    <details class="details" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("pairs.title")}</summary>
      {open && (
        <>
          <p class="wide-words">{t("pairs.caption")}</p>
          <div class="wide" role="region" aria-label={`${t("pairs.title")}: ${feature.title}`} tabIndex={0}>
            <Matrix feature={feature} tally={tally} />
          </div>
        </>
      )}
    </details>
  );
}

function Matrix({ feature: { options }, tally }: { feature: Feature; tally: FeatureTally }) {
  const { t } = useSpeech();
  return (
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">{t("pairs.corner")}</th>
          {options.map((option) => (
            <th key={option.option_id} scope="col">
              {option.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {options.map((one) => (
          <tr key={one.option_id}>
            <th scope="row">{one.label}</th>
            {options.map((other) => (
              <Pair key={other.option_id} tally={tally} one={one.option_id} other={other.option_id} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Pair({ tally, one, other }: { tally: FeatureTally; one: string; other: string }) {
  const { t, count } = useSpeech();
  if (one === other) return <td aria-label={t("pairs.itself")}>–</td>;
  const wins = pairWinner(tally, one, other) === one;
  return (
    <td class={wins ? "pair-wins" : undefined}>
      {count(tally.pairs?.[one]?.[other] ?? 0)}
      {wins && <span class="visually-hidden"> {t("pairs.wins")}</span>}
    </td>
  );
}
