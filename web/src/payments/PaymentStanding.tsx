import { useRef } from "preact/hooks";
import { useSpeech } from "../i18n/Language";
import { useNow } from "../live/useNow";
import { Link } from "../router/Router";
import { Button } from "../ui/Button";
import { Outcome } from "../ui/Outcome";
import { Stale } from "../ui/States";
import { Refunds } from "./Refunds";
import { standingOf } from "./standing";
import type { Payment } from "./types";
import { useBank } from "./useBank";
import { usePayment } from "./usePayment";
import "../styles/payments.css";

interface Props {
  preorderId: string;
  campaignId: string;
  /** Looked at anew when it changes: the pre-order's own state. */
  version: string;
}

/** Where a pre-order's money stands, what came back, and the one thing that its fan is asked to do now. */
export function PaymentStanding({ preorderId, campaignId, version }: Props) {
  const { t } = useSpeech();
  const { payment, problem, take } = usePayment(preorderId, version);
  return (
    <div class="stack payment">
      <Standing payment={payment} onLooked={take} />
      {!payment && <Stale problem={problem?.status === 404 ? null : problem} />}
      {payment?.state === "overdue" && (
        <Link to={{ page: "payment", campaignId, preorderId }} class="button button-primary">
          {t("payment.toFix")}
        </Link>
      )}
      {payment && <Refunds payment={payment} />}
    </div>
  );
}

/**
 * The sentences, and the way to the bank where it asks. The focus stays on them when the button has done its work. The
 * region is there before the payment is known, or screen readers would not speak its words.
 */
export function Standing({ payment, onLooked }: { payment: Payment | null; onLooked: (payment: Payment) => void }) {
  const speech = useSpeech();
  const { t } = speech;
  const now = useNow();
  const said = useRef<HTMLParagraphElement>(null);
  const { confirm, working, told } = useBank((looked) => {
    said.current?.focus();
    onLooked(looked);
  });
  const standing = payment && standingOf(payment, now, speech);
  return (
    <>
      <div role="status">
        {standing && (
          <p ref={said} tabIndex={-1} class={`notice notice-${standing.tone}`}>
            {standing.text}
          </p>
        )}
      </div>
      <Outcome told={told} />
      {payment && payment.action !== null && (
        <Button kind="primary" working={working} onClick={() => void confirm(payment)}>
          {t(working ? "payment.confirming" : "payment.confirm")}
        </Button>
      )}
    </>
  );
}
