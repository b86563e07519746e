import { useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import { asProblem } from "../api/problem";
import type { Campaign, Tally } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { SignInDeclined } from "../identity/Identity";
import { useLive } from "../live/useLive";
import { Button } from "../ui/Button";
import { Outcome, type Told } from "../ui/Outcome";
import { FeatureVote } from "./FeatureVote";
import { useBallot, type OwnBallot } from "./useBallot";
import { sameVotes, undecided, withVote } from "./votes";

/** The ballot of a campaign with its live tally; after voting closed the same, to look at while it is counted. */
export function Voting({ campaign, open }: { campaign: Campaign; open: boolean }) {
  const { t } = useSpeech();
  const id = campaign.campaign_id;
  const tally = useLive(`tally ${id}`, () => groundswell.tally(id), 3_000);
  const own = useBallot(campaign);
  const { told, working, submit, forget } = useCasting(campaign, own);
  return (
    <form class="columns" onSubmit={submit} noValidate>
      <div class="stack">
        {campaign.features.map((feature) => (
          <FeatureVote
            key={feature.feature_id}
            feature={feature}
            chosen={own.votes[feature.feature_id] ?? []}
            counts={tally.value?.features.find((one) => one.feature_id === feature.feature_id)?.counts ?? null}
            ballots={tally.value?.ballots ?? 0}
            currency={campaign.currency}
            open={open}
            onChoose={(optionId, chosen) => {
              forget();
              own.setVotes(withVote(own.votes, feature, optionId, chosen));
            }}
          />
        ))}
      </div>
      <section class="panel aside stack" aria-labelledby="ballot-title">
        <h2 id="ballot-title">{t(open ? "ballot.title" : "state.counting")}</h2>
        <Standing tally={tally.value} />
        {open && <Casting campaign={campaign} own={own} working={working} />}
        <Outcome told={told} />
      </section>
    </form>
  );
}

function Standing({ tally }: { tally: Tally | null }) {
  const { t, clock } = useSpeech();
  // Its place is kept until it is known: a button that moves under a finger loses the press.
  if (!tally) {
    return (
      <p class="figure" aria-hidden="true">
        <strong>&nbsp;</strong>
      </p>
    );
  }
  return (
    <p class="figure">
      <strong>{t("ballot.ballots", { count: tally.ballots })}</strong>
      {tally.as_of && <span class="muted">{t("ballot.asOf", { clock: clock(tally.as_of) })}</span>}
    </p>
  );
}

function Casting({ campaign, own, working }: { campaign: Campaign; own: OwnBallot; working: boolean }) {
  const { t, moment } = useSpeech();
  const changed = own.ballot !== null && !sameVotes(own.votes, own.ballot.votes, campaign.features);
  const left = undecided(own.votes, campaign.features);
  return (
    <>
      {campaign.voting_closes_at && <p>{t("ballot.closesAt", { moment: moment(campaign.voting_closes_at) })}</p>}
      <p class="muted">
        {own.ballot ? t("ballot.yours", { moment: moment(own.ballot.cast_at) }) : t("ballot.hint")}{" "}
        {own.ballot && t(changed ? "ballot.unsent" : "ballot.yoursHint")}
      </p>
      {left.length > 0 && left.length < campaign.features.length && (
        <p>{t("ballot.leftOut", { features: left.map((feature) => feature.title).join(", ") })}</p>
      )}
      <Button type="submit" kind="primary" working={working}>
        {t(working ? "ballot.working" : own.ballot ? "ballot.change" : "ballot.cast")}
      </Button>
    </>
  );
}

function useCasting(campaign: Campaign, own: OwnBallot) {
  const { t, problem } = useSpeech();
  const [told, setTold] = useState<Told | null>(() => (own.restored ? { tone: "plain", text: t("ballot.restored") } : null));
  const [working, setWorking] = useState(false);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (undecided(own.votes, campaign.features).length === campaign.features.length) {
      setTold({ tone: "bad", text: t("ballot.empty") });
      document.querySelector<HTMLInputElement>(".feature input")?.focus();
      return;
    }
    if (working) return;
    setWorking(true);
    setTold(null);
    try {
      const replaced = await own.cast();
      setTold({ tone: "good", text: t(replaced ? "ballot.changeDone" : "ballot.castDone") });
    } catch (error) {
      const declined = error instanceof SignInDeclined;
      setTold({ tone: declined ? "plain" : "bad", text: declined ? t("signIn.needed") : problem(asProblem(error)) });
    }
    setWorking(false);
  };
  return { told, working, submit, forget: () => setTold(null) };
}
