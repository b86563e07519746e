import { useState } from "preact/hooks";
import type { Campaign, Feature, Insight } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { crossRows, shadeOf, type CrossRow } from "./shapes";
import { useWords } from "./words";

/** Of those who chose one option, the share that chose each option of another feature. */
export function CrossTabs({ campaign, insight }: { campaign: Campaign; insight: Insight }) {
  const words = useWords();
  const { features } = campaign;
  const [rowsId, setRows] = useState(features[0]!.feature_id);
  const [columnsId, setColumns] = useState((features[1] ?? features[0]!).feature_id);
  const rows = crossRows(insight.cross_tabs, rowsId, columnsId);
  const [across, down] = [rowsId, columnsId].map((id) => features.find((one) => one.feature_id === id) ?? features[0]!);
  return (
    <section class="panel stack" aria-labelledby="cross-title">
      <h2 id="cross-title">{words("cross")}</h2>
      <p class="muted">
        {words("crossDetail")} {words("sampled", { count: insight.sampled })}
      </p>
      <div class="cross-choice">
        <FeatureChoice id="cross-rows" label={words("crossRows")} features={features} value={rowsId} onChoose={setRows} />
        <FeatureChoice id="cross-columns" label={words("crossColumns")} features={features} value={columnsId} onChoose={setColumns} />
      </div>
      {rows.length === 0 ? <p>{words("crossNone")}</p> : <CrossTable rows={rows} across={across!} down={down!} />}
    </section>
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  features: Feature[];
  value: string;
  onChoose: (featureId: string) => void;
}

export function FeatureChoice({ id, label, features, value, onChoose }: ChoiceProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} class="input" value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {features.map((feature) => (
          <option key={feature.feature_id} value={feature.feature_id}>
            {feature.title}
          </option>
        ))}
      </select>
    </div>
  );
}

function CrossTable({ rows, across, down }: { rows: CrossRow[]; across: Feature; down: Feature }) {
  const words = useWords();
  const { count, share } = useSpeech();
  return (
    <div class="wide" role="region" aria-label={`${across.title}, ${down.title}`} tabIndex={0}>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{across.title}</th>
            <th scope="col">{words("crossBallots")}</th>
            {down.options.map((option) => (
              <th key={option.option_id} scope="col">
                {option.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ optionId, ballots, also }) => (
            <tr key={optionId}>
              <th scope="row">{across.options.find((option) => option.option_id === optionId)?.label ?? optionId}</th>
              <td>{count(ballots)}</td>
              {down.options.map(({ option_id: other }) => (
                <td key={other} class={other in also ? `shade-${shadeOf(also[other]!, ballots)}` : undefined}>
                  {other in also ? share(also[other]!, ballots) : "–"}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
