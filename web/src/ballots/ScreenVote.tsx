import { useState } from "preact/hooks";
import type { Feature } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { ShareBar } from "../ui/Bar";
import { Button } from "../ui/Button";
import { marked, type Answer } from "./screens";

interface Props {
  feature: Feature;
  shown: string[];
  /** Counted from 1. */
  number: number;
  screens: number;
  answered: number;
  answer: Answer;
  onAnswer: (answer: Answer) => void;
  onMove: (steps: 1 | -1) => void;
}

/** One screen: best and worst as two columns of radio buttons. Half an answer is kept here until it is whole. */
export function ScreenVote({ feature, shown, number, screens, answered, answer, onAnswer, onMove }: Props) {
  const { t } = useSpeech();
  const [half, setHalf] = useState<Answer | null>(null);
  const said = half ?? answer;
  const whole = said.best !== null && said.worst !== null;
  const mark = (column: keyof Answer, option: string) => {
    const next = marked(said, column, option);
    setHalf(next.best && next.worst ? null : next);
    onAnswer(next);
  };
  return (
    <div class="screen">
      <p class="screen-title" tabIndex={-1}>
        {t("screens.title", { number, screens })}
      </p>
      <ShareBar part={answered} whole={screens} strong />
      <table class="screen-table">
        <thead>
          <tr>
            <th scope="col">{t("screens.best")}</th>
            <th scope="col">
              <span class="visually-hidden">{t("screens.option")}</span>
            </th>
            <th scope="col">{t("screens.worst")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((id) => (
            <ScreenRow key={id} name={`screen-${feature.feature_id}`} feature={feature} optionId={id} said={said} onMark={mark} />
          ))}
        </tbody>
      </table>
      <div class="actions">
        {number > 1 && <Button onClick={() => onMove(-1)}>{t("screens.back")}</Button>}
        <Button kind={whole ? "primary" : "plain"} onClick={() => onMove(1)}>
          {t(whole ? "screens.next" : "screens.skip")}
        </Button>
      </div>
    </div>
  );
}

interface RowProps {
  name: string;
  feature: Feature;
  optionId: string;
  said: Answer;
  onMark: (column: keyof Answer, option: string) => void;
}

function ScreenRow({ name, feature, optionId, said, onMark }: RowProps) {
  const { t } = useSpeech();
  const label = feature.options.find((option) => option.option_id === optionId)?.label ?? optionId;
  const radio = (column: keyof Answer) => (
    <td>
      <label class="mark">
        <input
          type="radio"
          name={`${name}-${column}`}
          checked={said[column] === optionId}
          aria-label={`${t(`screens.${column}`)}: ${label}`}
          onChange={() => onMark(column, optionId)}
        />
      </label>
    </td>
  );
  const state = said.best === optionId ? "screen-best" : said.worst === optionId ? "screen-worst" : undefined;
  return (
    <tr class={state}>
      {radio("best")}
      <th scope="row">{label}</th>
      {radio("worst")}
    </tr>
  );
}
