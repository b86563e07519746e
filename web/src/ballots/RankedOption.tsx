import { useSpeech } from "../i18n/Language";

export type Step = "up" | "down" | "join" | "separate" | "remove";

interface Props {
  optionId: string;
  label: string;
  /** Counted from 0; equal options share one. */
  place: number;
  shared: boolean;
  /** Another option of the same place stands above. */
  below: boolean;
  last: boolean;
  open: boolean;
  onStep: (step: Step, optionId: string) => void;
}

/** One ranked option with its place and what can be done to it. */
export function RankedOption({ optionId, label, place, shared, below, last, open, onStep }: Props) {
  const { t, count } = useSpeech();
  const first = place === 0 && !below;
  return (
    <li class={below ? "option option-chosen ranked-option ranked-equal" : "option option-chosen ranked-option"}>
      <span class="place">
        <span class="visually-hidden">{t("ranking.place", { place: place + 1 })}: </span>
        <span aria-hidden="true">{below ? "=" : count(place + 1)}</span>
      </span>
      <span class="ranked-label">{label}</span>
      {open && (
        <span class="steps">
          <StepButton name="up" icon="M5 12l5-5 5 5" off={place === 0 && !shared} {...{ optionId, label, onStep }} />
          <StepButton name="down" icon="M5 8l5 5 5-5" off={last && !shared} {...{ optionId, label, onStep }} />
          <StepButton
            name="join"
            step={below ? "separate" : "join"}
            icon="M5 8h10M5 12h10"
            pressed={below}
            off={first}
            {...{ optionId, label, onStep }}
          />
          <StepButton name="remove" icon="M6 6l8 8M14 6l-8 8" {...{ optionId, label, onStep }} />
        </span>
      )}
    </li>
  );
}

interface StepButtonProps extends Pick<Props, "optionId" | "label" | "onStep"> {
  name: "up" | "down" | "join" | "remove";
  step?: Step;
  icon: string;
  pressed?: boolean;
  /** It does nothing now, but keeps the focus. */
  off?: boolean;
}

function StepButton({ name, step = name, icon, pressed, off = false, optionId, label, onStep }: StepButtonProps) {
  const { t } = useSpeech();
  const words = t(`ranking.${name}`, { option: label });
  return (
    <button
      type="button"
      class="step"
      data-focus={`${name} ${optionId}`}
      aria-label={words}
      title={words}
      aria-pressed={pressed}
      aria-disabled={off || undefined}
      onClick={() => !off && onStep(step, optionId)}
    >
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
        <path d={icon} />
      </svg>
    </button>
  );
}
