import type { Campaign } from "../api/types";
import { BatchBar } from "../batches/BatchBar";
import { batchToShow, standingOf } from "../batches/standing";
import { useBatches } from "../batches/useBatches";
import { useSpeech } from "../i18n/Language";
import { Link } from "../router/Router";
import { StageBadge } from "./StageBadge";
import { invitationOf, lowestPriceMinor, stageOf } from "./stage";

/** One campaign in the list: what it is, where it stands, and the one thing to do now. */
export function CampaignCard({ campaign }: { campaign: Campaign }) {
  const { t, money, moment } = useSpeech();
  const stage = stageOf(campaign);
  const to = { page: "campaign", campaignId: campaign.campaign_id } as const;
  return (
    <article class="card">
      <div class="card-top">
        <StageBadge stage={stage} />
        {stage !== "closed" && stage !== "cancelled" && (
          <p class="card-price">
            {t("campaigns.from", { price: money(lowestPriceMinor(campaign), campaign.currency) })}
          </p>
        )}
      </div>
      <h3 class="card-title">
        <Link to={to}>{campaign.title}</Link>
      </h3>
      {campaign.story && <p class="card-story">{campaign.story}</p>}
      <div class="card-foot">
        {stage === "voting" && (
          <p class="muted">
            {t("campaigns.decisions", { count: campaign.features.length })}
            {campaign.voting_closes_at && <br />}
            {campaign.voting_closes_at && t("campaigns.closesAt", { moment: moment(campaign.voting_closes_at) })}
          </p>
        )}
        {stage === "preselling" && <CardBatch campaignId={campaign.campaign_id} />}
        {/* The whole card follows the title's link; this only says where it leads. */}
        <p class="card-invitation" aria-hidden="true">
          {t(invitationOf(stage))}
        </p>
      </div>
    </article>
  );
}

function CardBatch({ campaignId }: { campaignId: string }) {
  const speech = useSpeech();
  const batches = useBatches(campaignId, 10_000);
  const batch = batchToShow(batches.value?.items ?? []);
  if (!batch) return null;
  return (
    <div class="card-batch">
      <p>{standingOf(batch, speech)}</p>
      <BatchBar batch={batch} />
    </div>
  );
}
