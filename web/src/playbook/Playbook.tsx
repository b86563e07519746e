import type { Batch, Campaign } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { useNow } from "../live/useNow";
import { DropOuts, Waiting } from "./DropOuts";
import { agreedSteps, judgedAt, minimumSentence, rolledWords, stepSentence, turnOf } from "./sentences";

/** What was agreed for a missed minimum, in its order, and how far that has come in this batch. */
export function Playbook({ campaign, batch }: { campaign: Campaign; batch: Batch }) {
  const { t, count } = useSpeech();
  const { rolled_units: rolled } = batch;
  const taken = [...batch.top_up, ...batch.taken_over].reduce((units, line) => units + line.quantity, 0);
  return (
    <div class="stack">
      <p class="muted">{t("playbook.intro", { minimum: count(batch.minimum) })}</p>
      <Steps campaign={campaign} batch={batch} />
      {taken > 0 && <p>{t("playbook.taken", { count: taken })}</p>}
      {rolled !== null && rolled > 0 && <p>{t("playbook.rolledUnits", { count: rolled })}</p>}
      <Minimums campaign={campaign} />
      <DropOuts campaign={campaign} />
      <Waiting batch={batch} />
    </div>
  );
}

function Steps({ campaign, batch }: { campaign: Campaign; batch: Batch }) {
  const speech = useSpeech();
  const { t, moment, soon } = speech;
  const now = useNow();
  return (
    <ol class="agreed-steps">
      {agreedSteps(campaign).map((step, index) => {
        const turn = turnOf(index, batch);
        const play = batch.played.find((one) => one.index === index);
        return (
          <li key={index} class={`step-${turn}`}>
            {stepSentence(step, campaign, speech)}
            {play && (
              <span class="muted">{t(turn === "passed" ? "playbook.passed" : "playbook.played", { moment: moment(play.due_at) })}</span>
            )}
            {play && rolledWords(play, speech) && <span class="muted">{rolledWords(play, speech)}</span>}
            {turn === "next" && (
              <span class="muted">{t("playbook.next", { soon: soon(judgedAt(batch), now) })}</span>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function Minimums({ campaign }: { campaign: Campaign }) {
  const speech = useSpeech();
  if (campaign.run_minimums.length === 0) return null;
  return (
    <>
      <h4>{speech.t("runs.title")}</h4>
      <ul class="bullets">
        {campaign.run_minimums.map((minimum, index) => (
          <li key={index}>{minimumSentence(minimum, campaign, speech)}</li>
        ))}
      </ul>
      <p class="muted">{speech.t("runs.how")}</p>
    </>
  );
}

/** Said above the button that binds: with the button a fan agrees to this list. */
export function Consent({ campaign }: { campaign: Campaign }) {
  const speech = useSpeech();
  return (
    <div class="consent stack">
      <p>{speech.t("playbook.consent")}</p>
      <ol class="agreed-steps">
        {agreedSteps(campaign).map((step, index) => (
          <li key={index}>{stepSentence(step, campaign, speech)}</li>
        ))}
      </ol>
      <Minimums campaign={campaign} />
      <DropOuts campaign={campaign} />
    </div>
  );
}
