import type { Batch } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { neededOf } from "./standing";

const HEIGHT = 12;

/**
 * A batch as a bar from nothing to its capacity: secured units solid, held ones pale behind them,
 * a mark at the minimum. Widths are attributes, so that no inline style is needed.
 */
export function BatchBar({ batch }: { batch: Batch }) {
  const { t, count } = useSpeech();
  const percent = (units: number) => `${Math.min(100, (100 * units) / Math.max(1, batch.capacity))}%`;
  const minimum = neededOf(batch);
  const words = { secured: batch.secured_units, minimum, capacity: batch.capacity };
  return (
    <svg
      class="batch-bar"
      width="100%"
      height={HEIGHT + 8}
      role="progressbar"
      aria-label={t("batch.progress", { number: count(batch.number) })}
      aria-valuemin={0}
      aria-valuemax={batch.capacity}
      aria-valuenow={Math.min(batch.secured_units, batch.capacity)}
      aria-valuetext={t("batch.progressText", words)}
    >
      <g aria-hidden="true">
        <rect class="bar-track" y="4" width="100%" height={HEIGHT} rx="6" />
        <rect class="bar-held" y="4" width={percent(batch.held_units)} height={HEIGHT} rx="6" />
        <rect class="bar-fill" y="4" width={percent(batch.secured_units)} height={HEIGHT} rx="6" />
        <line class="bar-mark" x1={percent(minimum)} x2={percent(minimum)} y1="0" y2={HEIGHT + 8} />
      </g>
    </svg>
  );
}
