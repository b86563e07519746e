import { useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import { asProblem } from "../api/problem";
import type { Result } from "../api/types";
import { shortOf } from "../ballots/Receipt";
import { useSpeech } from "../i18n/Language";
import { SignInDeclined, useIdentity } from "../identity/Identity";
import { Button } from "../ui/Button";
import { Outcome, type Told } from "../ui/Outcome";
import { find } from "./proof";

/** Looks for the fan's own ballot in the published list, by this machine's own arithmetic. */
export function ListCheck({ result }: { result: Result }) {
  const { t } = useSpeech();
  const { told, working, check } = useCheck(result);
  return (
    <section class="panel list-check" aria-labelledby="list-title">
      <h3 id="list-title">{t("list.title")}</h3>
      <p class="muted">{t("list.detail")}</p>
      <Button working={working} onClick={() => void check()}>
        {t(working ? "list.working" : "list.check")}
      </Button>
      <Outcome told={told} />
    </section>
  );
}

function useCheck(result: Result) {
  const { t, problem } = useSpeech();
  const { asFan } = useIdentity();
  const [told, setTold] = useState<Told | null>(null);
  const [working, setWorking] = useState(false);
  const id = result.campaign_id;

  const look = async (): Promise<Told> => {
    const own = await asFan((fan) => groundswell.ballot(id, fan.token));
    const list = await groundswell.ballots(id);
    const verdict = await find(own, list, result.root, (bucket, cursor) => groundswell.ballotLines(id, bucket, cursor));
    return { tone: verdict === "found" ? "good" : "bad", text: t(`list.${verdict}`, { receipt: shortOf(own.receipt) }) };
  };
  const failed = (error: unknown): Told => {
    if (error instanceof SignInDeclined) return { tone: "plain", text: t("list.signIn") };
    const refused = asProblem(error);
    return { tone: refused.code === "ballot_missing" ? "plain" : "bad", text: problem(refused) };
  };
  const check = async () => {
    setWorking(true);
    setTold(null);
    setTold(await look().catch(failed));
    setWorking(false);
  };
  return { told, working, check };
}
