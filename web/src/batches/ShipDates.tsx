import type { Batch } from "../api/types";
import { useSpeech } from "../i18n/Language";

/** Each move of the promised ship date, with the reason that was given. */
export function ShipDates({ dates }: { dates: Batch["dates"] }) {
  const { t, day, moment } = useSpeech();
  return (
    <ol class="bullets">
      {dates.map((date) => (
        <li key={date.announced_at}>
          {t("ship.moved", { was: day(date.was), now: day(date.ships_at) })}
          <q class="reason">{date.reason}</q>
          <span class="muted">{t("ship.announced", { moment: moment(date.announced_at) })}</span>
        </li>
      ))}
    </ol>
  );
}
