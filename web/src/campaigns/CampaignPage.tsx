import { groundswell } from "../api/groundswell";
import type { Campaign } from "../api/types";
import { Voting } from "../ballots/Voting";
import { Batches } from "../batches/Batches";
import { useBatches } from "../batches/useBatches";
import { useSpeech } from "../i18n/Language";
import { useLive } from "../live/useLive";
import { Ordering } from "../preorders/Ordering";
import { ResultSection } from "../results/ResultSection";
import { Link } from "../router/Router";
import { PageHeading } from "../ui/PageHeading";
import { Failed, Loading, Stale } from "../ui/States";
import { StageBadge } from "./StageBadge";
import { detailOf, hasResult, stageOf } from "./stage";

export function CampaignPage({ campaignId }: { campaignId: string }) {
  const { t } = useSpeech();
  const campaign = useLive(`campaign ${campaignId}`, () => groundswell.campaign(campaignId), 5_000);

  if (campaign.value) {
    return (
      <div class="stack-wide">
        <CampaignHead campaign={campaign.value} />
        <Stale problem={campaign.problem} />
        <CampaignBody campaign={campaign.value} />
      </div>
    );
  }
  if (campaign.problem?.status !== 404) {
    return (
      <>
        <h1 class="visually-hidden">{t(campaign.problem ? "app.loadFailed" : "app.loading")}</h1>
        {campaign.problem ? <Failed problem={campaign.problem} onRetry={campaign.reload} /> : <Loading lines={6} />}
      </>
    );
  }
  return (
    <div class="stack narrow">
      <PageHeading title={t("app.missing")} />
      <p class="lead">{t("app.missingDetail")}</p>
      <p>
        <Link to={{ page: "campaigns" }} class="button button-plain">
          {t("app.toCampaigns")}
        </Link>
      </p>
    </div>
  );
}

function CampaignHead({ campaign }: { campaign: Campaign }) {
  const { t } = useSpeech();
  const stage = stageOf(campaign);
  return (
    <header class="page-head">
      <p class="page-stage">
        <StageBadge stage={stage} /> <span>{t(detailOf(stage))}</span>
      </p>
      <PageHeading title={campaign.title} />
      {campaign.story && <p class="story">{campaign.story}</p>}
    </header>
  );
}

/** Each stage shows what can be done in it; what was decided earlier stays in sight below. */
function CampaignBody({ campaign }: { campaign: Campaign }) {
  const stage = stageOf(campaign);
  return (
    <>
      {(stage === "voting" || stage === "counting") && <Voting campaign={campaign} open={stage === "voting"} />}
      {(stage === "preselling" || stage === "closed") && <Production campaign={campaign} open={stage === "preselling"} />}
      {hasResult(stage) && <ResultSection campaign={campaign} />}
    </>
  );
}

function Production({ campaign, open }: { campaign: Campaign; open: boolean }) {
  const batches = useBatches(campaign.campaign_id);
  return (
    <>
      <Batches campaign={campaign} batches={batches} />
      {open && <Ordering campaign={campaign} batches={batches.value?.items ?? []} />}
    </>
  );
}
