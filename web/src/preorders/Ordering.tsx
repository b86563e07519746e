import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Batch, Campaign, DrawEntry, Offer } from "../api/types";
import { batchToShow, isSelling } from "../batches/standing";
import { useDraft } from "../drafts/useDraft";
import { useSpeech } from "../i18n/Language";
import { useNow } from "../live/useNow";
import { planOf } from "../payments/plans";
import { lazily } from "../ui/lazily";
import { isWaiting } from "../waiting/entry";
import { useEntry } from "../waiting/useEntry";
import { useDrawEntry } from "../waves/useDrawEntry";
import { asked, drawnWave, limitNow, standingOf } from "../waves/waves";
import { Configurator } from "./Configurator";
import { PriceSummary } from "./PriceSummary";
import type { AddressForm } from "./changing";
import { acceptChoice, firstChoice, wantedOf, withinLimit, type Choice } from "./choice";
import { termsOf, termsOfOffer, usePlacing } from "./usePlacing";
import { useQuote } from "./useQuote";

const Admission = lazily("admission", async () => (await import("../waves/Admission")).Admission, "waves");
const Confirmation = lazily("confirmation", async () => (await import("./Confirmation")).Confirmation, "deal", "sale");
const Placed = lazily("placed", async () => (await import("./Placed")).Placed, "deal", "sale");
const Draw = lazily("draw", async () => (await import("../waves/Draw")).Draw, "draw", "waiting", "deal", "sale");
const WaitingList = lazily("waiting", async () => (await import("../waiting/WaitingList")).WaitingList, "waiting", "deal", "sale");

/** The pre-sale: configure on the left, what it costs and the way to order it on the right. */
export function Ordering({ campaign, batches }: { campaign: Campaign; batches: Batch[] }) {
  const { t } = useSpeech();
  const { value: wished, write, settle } = useDraft<Choice>(
    `choice ${campaign.campaign_id}`,
    (draft) => acceptChoice(draft, campaign),
    () => firstChoice(campaign),
  );
  // Not part of the draft: it is somebody's secret.
  const [code, setCode] = useState("");
  const [address, setAddress] = useState<AddressForm | null>(null);
  const now = useNow();
  const limit = limitNow(campaign, now, wished.country, code);
  const choice = { ...wished, quantity: withinLimit(wished.quantity, limit) };
  const splits = batches.filter(isSelling).length > 1;
  const { step, review, place, again } = usePlacing(campaign.campaign_id);
  const choosing = step.at === "choosing";
  const placed = step.at === "placed";
  useEffect(() => {
    if (placed) settle(choice);
  }, [placed]);
  const heading = useFocusOnReturn(choosing);
  const wanted = wantedOf(splits ? choice : { ...choice, maySplit: undefined }, code);
  const quoting = useQuote(campaign.campaign_id, wanted, !choosing);
  // A batch that is full and locked gives nothing back any more.
  const soldOut = quoting.problem?.code === "batch_full" && batches.some(isSelling);
  const entry = useEntry(campaign.campaign_id, soldOut && choosing);
  const wave = drawnWave(campaign.waves, now);
  const drawn = useDrawEntry(campaign.campaign_id, wave, now);
  // Where nothing more is to be said, what is kept is taken with one click.
  const simply = campaign.limit_per_household === null && !planOf(campaign);
  const take = (offer: Offer) => (simply ? void place(termsOfOffer(offer)) : review(termsOfOffer(offer)));
  const current = quoting.quote && batches.find((batch) => batch.number === quoting.quote?.batch.number);
  const asks = asked(campaign.waves, now);

  const kept = entry.value?.offer ?? drawn.value?.offer;
  return (
    <>
      {choosing && kept && (
        <p class="notice notice-good">
          <a
            href="#summary-title"
            onClick={(event) => {
              event.preventDefault(); // no "#summary-title" in the address
              heading.current?.focus();
            }}
          >
            {t("configurator.kept")}
          </a>
        </p>
      )}
      <div class="columns">
        <Configurator
          campaign={campaign}
          batch={current ?? batchToShow(batches)}
          limit={limit}
          splits={splits}
          simple={soldOut || quoting.problem?.code === "wave_drawn"}
          choice={choice}
          onChoose={write}
          open={choosing}
        />
        <section class="panel aside stack" aria-labelledby="summary-title">
          <h2 id="summary-title" ref={heading} tabIndex={-1}>{t("configurator.summary")}</h2>
          {step.at === "choosing" && (
            <>
              {(asks.country || asks.code) && (
                <Admission
                  asks={asks}
                  country={choice.country}
                  code={code}
                  onCountry={(country) => write({ ...choice, country })}
                  onCode={setCode}
                />
              )}
              {/* What is kept for a fan comes before anything else that could be ordered. */}
              {!kept && (
                <PriceSummary
                  campaign={campaign}
                  batches={batches}
                  quoting={quoting}
                  wanted={wanted}
                  refused={step.problem}
                  now={now}
                  canWait={soldOut}
                  onReview={(quote) => review(termsOf(quote, wanted))}
                />
              )}
              {wave && (standingOf(wave, now) === "open" || isConcerned(drawn.value)) && (
                <Draw
                  campaign={campaign}
                  wave={wave}
                  batches={batches}
                  choice={choice}
                  code={code}
                  entry={drawn.value}
                  now={now}
                  onChanged={drawn.reload}
                  onTake={take}
                />
              )}
              {(soldOut || isWaiting(entry.value)) && (
                <WaitingList campaign={campaign} choice={choice} entry={entry.value} onChanged={entry.reload} onTake={take} />
              )}
            </>
          )}
          {(step.at === "reviewing" || step.at === "placing" || step.at === "unknown") && (
            <Confirmation
              step={step}
              campaign={campaign}
              typed={address}
              onForm={setAddress}
              onPlace={(terms) => void place(terms)}
              onBack={again}
            />
          )}
          {step.at === "placed" && (
            <Placed
              placed={step.preorder}
              paid={planOf(campaign) !== null}
              onAnother={again}
              onAnotherCard={() => review(step.terms)}
            />
          )}
        </section>
      </div>
    </>
  );
}

/** Whether a draw that is over still means something to this fan; what was taken is among the pre-orders. */
const isConcerned = (entry: DrawEntry | null) =>
  entry !== null && ["entered", "offered", "waiting", "lapsed"].includes(entry.state);

/** Back from a confirmation or a refusal, the button that had the focus is gone: the heading takes it. */
function useFocusOnReturn(choosing: boolean) {
  const heading = useRef<HTMLHeadingElement>(null);
  const arrived = useRef(false);
  useLayoutEffect(() => {
    if (choosing && arrived.current) heading.current?.focus();
    arrived.current = true;
  }, [choosing]);
  return heading;
}
