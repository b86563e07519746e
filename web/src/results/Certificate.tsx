import { groundswell } from "../api/groundswell";
import type { Campaign, Result } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { useLive } from "../live/useLive";
import { Failed, Loading } from "../ui/States";
import { FeatureOutcome } from "./FeatureOutcome";
import { ListCheck } from "./ListCheck";
import "../styles/ballot.css";
import "../styles/pictures.css";
import "../styles/results.css";

/** The certified result: what won and why, how ties were broken, and how anybody can check it. */
export function Certificate({ campaign }: { campaign: Campaign }) {
  const { t } = useSpeech();
  const result = useLive(`result ${campaign.campaign_id}`, () => groundswell.result(campaign.campaign_id));
  return (
    <>
      {result.value && <Certified campaign={campaign} result={result.value} />}
      {!result.value && !result.problem && <Loading />}
      {result.problem?.code === "result_missing" && <p class="muted">{t("result.missing")}</p>}
      {result.problem && result.problem.code !== "result_missing" && (
        <Failed problem={result.problem} onRetry={result.reload} />
      )}
    </>
  );
}

function Certified({ campaign, result }: { campaign: Campaign; result: Result }) {
  const { t, moment } = useSpeech();
  return (
    <>
      <p class="muted">
        {t("result.ballots", { count: result.ballots })} · {t("result.certified", { moment: moment(result.certified_at) })}
      </p>
      <div class="results">
        {result.features.map((feature) => (
          <FeatureOutcome key={feature.feature_id} campaign={campaign} result={feature} />
        ))}
      </div>
      <ListCheck result={result} />
      <Proof result={result} />
    </>
  );
}

/** What anybody needs to count again: the seed of the draw, the root of the list, and the list itself. */
function Proof({ result }: { result: Result }) {
  const { t } = useSpeech();
  return (
    <details class="details">
      <summary>{t("result.check")}</summary>
      <p>{t("result.checkDetail")}</p>
      <dl class="rules">
        <dt>{t("result.seed")}</dt>
        <dd>
          <code>{result.seed}</code>
        </dd>
        <dt>{t("result.root")}</dt>
        <dd>
          <code>{result.root}</code>
        </dd>
        <dt>{t("result.list")}</dt>
        <dd>
          <ListAddress campaignId={result.campaign_id} />
        </dd>
      </dl>
    </details>
  );
}

function ListAddress({ campaignId }: { campaignId: string }) {
  const address = useLive(`list ${campaignId}`, () => groundswell.ballotsAddress(campaignId));
  return address.value && <a href={address.value}>{address.value}</a>;
}
