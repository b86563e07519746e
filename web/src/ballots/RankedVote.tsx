import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useSpeech } from "../i18n/Language";
import type { VoteProps } from "./FeatureVote";
import { RankedOption, type Step } from "./RankedOption";
import { joinAbove, moveDown, moveUp, placeLast, placeOf, separate, without } from "./ranking";
import { groupsIn, type Groups } from "./votes";

const STEPS: Record<Step, (groups: Groups, option: string) => Groups> = {
  up: moveUp,
  down: moveDown,
  join: joinAbove,
  separate,
  remove: without,
};

/** A ranking by tapping: options go up from the list below in the order in which they are tapped, and can be moved. */
export function RankedVote({ feature, vote, open, onVote }: VoteProps) {
  const { t } = useSpeech();
  const groups = groupsIn(vote);
  const rest = feature.options.filter((option) => placeOf(groups, option.option_id) < 0);
  const { box, told, focusNext, tell } = useKeptFocus();
  const label = (id: string) => feature.options.find((option) => option.option_id === id)?.label ?? id;

  const change = (next: Groups, option: string, focus: string) => {
    const place = placeOf(next, option);
    tell(place < 0 ? t("ranking.toldOut", { option: label(option) }) : t("ranking.told", { option: label(option), place: place + 1 }));
    focusNext(focus);
    onVote(next);
  };
  const add = (option: string) => {
    const after = rest.findIndex((one) => one.option_id === option);
    const next = rest[after + 1] ?? rest[after - 1];
    change(placeLast(groups, option), option, next ? `add ${next.option_id}` : `up ${option}`);
  };
  const step = (kind: Step, option: string) =>
    change(STEPS[kind](groups, option), option, kind === "remove" ? `add ${option}` : `${kind === "separate" ? "join" : kind} ${option}`);

  return (
    <div ref={box} class="ranking-vote">
      {groups.length > 0 && (
        <ol class="options">
          {groups.flatMap((group, place) =>
            group.map((id, index) => (
              <RankedOption
                key={id}
                label={label(id)}
                optionId={id}
                place={place}
                shared={group.length > 1}
                below={index > 0}
                last={place === groups.length - 1}
                open={open}
                onStep={step}
              />
            )),
          )}
        </ol>
      )}
      {open && rest.length > 0 && (
        <>
          <p class="unranked-title">{t(groups.length > 0 ? "ranking.rest" : "ranking.start")}</p>
          <ul class="options">
            {rest.map(({ option_id: id }) => (
              <li key={id}>
                <button type="button" class="unranked" data-focus={`add ${id}`} onClick={() => add(id)}>
                  <span>{label(id)}</span>
                  <span class="unranked-place">{t("ranking.put", { place: groups.length + 1 })}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <p class="visually-hidden" role="status">
        {told}
      </p>
    </div>
  );
}

/** Options move in the page under the hand that moves them: the focus goes with them, and their place is spoken. */
function useKeptFocus() {
  const box = useRef<HTMLDivElement>(null);
  const wanted = useRef<string | null>(null);
  const [told, tell] = useState("");
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    box.current?.querySelector<HTMLElement>(`[data-focus="${wanted.current}"]`)?.focus();
    wanted.current = null;
  });
  return { box, told, tell, focusNext: (name: string) => (wanted.current = name) };
}
