import { useRef, useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import type { Batch, Campaign, Preorder, PreorderChanges, SlipAnswer } from "../api/types";
import { isSelling } from "../batches/standing";
import { useSpeech } from "../i18n/Language";
import { useLive } from "../live/useLive";
import { useNow } from "../live/useNow";
import { planOf } from "../payments/plans";
import { Link } from "../router/Router";
import { Button } from "../ui/Button";
import { Disclosure } from "../ui/Disclosure";
import { lazily } from "../ui/lazily";
import { Outcome, type Told } from "../ui/Outcome";
import { VariantLines } from "./VariantLines";
import { Withdrawal } from "./Withdrawal";
import { openSlip } from "./slips";
import { canWithdraw, endedBadly } from "./standing";

const Editing = lazily("editing", async () => (await import("./Editing")).Editing, "deal");
const SlipChoice = lazily("slip", async () => (await import("./SlipChoice")).SlipChoice, "deal");
const Moves = lazily("moves", async () => (await import("./Moves")).Moves, "deal");
const PaymentStanding = lazily("payment standing", async () => (await import("../payments/PaymentStanding")).PaymentStanding, "payment");
const Thread = lazily("thread", async () => (await import("./Thread")).Thread, "deal");

interface Props {
  preorder: Preorder;
  /** The other part of a split one, where it is in sight. */
  other: Preorder | undefined;
  onWithdraw: (preorder: Preorder, title: string) => Promise<Told>;
  onChange: (preorder: Preorder, changes: PreorderChanges) => Promise<Told>;
  onAnswer: (preorder: Preorder, answer: SlipAnswer) => Promise<Told>;
}

const BATCH_MS = 30_000;

/** One pre-order: what it is, where it stands in words, its money, and what can still be done about it. */
export function PreorderCard({ preorder, other, onWithdraw, onChange, onAnswer }: Props) {
  const { t, moment, reason } = useSpeech();
  const now = useNow();
  const campaign = useLive(`campaign ${preorder.campaign_id}`, () => groundswell.campaign(preorder.campaign_id));
  const title = campaign.value?.title ?? t("preorders.untitled", { id: preorder.campaign_id });
  const ended = endedBadly(preorder.state);
  const batch = useBatch(preorder, ended);
  const slip = openSlip(preorder, batch?.dates ?? [], now);
  const heading = useRef<HTMLHeadingElement>(null);
  const [told, setTold] = useState<Told | null>(null);
  const [editing, setEditing] = useState(false);
  const afterwards = (outcome: Told) => {
    setTold(outcome);
    if (outcome.tone === "good") setEditing(false);
    heading.current?.focus();
  };
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
        {reason(preorder.reason)} {t(`preorder.${preorder.state}Detail`)} {preorder.refund_wanted && t("slip.refundWanted")}
      </p>
      {preorder.moves.length > 0 && campaign.value && <Moves preorder={preorder} campaign={campaign.value} />}
      <Rolled preorder={preorder} />
      {preorder.other_part && (
        <p class="muted">
          {other ? t("preorders.otherPart", { number: other.batch_number }) : t("preorders.otherPartElsewhere")}
        </p>
      )}
      {!ended && <Facts preorder={preorder} batch={batch} />}
      {batch && canWithdraw(preorder.state) && isSelling(batch) && <Until batch={batch} now={now} />}
      {slip && (
        <SlipChoice
          preorder={preorder}
          open={slip}
          now={now}
          onAnswer={async (answer) => afterwards(await onAnswer(preorder, answer))}
        />
      )}
      {campaign.value && planOf(campaign.value) && (
        <PaymentStanding preorderId={preorder.preorder_id} campaignId={preorder.campaign_id} version={preorder.state} />
      )}
      <Outcome told={told} />
      {editing && campaign.value && (
        <Editing
          preorder={preorder}
          campaign={campaign.value}
          onSave={async (changes) => afterwards(await onChange(preorder, changes))}
          onCancel={() => {
            setEditing(false);
            heading.current?.focus();
          }}
        />
      )}
      {campaign.value && (
        <Disclosure class="agreed" title={t("thread.title")}>
          {() => <Thread preorder={preorder} campaign={campaign.value!} />}
        </Disclosure>
      )}
      <div class="preorder-foot">
        <p class="muted">{t("preorders.placedAt", { moment: moment(preorder.placed_at) })}</p>
        {canWithdraw(preorder.state) && !editing && (
          <div class="actions">
            {campaign.value && canEdit(campaign.value) && (
              <Button
                label={`${t("edit.open")}: ${title}`}
                onClick={() => {
                  setTold(null);
                  setEditing(true);
                }}
              >
                {t("edit.open")}
              </Button>
            )}
            <Withdrawal title={title} onWithdraw={async () => afterwards(await onWithdraw(preorder, title))} />
          </div>
        )}
      </div>
    </article>
  );
}

/** Until when the fan can still change it; pressing once the organiser's notice before the lock is out. */
function Until({ batch, now }: { batch: Batch; now: number }) {
  const { t, soon, ahead } = useSpeech();
  const words = { soon: soon(batch.closes_at, now), ahead: ahead(batch.closes_at, now) };
  if (batch.noticed_at === null) return <p class="muted">{t("preorders.until", words)}</p>;
  return <p class="notice">{t("preorders.soon", words)}</p>;
}

/** The batch that it was in missed its minimum, and it moved to the next one. */
function Rolled({ preorder }: { preorder: Preorder }) {
  const { t, count, day } = useSpeech();
  const last = preorder.rolls.at(-1);
  if (!last) return null;
  const words = { from: count(last.from_batch), number: count(preorder.batch_number), day: day(preorder.ships_at), was: day(last.was) };
  return <p class="notice">{t("preorders.rolled", words)}</p>;
}

/** The API has the last word. */
const canEdit = (campaign: Campaign) => campaign.state === "preselling";

/** The pre-order's batch while something of it can still concern its fan: its ship date may move. */
function useBatch(preorder: Preorder, ended: boolean): Batch | null {
  const name = ended ? null : `batches ${preorder.campaign_id}`;
  const batches = useLive(name, () => groundswell.batches(preorder.campaign_id), BATCH_MS);
  return batches.value?.items.find((batch) => batch.number === preorder.batch_number) ?? null;
}

function Facts({ preorder, batch }: { preorder: Preorder; batch: Batch | null }) {
  const { t, money, count, day } = useSpeech();
  const { final_total_minor: final, currency } = preorder;
  const cap = preorder.lines[0]?.unit_price_at_most_minor ?? null;
  return (
    <dl class="facts">
      <div>
        <dt>{t(final === null ? "preorders.most" : "preorders.final")}</dt>
        <dd>
          {money(final ?? preorder.total_most_minor, currency)}
          {final === null && cap !== null && <span class="muted">{t("preorders.capped", { price: money(cap, currency) })}</span>}
        </dd>
      </div>
      <div>
        <dt>{t("preorders.batch")}</dt>
        <dd>{count(preorder.batch_number)}</dd>
      </div>
      <div>
        <dt>{t("preorders.ships")}</dt>
        <dd>
          {day(preorder.ships_at)}
          {batch && batch.ships_at !== preorder.ships_at && (
            <span class="muted">{t("ship.nowShips", { day: day(batch.ships_at) })}</span>
          )}
        </dd>
      </div>
    </dl>
  );
}
