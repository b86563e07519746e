import { useSpeech } from "../i18n/Language";
import { nameOf, type Stage } from "./stage";

export function StageBadge({ stage }: { stage: Stage }) {
  const { t } = useSpeech();
  const live = stage === "voting" || stage === "preselling";
  return <span class={live ? "badge badge-live" : "badge"}>{t(nameOf(stage))}</span>;
}
