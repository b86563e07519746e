import type { Batch, Campaign } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { useNow } from "../live/useNow";

/** What was announced for a locked batch that too few pay for; nothing where only the refund is left. */
export function DropOuts({ campaign }: { campaign: Campaign }) {
  const { t } = useSpeech();
  const rule = campaign.on_drop_outs;
  if (!rule) return null;
  const { longer_grace_days: days, top_up_hours: hours } = rule;
  return (
    <>
      <h4>{t("dropOuts.title")}</h4>
      <p class="muted">{t("dropOuts.intro", { count: campaign.grace_days })}</p>
      <ol class="agreed-steps">
        {days != null && <li>{t("dropOuts.longer", { count: days })}</li>}
        {hours != null && <li>{t("dropOuts.topUp", { count: hours })}</li>}
        <li>{t("dropOuts.refund")}</li>
      </ol>
    </>
  );
}

/** What a locked batch is waiting for, while it is not paid for. */
export function Waiting({ batch }: { batch: Batch }) {
  const { t, soon } = useSpeech();
  const now = useNow();
  if (batch.state !== "collecting") return null;
  const { grace_until: grace, prolonged_at: prolonged, top_up_until: until, missing_units: missing } = batch;
  if (until && missing !== null) return <p class="notice">{t("dropOuts.awaiting", { count: missing, soon: soon(until, now) })}</p>;
  return prolonged && grace ? <p class="notice">{t("dropOuts.prolonged", { soon: soon(grace, now) })}</p> : null;
}
