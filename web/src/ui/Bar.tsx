/** A share as a bar; decoration beside the number that says the same, hence hidden from screen readers. */
export function ShareBar({ part, whole, strong = false }: { part: number; whole: number; strong?: boolean }) {
  const percent = whole > 0 ? Math.min(100, (100 * part) / whole) : 0;
  return (
    <svg class="share-bar" width="100%" height="6" aria-hidden="true" focusable="false">
      <rect class="bar-track" width="100%" height="6" rx="3" />
      {percent > 0 && <rect class={strong ? "bar-fill" : "bar-fill-soft"} width={`${percent}%`} height="6" rx="3" />}
    </svg>
  );
}
