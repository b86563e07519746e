import type { QuotePart } from "../api/types";
import { useSpeech } from "../i18n/Language";

/** The two pre-orders that a split one becomes. */
export function Parts({ parts, currency }: { parts: QuotePart[]; currency: string }) {
  const { t, money, day, count } = useSpeech();
  return (
    <>
      <p>{t("configurator.split")}</p>
      <ol class="parts">
        {parts.map(({ batch, units, total_most_minor }) => (
          <li key={batch.number}>
            <strong>{t("configurator.part", { count: units, number: count(batch.number) })}</strong>
            <span class="muted">
              {t("configurator.partDetail", { day: day(batch.ships_at), most: money(total_most_minor, currency) })}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
