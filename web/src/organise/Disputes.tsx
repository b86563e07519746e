import { useMemo } from "preact/hooks";
import { useSpeech } from "../i18n/Language";
import { useIdentity } from "../identity/Identity";
import { useLive } from "../live/useLive";
import { disputesReader, type Dispute } from "../payments/disputes";
import { payments } from "../payments/routes";
import { Failed, Loading } from "../ui/States";
import { useDisputeWords } from "./disputeWords";

const EVERY_MS = 60_000;

/** What banks have taken back: of which pre-order, how much, since when, and what comes next. */
export function Disputes({ campaignId }: { campaignId: string }) {
  const words = useDisputeWords();
  const { inBackground } = useIdentity();
  const read = useMemo(disputesReader, [campaignId]);
  const look = () => inBackground(({ token }) => read((cursor) => payments.ledger(campaignId, cursor, token)));
  const { value: disputes, problem, reload } = useLive(`disputes ${campaignId}`, look, EVERY_MS);
  return (
    <section class="stack" aria-labelledby="disputes">
      <h3 id="disputes">{words("disputes")}</h3>
      {!disputes && (problem ? <Failed problem={problem} onRetry={reload} /> : <Loading lines={2} />)}
      {disputes?.length === 0 && <p>{words("disputesNone")}</p>}
      {disputes && disputes.length > 0 && (
        <>
          <p class="muted">{words("disputesDetail")}</p>
          <ul class="signals">
            {disputes.map((dispute) => (
              <Disputed key={dispute.reference} dispute={dispute} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Disputed({ dispute: { preorderId, amountMinor, currency, since, wonAt } }: { dispute: Dispute }) {
  const words = useDisputeWords();
  const { money, moment } = useSpeech();
  return (
    <li>
      <p>
        <strong>{words("disputeOf", { amount: money(amountMinor, currency), moment: moment(since) })}</strong>
      </p>
      <p class="muted">
        {words("disputePreorder")} <code>{preorderId}</code>
      </p>
      <p>{wonAt === null ? words("disputeOpen") : words("disputeWon", { moment: moment(wonAt) })}</p>
    </li>
  );
}
