import { useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import type { Batch, Campaign } from "../api/types";
import { standingOf } from "../batches/standing";
import { useBatches } from "../batches/useBatches";
import { useSpeech } from "../i18n/Language";
import { useNow } from "../live/useNow";
import { VariantSelects } from "../preorders/VariantSelects";
import { firstChoice } from "../preorders/choice";
import { Button } from "../ui/Button";
import { Outcome } from "../ui/Outcome";
import { dateOf, isMovable, isToppedUpNow, SHORTEST_REASON, topUpUntil } from "./forms";
import { useActing } from "./useActing";
import { useWords } from "./words";
import "../styles/ordering.css";
import "../styles/sale.css";

/** What an organiser can do for a batch: take the units that are missing, and move its ship date. */
export function BatchForms({ campaign }: { campaign: Campaign }) {
  const words = useWords();
  const speech = useSpeech();
  const now = useNow();
  const batches = useBatches(campaign.campaign_id, 10_000);
  const items = (batches.value?.items ?? []).filter((batch) => isMovable(batch) || isToppedUpNow(batch, now));
  if (items.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="batches-title">
      <h2 id="batches-title">{words("batches")}</h2>
      {items.map((batch) => (
        <article key={batch.number} class="panel stack">
          <h3>
            {speech.t("batch.title", { number: speech.count(batch.number) })}: {standingOf(batch, speech)}
          </h3>
          {isToppedUpNow(batch, now) && <TopUp campaign={campaign} batch={batch} now={now} onDone={batches.reload} />}
          {isMovable(batch) && <MoveShipDate campaign={campaign} batch={batch} onDone={batches.reload} />}
        </article>
      ))}
    </section>
  );
}

interface Props {
  campaign: Campaign;
  batch: Batch;
  onDone: () => void;
}

function TopUp({ campaign, batch, now, onDone }: Props & { now: number }) {
  const words = useWords();
  const { t, soon } = useSpeech();
  const [variant, setVariant] = useState(() => firstChoice(campaign).variant);
  const [quantity, setQuantity] = useState(batch.units_to_minimum);
  const { told, working, act } = useActing(onDone);
  const id = `top-up-${batch.number}`;
  const take = () =>
    act(
      (token) => groundswell.topUp(campaign.campaign_id, batch.number, { lines: [{ variant, quantity }] }, token),
      words("topUpDone", { count: quantity }),
    );
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!working) void (quantity >= 1 && take());
      }}
    >
      <p>{words("topUpDetail", { count: batch.units_to_minimum, soon: soon(topUpUntil(batch) ?? batch.closes_at, now) })}</p>
      <VariantSelects id={id} campaign={campaign} variant={variant} onChange={setVariant} />
      <div class="field">
        <label for={`${id}-quantity`}>{t("configurator.quantity")}</label>
        <input
          id={`${id}-quantity`}
          class="input input-short"
          type="number"
          inputMode="numeric"
          min={1}
          value={quantity}
          onInput={(event) => setQuantity(Math.trunc(event.currentTarget.valueAsNumber) || 0)}
        />
      </div>
      <Button type="submit" kind="primary" working={working} idle={quantity < 1}>
        {words(working ? "sending" : "topUpSend")}
      </Button>
      <Outcome told={told} />
    </form>
  );
}

function MoveShipDate({ campaign, batch, onDone }: Props) {
  const words = useWords();
  const { day } = useSpeech();
  const [date, setDate] = useState("");
  const [reason, setReason] = useState("");
  const { told, working, act, refuse } = useActing(onDone);
  const id = `ships-${batch.number}`;
  const move = () => {
    const ships_at = dateOf(date);
    if (!ships_at) return refuse(words("shipDateMissing"));
    if (reason.trim().length < SHORTEST_REASON) return refuse(words("overruleShort", { count: SHORTEST_REASON }));
    const body = { ships_at, reason: reason.trim() };
    return act((token) => groundswell.moveShipDate(campaign.campaign_id, batch.number, body, token), words("shipDateDone"));
  };
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!working) void move();
      }}
    >
      <p>{words("shipDateDetail", { day: day(batch.ships_at) })}</p>
      <div class="field">
        <label for={`${id}-date`}>{words("shipDate")}</label>
        <input id={`${id}-date`} class="input" type="date" value={date} onInput={(event) => setDate(event.currentTarget.value)} />
      </div>
      <div class="field">
        <label for={`${id}-reason`}>{words("overruleReason")}</label>
        <textarea
          id={`${id}-reason`}
          class="input"
          rows={3}
          maxLength={1000}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </div>
      <Button type="submit" working={working}>
        {words(working ? "sending" : "shipDateSend")}
      </Button>
      <Outcome told={told} />
    </form>
  );
}
