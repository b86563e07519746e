import type { Campaign, Feature, FeatureResult, Tie } from "../api/types";
import { useSpeech, type Speech } from "../i18n/Language";
import { PairMatrix } from "../pictures/PairMatrix";
import { Picture } from "../pictures/Picture";
import { OtherMethods } from "./OtherMethods";
import { Rounds } from "./Rounds";

interface Props {
  campaign: Campaign;
  result: FeatureResult;
}

/** One feature decided: its ranking, what stays selectable and by which rule, each tie, and what other methods say. */
export function FeatureOutcome({ campaign, result }: Props) {
  const { t } = useSpeech();
  const feature = campaign.features.find((one) => one.feature_id === result.feature_id);
  if (!feature) return null;
  const wins = (id: string) => result.kept.includes(id);
  return (
    <article class={feature.method === "ranked" ? "panel outcome-wide" : "panel"}>
      <h3>{feature.title}</h3>
      <p class="muted">
        {t(`method.${feature.method}`)} · {t("result.voters", { count: result.voters })}
      </p>
      <Overruled campaign={campaign} feature={feature} />
      <Picture
        feature={feature}
        tally={result}
        ranking={result.ranking}
        strong={wins}
        mark={(id) => <Kept campaign={campaign} result={result} optionId={id} />}
      />
      <p class="why">{whyKept(feature, result, t)}</p>
      {feature.method === "best_worst" && <p class="why">{t("result.interval")}</p>}
      {result.ties.map((tie) => (
        <p key={tie.where} class="why">
          <strong>{t("result.tie")}:</strong> {tieSentence(tie, feature, t)}
        </p>
      ))}
      {feature.method === "ranked" && (
        <>
          <OtherMethods feature={feature} result={result} />
          <Rounds feature={feature} result={result} />
          <PairMatrix feature={feature} tally={result} />
        </>
      )}
    </article>
  );
}

/** Says of an option what the vote made of it; where the organiser has overruled the vote, of both. */
function Kept({ campaign, result, optionId }: Props & { optionId: string }) {
  const { t } = useSpeech();
  const overruled = campaign.overrulings.some((one) => one.feature_id === result.feature_id);
  const voted = result.kept.includes(optionId);
  const selectable = overruled ? (campaign.selectable?.[result.feature_id] ?? []).includes(optionId) : voted;
  return (
    <>
      {overruled && voted && <span class="badge">{t("result.voted")}</span>}{" "}
      {selectable && (
        <span class="badge badge-live">
          {t(overruled || result.kept.length > 1 ? "result.selectable" : "result.wins")}
        </span>
      )}
    </>
  );
}

/** Every time the organiser has overruled this feature, for all to see. */
function Overruled({ campaign, feature }: { campaign: Campaign; feature: Feature }) {
  const { t, moment } = useSpeech();
  const rulings = campaign.overrulings.filter((one) => one.feature_id === feature.feature_id);
  return rulings.map((ruling) => (
    <div key={ruling.overruled_at} class="notice notice-plain overruled">
      <p>
        <strong>{t("result.overruled", { moment: moment(ruling.overruled_at) })}</strong>{" "}
        {t("result.overruledKept", { kept: named(ruling.kept, feature), was: named(ruling.was, feature) })}
      </p>
      <p>
        {t("result.reason")} <q>{ruling.reason}</q>
      </p>
    </div>
  ));
}

const named = (options: string[], feature: Feature) =>
  options.map((id) => feature.options.find((option) => option.option_id === id)?.label ?? id).join(", ");

function whyKept(feature: Feature, result: FeatureResult, t: Speech["t"]): string {
  switch (result.decided_by) {
    case "no_quorum":
      return t("result.noQuorum", { count: feature.quorum ?? 0 });
    case "over_percent":
      return t(feature.method === "score" ? "result.overPoints" : "result.overPercent", {
        percent: feature.keep_over_percent ?? 0,
      });
    default:
      return t("result.keep", { count: result.kept.length });
  }
}

function tieSentence(tie: Tie, feature: Feature, t: Speech["t"]): string {
  const round = /^round (\d+)$/.exec(tie.where)?.[1];
  const options = named(tie.options, feature);
  if (round) return t("result.tieRound", { options, round });
  return t(tie.decisive ? "result.tieDecisive" : "result.tieOpen", { options });
}
