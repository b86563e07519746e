import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Batch, Campaign } from "../api/types";
import { batchToShow, isSelling } from "../batches/standing";
import { useDraft } from "../drafts/useDraft";
import { useSpeech } from "../i18n/Language";
import { useNow } from "../live/useNow";
import { lazily } from "../ui/lazily";
import { isWaiting } from "../waiting/entry";
import { useEntry } from "../waiting/useEntry";
import { Configurator } from "./Configurator";
import { Confirmation } from "./Confirmation";
import { Placed } from "./Placed";
import { PriceSummary } from "./PriceSummary";
import { acceptChoice, firstChoice, wantedOf, type Choice } from "./choice";
import { termsOfOffer, usePlacing } from "./usePlacing";
import { useQuote } from "./useQuote";

const Admission = lazily("admission", async () => (await import("../waves/Admission")).Admission, "sale");
const WaitingList = lazily("waiting", async () => (await import("../waiting/WaitingList")).WaitingList, "sale");

/** The pre-sale: configure on the left, what it costs and the way to order it on the right. */
export function Ordering({ campaign, batches }: { campaign: Campaign; batches: Batch[] }) {
  const { t } = useSpeech();
  const { value: choice, write, settle } = useDraft<Choice>(
    `choice ${campaign.campaign_id}`,
    (kept) => acceptChoice(kept, campaign),
    () => firstChoice(campaign),
  );
  // Not part of the draft: it is somebody's secret.
  const [code, setCode] = useState("");
  const { step, review, place, again } = usePlacing(campaign.campaign_id);
  const choosing = step.at === "choosing";
  const placed = step.at === "placed";
  useEffect(() => {
    if (placed) settle(choice);
  }, [placed]);
  const heading = useFocusOnReturn(choosing);
  const wanted = wantedOf(choice, code);
  const quoting = useQuote(campaign.campaign_id, wanted, !choosing);
  // A batch that is full and locked gives nothing back any more.
  const soldOut = quoting.problem?.code === "batch_full" && batches.some(isSelling);
  const entry = useEntry(campaign.campaign_id, soldOut && choosing);
  const now = useNow();
  const current = quoting.quote && batches.find((batch) => batch.number === quoting.quote?.batch.number);

  return (
    <div class="columns">
      <Configurator
        campaign={campaign}
        batch={current ?? batchToShow(batches)}
        choice={choice}
        onChoose={write}
        open={choosing}
      />
      <section class="panel aside stack" aria-labelledby="summary-title">
        <h2 id="summary-title" ref={heading} tabIndex={-1}>{t("configurator.summary")}</h2>
        {step.at === "choosing" && campaign.waves.length > 0 && (
          <Admission
            campaign={campaign}
            now={now}
            country={choice.country}
            code={code}
            onCountry={(country) => write({ ...choice, country })}
            onCode={setCode}
          />
        )}
        {/* What is kept for a fan comes before anything else that could be ordered. */}
        {step.at === "choosing" && !entry.value?.offer && (
          <PriceSummary
            campaign={campaign}
            batches={batches}
            quoting={quoting}
            wanted={wanted}
            refused={step.problem}
            now={now}
            canWait={soldOut}
            onReview={(quote) => review(quote, wanted)}
          />
        )}
        {step.at === "choosing" && (soldOut || isWaiting(entry.value)) && (
          <WaitingList
            campaign={campaign}
            choice={choice}
            entry={entry.value}
            onChanged={entry.reload}
            onTake={(offer) => void place(termsOfOffer(offer))}
          />
        )}
        {(step.at === "reviewing" || step.at === "placing" || step.at === "unknown") && (
          <Confirmation step={step} campaign={campaign} onPlace={(terms) => void place(terms)} onBack={again} />
        )}
        {step.at === "placed" && <Placed placed={step.preorder} onAnother={again} />}
      </section>
    </div>
  );
}

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
