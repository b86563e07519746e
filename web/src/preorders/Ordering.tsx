import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Batch, Campaign } from "../api/types";
import { useDraft } from "../drafts/useDraft";
import { useSpeech } from "../i18n/Language";
import { Configurator } from "./Configurator";
import { Confirmation } from "./Confirmation";
import { Placed } from "./Placed";
import { PriceSummary } from "./PriceSummary";
import { acceptChoice, firstChoice, linesOf, type Choice } from "./choice";
import { usePlacing } from "./usePlacing";
import { useQuote } from "./useQuote";

/** The pre-sale: configure on the left, what it costs and the way to order it on the right. */
export function Ordering({ campaign, batches }: { campaign: Campaign; batches: Batch[] }) {
  const { t } = useSpeech();
  const { value: choice, write, settle } = useDraft<Choice>(
    `choice ${campaign.campaign_id}`,
    (kept) => acceptChoice(kept, campaign),
    () => firstChoice(campaign),
  );
  const { step, review, place, again } = usePlacing(campaign.campaign_id);
  const choosing = step.at === "choosing";
  const placed = step.at === "placed";
  useEffect(() => {
    if (placed) settle(choice);
  }, [placed]);
  const heading = useRef<HTMLHeadingElement>(null);
  const arrived = useRef(false);
  useLayoutEffect(() => {
    // Back from a confirmation or a refusal: the button that had the focus is gone.
    if (choosing && arrived.current) heading.current?.focus();
    arrived.current = true;
  }, [choosing]);
  const quoting = useQuote(campaign.campaign_id, linesOf(choice), !choosing);

  return (
    <div class="columns">
      <Configurator campaign={campaign} choice={choice} onChoose={write} open={choosing} />
      <section class="panel aside stack" aria-labelledby="summary-title">
        <h2 id="summary-title" ref={heading} tabIndex={-1}>{t("configurator.summary")}</h2>
        {step.at === "choosing" && (
          <PriceSummary
            campaign={campaign}
            batches={batches}
            quoting={quoting}
            refused={step.problem}
            onReview={review}
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
