import { groundswell } from "../api/groundswell";
import type { Campaign } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { useIdentity } from "../identity/Identity";
import { isOrganiser } from "../identity/session";
import { useLive } from "../live/useLive";
import { Link } from "../router/Router";
import { ResultSection } from "../results/ResultSection";
import { lazily } from "../ui/lazily";
import { PageHeading } from "../ui/PageHeading";
import { Failed, Loading, Stale } from "../ui/States";
import { StageBadge } from "./StageBadge";
import { detailOf, hasResult, stageOf } from "./stage";

const Voting = lazily("voting", async () => (await import("../ballots/Voting")).Voting, "vote");
const Production = lazily("production", async () => (await import("../preorders/Production")).Production, "sale");

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
  const { session } = useIdentity();
  const stage = stageOf(campaign);
  return (
    <header class="page-head">
      <p class="page-stage">
        <StageBadge stage={stage} /> <span>{t(detailOf(stage))}</span>
      </p>
      <PageHeading title={campaign.title} />
      {campaign.story && <p class="story">{campaign.story}</p>}
      {session && isOrganiser(session) && (
        <p>
          <Link to={{ page: "organise", campaignId: campaign.campaign_id }}>{t("organise.open")}</Link>
        </p>
      )}
    </header>
  );
}

/** Each stage shows what can be done in it; what was decided earlier stays in sight below. */
function CampaignBody({ campaign }: { campaign: Campaign }) {
  const stage = stageOf(campaign);
  const result = hasResult(stage) && <ResultSection campaign={campaign} />;
  if (stage === "preselling" || stage === "closed") {
    return (
      <Production campaign={campaign} open={stage === "preselling"}>
        {result}
      </Production>
    );
  }
  return (
    <>
      {(stage === "voting" || stage === "counting") && <Voting campaign={campaign} open={stage === "voting"} />}
      {result}
    </>
  );
}
