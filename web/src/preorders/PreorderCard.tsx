import { useRef, useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import type { Preorder } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { useLive } from "../live/useLive";
import { Link } from "../router/Router";
import { Outcome, type Told } from "../ui/Outcome";
import { VariantLines } from "./VariantLines";
import { Withdrawal } from "./Withdrawal";
import { canWithdraw, endedBadly } from "./standing";

interface Props {
  preorder: Preorder;
  onWithdraw: (preorder: Preorder, title: string) => Promise<Told>;
}

/** One pre-order: what it is, where it stands in words, its money, and the way out while there is one. */
export function PreorderCard({ preorder, onWithdraw }: Props) {
  const { t, moment, reason } = useSpeech();
  const campaign = useLive(`campaign ${preorder.campaign_id}`, () => groundswell.campaign(preorder.campaign_id));
  const title = campaign.value?.title ?? t("preorders.untitled", { id: preorder.campaign_id });
  const heading = useRef<HTMLHeadingElement>(null);
  const [told, setTold] = useState<Told | null>(null);
  const withdraw = async () => {
    setTold(await onWithdraw(preorder, title));
    heading.current?.focus();
  };
  const ended = endedBadly(preorder.state);
  return (
    <article class="panel preorder" aria-labelledby={`title-${preorder.preorder_id}`}>
      <div class="card-top">
        <h2 id={`title-${preorder.preorder_id}`} class="preorder-title" ref={heading} tabIndex={-1}>
          <Link to={{ page: "campaign", campaignId: preorder.campaign_id }}>{title}</Link>
        </h2>
        <span class={ended ? "badge" : "badge badge-live"}>{t(`preorder.${preorder.state}`)}</span>
      </div>
      <VariantLines lines={preorder.lines} campaign={campaign.value} />
      <p>
        {reason(preorder.reason)} {t(`preorder.${preorder.state}Detail`)}
      </p>
      <Facts preorder={preorder} />
      <Outcome told={told} />
      <div class="preorder-foot">
        <p class="muted">{t("preorders.placedAt", { moment: moment(preorder.placed_at) })}</p>
        {canWithdraw(preorder.state) && <Withdrawal title={title} onWithdraw={withdraw} />}
      </div>
    </article>
  );
}

function Facts({ preorder }: { preorder: Preorder }) {
  const { t, money, count, day } = useSpeech();
  const { final_total_minor: final, currency } = preorder;
  if (endedBadly(preorder.state)) return null;
  return (
    <dl class="facts">
      <div>
        <dt>{t(final === null ? "preorders.most" : "preorders.final")}</dt>
        <dd>{money(final ?? preorder.total_most_minor, currency)}</dd>
      </div>
      <div>
        <dt>{t("preorders.batch")}</dt>
        <dd>{count(preorder.batch_number)}</dd>
      </div>
      <div>
        <dt>{t("preorders.ships")}</dt>
        <dd>{day(preorder.ships_at)}</dd>
      </div>
    </dl>
  );
}
