import type { Batch, BatchList, Campaign } from "../api/types";
import { useSpeech } from "../i18n/Language";
import type { Live } from "../live/useLive";
import { Disclosure } from "../ui/Disclosure";
import { lazily } from "../ui/lazily";
import { Failed, Loading } from "../ui/States";
import { BatchBar } from "./BatchBar";
import { batchToShow, isSelling, neededOf, roomIn, standingOf, unsecuredIn } from "./standing";

const Playbook = lazily("playbook", async () => (await import("../playbook/Playbook")).Playbook, "deal");
const ShipDates = lazily("ship dates", async () => (await import("./ShipDates")).ShipDates, "deal");

/** The batches of a campaign with their live numbers. */
export function Batches({ campaign, batches }: { campaign: Campaign; batches: Live<BatchList> }) {
  const { t } = useSpeech();
  // During the pre-sale one batch matters; the others are told in a line each, so that ordering stays in reach.
  const items = batches.value?.items ?? [];
  const current = campaign.state === "preselling" ? batchToShow(items) : null;
  const full = current ? [current] : items;
  const brief = items.filter((batch) => !full.includes(batch));
  return (
    <section class="stack" aria-labelledby="production-title">
      <h2 id="production-title">{t("batch.heading")}</h2>
      {!batches.value && !batches.problem && <Loading />}
      {!batches.value && batches.problem && <Failed problem={batches.problem} onRetry={batches.reload} />}
      {batches.value?.items.length === 0 && <p class="muted">{t("batch.none")}</p>}
      {full.map((batch) => (
        <BatchPanel key={batch.number} batch={batch} campaign={campaign} />
      ))}
      {brief.length > 0 && (
        <ul class="panel batch-others">
          {brief.map((batch) => (
            <BatchRow key={batch.number} batch={batch} />
          ))}
        </ul>
      )}
    </section>
  );
}

function BatchRow({ batch }: { batch: Batch }) {
  const speech = useSpeech();
  return (
    <li>
      <h3>{speech.t("batch.title", { number: speech.count(batch.number) })}</h3>
      <p>{standingOf(batch, speech)}</p>
    </li>
  );
}

function BatchPanel({ batch, campaign }: { batch: Batch; campaign: Campaign }) {
  const speech = useSpeech();
  const { t, count, day, moment } = speech;
  const running = batch.played.length > 0;
  return (
    <article class="panel batch">
      <div class="batch-head">
        <h3>{t("batch.title", { number: count(batch.number) })}</h3>
        <p class="batch-standing">{standingOf(batch, speech)}</p>
      </div>
      <BatchBar batch={batch} />
      <dl class="facts">
        <Fact term={t("batch.secured")}>
          {count(batch.secured_units)}
          {isSelling(batch) && unsecuredIn(batch) > 0 && (
            <span class="muted">{t("batch.held", { count: unsecuredIn(batch) })}</span>
          )}
        </Fact>
        <Fact term={t("batch.minimum")}>
          {count(neededOf(batch))}
          {neededOf(batch) < batch.minimum && (
            <span class="muted">{t("playbook.lowered", { minimum: count(batch.minimum) })}</span>
          )}
        </Fact>
        <Fact term={t("batch.capacity")}>
          {count(batch.capacity)}
          {isSelling(batch) && <span class="muted">{room(batch, t)}</span>}
        </Fact>
      </dl>
      <p class="muted batch-dates">
        {isSelling(batch) ? t("batch.closes", { moment: moment(batch.closes_at) }) : finalOf(batch, campaign.currency, speech)}
        {batch.state !== "short" && batch.state !== "cancelled" && (
          <span>{t("batch.ships", { day: day(batch.ships_at) })}</span>
        )}
      </p>
      {batch.dates.length > 0 && (
        <Disclosure class="agreed" title={t("ship.history", { count: batch.dates.length })}>
          {() => <ShipDates dates={batch.dates} />}
        </Disclosure>
      )}
      {showsAgreed(campaign, batch) && (
        <Disclosure class="agreed" title={t(running ? "playbook.running" : "playbook.title")} open={running}>
          {() => <Playbook campaign={campaign} batch={batch} />}
        </Disclosure>
      )}
    </article>
  );
}

/** Beforehand while it fills, and afterwards where something of it has happened. */
function showsAgreed(campaign: Campaign, batch: Batch): boolean {
  if (batch.played.length > 0 || batch.prolonged_at !== null || batch.top_up_until !== null) return true;
  const agreed = campaign.playbook.length > 0 || campaign.run_minimums.length > 0 || campaign.on_drop_outs !== null;
  return isSelling(batch) && agreed;
}

function Fact({ term, children }: { term: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function room(batch: Batch, t: ReturnType<typeof useSpeech>["t"]): string {
  return roomIn(batch) > 0 ? t("batch.left", { count: roomIn(batch) }) : t("batch.full");
}

function finalOf(batch: Batch, currency: string, { t, money }: ReturnType<typeof useSpeech>): string | null {
  if (batch.final_units === null || batch.final_unit_price_minor === null) return null;
  return t("batch.final", { count: batch.final_units, price: money(batch.final_unit_price_minor, currency) });
}
