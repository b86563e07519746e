import { useState } from "preact/hooks";
import { useSpeech, type Speech } from "../i18n/Language";
import { useIdentity, type Identity } from "../identity/Identity";
import { useLive } from "../live/useLive";
import { payments } from "../payments/routes";
import { isProblem } from "../payments/standing";
import type { OpenRefund } from "../payments/types";
import { Button } from "../ui/Button";
import { Outcome } from "../ui/Outcome";
import { Failed, Loading } from "../ui/States";
import { GiveBack } from "./GiveBack";
import { useMoneyWords } from "./moneyWords";
import { useActing } from "./useActing";

const EVERY_MS = 30_000;

/** What fans are still to get back, whatever holds it up; and what else they are to get. */
export function OpenRefunds({ campaignId, currency }: { campaignId: string; currency: string }) {
  const words = useMoneyWords();
  const { t } = useSpeech();
  const identity = useIdentity();
  const [pages, setPages] = useState(1);
  const list = useLive(`refunds ${campaignId} ${pages}`, () => loadPages(campaignId, pages, identity), EVERY_MS);
  const { told, working, act } = useActing(list.reload);
  const again = ({ preorder_id: id, number }: OpenRefund) =>
    void act((token) => payments.tryRefundAgain(id, number, token), words("refundAgainDone", { reference: `${id}-${number}` }));
  return (
    <>
      <h3 id="open-refunds">{words("refunds")}</h3>
      {!list.value && list.problem && <Failed problem={list.problem} onRetry={list.reload} />}
      {!list.value && !list.problem && <Loading lines={2} />}
      {list.value?.items.length === 0 && <p>{words("refundsNone")}</p>}
      {list.value && list.value.items.length > 0 && <RefundTable refunds={list.value.items} working={working} onAgain={again} />}
      <Outcome told={told} />
      {list.value?.more && <Button onClick={() => setPages(pages + 1)}>{t("app.more")}</Button>}
      <GiveBack currency={currency} onDone={list.reload} />
    </>
  );
}

interface TableProps {
  refunds: OpenRefund[];
  working: boolean;
  onAgain: (refund: OpenRefund) => void;
}

function RefundTable({ refunds, working, onAgain }: TableProps) {
  const words = useMoneyWords();
  const { t, money, moment } = useSpeech();
  return (
    <div class="wide" role="region" aria-labelledby="open-refunds" tabIndex={0}>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{words("refundOf")}</th>
            <th scope="col">{words("refundAmount")}</th>
            <th scope="col">{words("refundState")}</th>
            <th scope="col">{words("refundSince")}</th>
          </tr>
        </thead>
        <tbody>
          {refunds.map((refund) => (
            <tr key={`${refund.preorder_id} ${refund.number}`}>
              <th scope="row">
                <code>
                  {refund.preorder_id}-{refund.number}
                </code>
              </th>
              <td>{money(refund.amount_minor, refund.currency)}</td>
              <td class="words">
                {words(`refund.${refund.state}`)}
                {refund.problem && <span class="muted"> {problemWords(refund.problem, t)}</span>}
                {refund.state === "failed" && (
                  <div>
                    <Button
                      working={working}
                      label={`${words("refundAgain")}: ${refund.preorder_id}-${refund.number}`}
                      onClick={() => onAgain(refund)}
                    >
                      {words("refundAgain")}
                    </Button>
                  </div>
                )}
              </td>
              <td class="words">{moment(refund.requested_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Ours for a problem that we know, the provider's own for another. */
function problemWords(problem: string, t: Speech["t"]): string {
  return isProblem(problem) ? t(`payment.problem.${problem}`) : problem;
}

/** Reads the first pages one after the other, so that the whole list shown is fresh. */
function loadPages(campaignId: string, pages: number, { inBackground }: Identity) {
  return inBackground(async ({ token }) => {
    const items: OpenRefund[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < pages; page += 1) {
      const answer: Awaited<ReturnType<typeof payments.refunds>> = await payments.refunds(campaignId, cursor, token);
      items.push(...answer.items);
      cursor = answer.next_cursor;
      if (!cursor) break;
    }
    return { items, more: cursor !== null };
  });
}
