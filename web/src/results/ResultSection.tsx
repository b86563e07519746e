import { groundswell } from "../api/groundswell";
import type { Campaign, FeatureResult, Result } from "../api/types";
import { optionLabel } from "../campaigns/stage";
import { useSpeech } from "../i18n/Language";
import { useLive } from "../live/useLive";
import { ShareBar } from "../ui/Bar";
import { Failed, Loading } from "../ui/States";

/** The certified result: what won, what stays selectable, how a tie was broken, and how to check it. */
export function ResultSection({ campaign }: { campaign: Campaign }) {
  const { t } = useSpeech();
  const result = useLive(`result ${campaign.campaign_id}`, () => groundswell.result(campaign.campaign_id));
  return (
    <section class="stack" aria-labelledby="result-title">
      <h2 id="result-title">{t("result.title")}</h2>
      {result.value && <Certified campaign={campaign} result={result.value} />}
      {!result.value && !result.problem && <Loading />}
      {result.problem?.code === "result_missing" && <p class="muted">{t("result.missing")}</p>}
      {result.problem && result.problem.code !== "result_missing" && (
        <Failed problem={result.problem} onRetry={result.reload} />
      )}
    </section>
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
          <FeatureOutcome key={feature.feature_id} campaign={campaign} feature={feature} ballots={result.ballots} />
        ))}
      </div>
      <details class="details">
        <summary>{t("result.check")}</summary>
        <p>{t("result.checkDetail")}</p>
        <p>
          <code>{String(result.seed)}</code>
        </p>
      </details>
    </>
  );
}

interface OutcomeProps {
  campaign: Campaign;
  feature: FeatureResult;
  ballots: number;
}

function FeatureOutcome({ campaign, feature, ballots }: OutcomeProps) {
  const { t, share } = useSpeech();
  const title = campaign.features.find((one) => one.feature_id === feature.feature_id)?.title ?? feature.feature_id;
  const kept = t(feature.kept.length > 1 ? "result.selectable" : "result.wins");
  return (
    <article class="panel">
      <h3>{title}</h3>
      <ol class="ranking">
        {feature.ranking.map((optionId) => {
          const wins = feature.kept.includes(optionId);
          const votes = feature.counts[optionId] ?? 0;
          return (
            <li key={optionId} class={wins ? "ranked ranked-kept" : "ranked"}>
              <span class="ranked-label">
                {optionLabel(campaign, feature.feature_id, optionId)} {wins && <span class="badge badge-live">{kept}</span>}
              </span>
              <span class="option-aside">{t("ballot.tally", { count: votes, share: share(votes, ballots) })}</span>
              <ShareBar part={votes} whole={ballots} strong={wins} />
            </li>
          );
        })}
      </ol>
      {feature.tie_note && (
        <p class="tie-note">
          <strong>{t("result.tie")}:</strong> <span lang="en">{feature.tie_note}</span>
        </p>
      )}
    </article>
  );
}
