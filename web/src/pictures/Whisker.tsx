import type { Interval } from "./figures";

/** -1 to 1 over the width, with room for the dot at both ends. */
const at = (value: number) => `${50 + 48 * value}%`;

/** A best-worst score as a dot on a line from -1 to 1, with what chance may have added or taken as a whisker around it. */
export function Whisker({ interval, strong }: { interval: Interval | null; strong: boolean }) {
  return (
    <svg class={strong ? "whisker whisker-strong" : "whisker"} width="100%" height="20" aria-hidden="true" focusable="false">
      <line class="whisker-track" x1={at(-1)} x2={at(1)} y1="10" y2="10" />
      <line class="whisker-zero" x1={at(0)} x2={at(0)} y1="1" y2="19" />
      {interval && (
        <>
          <line class="whisker-reach" x1={at(interval.low)} x2={at(interval.high)} y1="10" y2="10" />
          <circle class="whisker-dot" cx={at(interval.mean)} cy="10" r="5" />
        </>
      )}
    </svg>
  );
}
