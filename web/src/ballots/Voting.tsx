import { useState } from "preact/hooks";
import { asProblem } from "../api/problem";
import type { Campaign, Tally } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { SignInDeclined } from "../identity/Identity";
import { Button } from "../ui/Button";
import { Outcome, type Told } from "../ui/Outcome";
import { FeatureVote } from "./FeatureVote";
import { Receipt } from "./Receipt";
import { useBallot, type OwnBallot } from "./useBallot";
import { useTally } from "./useTally";
import { VoteRules } from "./VoteRules";
import { sameVotes, undecided, withVote } from "./votes";
import "../styles/voting.css";
import "../styles/ranking.css";
import "../styles/ballot.css";
import "../styles/pictures.css";
import "../styles/results.css";

/** The ballot of a campaign with its live tally; after voting closed the same, to look at while it is counted. */
export function Voting({ campaign, open }: { campaign: Campaign; open: boolean }) {
  const { t } = useSpeech();
  const own = useBallot(campaign);
  const tally = useTally(campaign, own.ballot !== null);
  const { told, working, submit, forget } = useCasting(campaign, own);
  return (
    <form class="columns" onSubmit={submit} noValidate>
      <div class="stack">
        {campaign.features.map((feature) => (
          <FeatureVote
            key={feature.feature_id}
            campaign={campaign}
            feature={feature}
            vote={own.votes[feature.feature_id]}
            tally={tally.value?.features.find((one) => one.feature_id === feature.feature_id) ?? null}
            open={open}
            onVote={(vote) => {
              forget();
              own.setVotes(withVote(own.votes, feature, vote));
            }}
          />
        ))}
      </div>
      <section class="panel aside stack" aria-labelledby="ballot-title">
        <h2 id="ballot-title">{t(open ? "ballot.title" : "state.counting")}</h2>
        <Standing tally={tally.value} />
        {open && <Casting campaign={campaign} own={own} working={working} />}
        <Outcome told={told} />
        {own.ballot && <Receipt receipt={own.ballot.receipt} />}
        {open && <VoteRules campaign={campaign} />}
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
      {tally.as_of && !tally.hidden && <span class="muted">{t("ballot.asOf", { clock: clock(tally.as_of) })}</span>}
      {tally.hidden && <span class="muted">{t(`ballot.${tally.hidden}`)}</span>}
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
      document.querySelector<HTMLElement>(".feature :is(input, button)")?.focus();
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
