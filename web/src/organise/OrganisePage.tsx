import { groundswell } from "../api/groundswell";
import type { Campaign, Insight } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { useIdentity } from "../identity/Identity";
import { fanOf, isOrganiser } from "../identity/session";
import { useLive } from "../live/useLive";
import { planOf } from "../payments/plans";
import { Picture } from "../pictures/Picture";
import { Link } from "../router/Router";
import "../styles/ballot.css";
import "../styles/organise.css";
import "../styles/pictures.css";
import "../styles/results.css";
import { Button } from "../ui/Button";
import { lazily } from "../ui/lazily";
import { PageHeading } from "../ui/PageHeading";
import { Failed, Loading, Stale } from "../ui/States";
import { CrossTabs } from "./CrossTabs";
import { OverruleForm } from "./OverruleForm";
import { Signals } from "./Signals";
import { TurnoutChart } from "./TurnoutChart";
import { useWords } from "./words";

const Money = lazily("money", async () => (await import("./Money")).Money, "payment");
const BatchForms = lazily("batch forms", async () => (await import("./BatchForms")).BatchForms, "sale");

const EVERY_MS = 10_000;

/** What the organiser of a campaign sees beside the public count. The API answers to nobody else. */
export function OrganisePage({ campaignId }: { campaignId: string }) {
  const words = useWords();
  const campaign = useLive(`campaign ${campaignId}`, () => groundswell.campaign(campaignId), EVERY_MS);
  const title = campaign.value ? `${words("title")}: ${campaign.value.title}` : words("title");
  return (
    <div class="stack-wide">
      <header class="page-head">
        <PageHeading title={title} />
        <p>
          <Link to={{ page: "campaign", campaignId }}>{words("toCampaign")}</Link>
        </p>
      </header>
      {campaign.value && <Guarded campaign={campaign.value} onChanged={campaign.reload} />}
      {!campaign.value && campaign.problem && <Failed problem={campaign.problem} onRetry={campaign.reload} />}
      {!campaign.value && !campaign.problem && <Loading lines={6} />}
    </div>
  );
}

interface Props {
  campaign: Campaign;
  onChanged: () => void;
}

function Guarded({ campaign, onChanged }: Props) {
  const words = useWords();
  const { t } = useSpeech();
  const { session, signIn, inBackground } = useIdentity();
  const id = campaign.campaign_id;
  const name = session && isOrganiser(session) ? `insight ${id} ${fanOf(session)}` : null;
  const insight = useLive(name, () => inBackground((organiser) => groundswell.insight(id, organiser.token)), EVERY_MS);
  if (!session) {
    return (
      <div class="panel empty">
        <p>{words("signIn")}</p>
        <Button onClick={signIn}>{t("signIn.open")}</Button>
      </div>
    );
  }
  if (!name || insight.problem?.code === "campaign_missing") return <p class="panel">{words("notYours")}</p>;
  if (!insight.value) {
    return insight.problem ? <Failed problem={insight.problem} onRetry={insight.reload} /> : <Loading lines={6} />;
  }
  return (
    <>
      <Stale problem={insight.problem} />
      <Counts campaign={campaign} insight={insight.value} />
      <TurnoutChart turnout={insight.value.turnout} />
      <CrossTabs campaign={campaign} insight={insight.value} />
      <Signals campaign={campaign} insight={insight.value} />
      {(campaign.state === "preselling" || campaign.state === "closed") && <BatchForms campaign={campaign} />}
      {planOf(campaign) && ["preselling", "closed", "cancelled"].includes(campaign.state) && <Money campaign={campaign} />}
      {campaign.state === "settled" && <OverruleForm campaign={campaign} onDone={onChanged} />}
    </>
  );
}

function Counts({ campaign, insight }: { campaign: Campaign; insight: Insight }) {
  const words = useWords();
  const { t } = useSpeech();
  const kept = campaign.state === "voting" && campaign.tally_shown !== "always";
  return (
    <section class="stack" aria-labelledby="tally-title">
      <h2 id="tally-title">{words("tally")}</h2>
      <p class="muted">
        {t("result.ballots", { count: insight.tally.ballots })}
        {kept && ` · ${words("hidden")}`}
      </p>
      <div class="results">
        {insight.tally.features.map((tally) => {
          const feature = campaign.features.find((one) => one.feature_id === tally.feature_id);
          if (!feature) return null;
          return (
            <article key={tally.feature_id} class="panel">
              <h3>{feature.title}</h3>
              <p class="muted">
                {t(`method.${feature.method}`)} · {t("result.voters", { count: tally.voters })}
              </p>
              <Picture feature={feature} tally={tally} />
            </article>
          );
        })}
      </div>
    </section>
  );
}
