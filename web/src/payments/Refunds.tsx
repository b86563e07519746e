import { config } from "../config";
import { useSpeech } from "../i18n/Language";
import { useLive } from "../live/useLive";
import { refundWords } from "./standing";
import type { Payment } from "./types";

/** What was taken, and each amount that goes back with where it is. Nothing, before anything was taken. */
export function Refunds({ payment }: { payment: Payment }) {
  const { t, money, day } = useSpeech();
  const { captured_minor: captured, disputed_minor: disputed, refunds, currency } = payment;
  // Then it is said already.
  const said = payment.state === "secured" || (payment.state === "paid" && captured === payment.due_minor);
  if ((captured === 0 || said) && refunds.length === 0 && disputed === 0) return null;
  return (
    <div class="payment-taken">
      {captured > 0 && !said && <p>{t("payment.taken", { taken: money(captured, currency) })}</p>}
      {disputed > 0 && <p>{t("payment.disputed", { amount: money(disputed, currency) })}</p>}
      {refunds.length > 0 && (
        <ul class="bullets">
          {refunds.map((refund) => (
            <li key={refund.number}>
              {t(refundWords(refund.state), { amount: money(refund.amount_minor, currency), day: day(refund.requested_at) })}
              <Why reason={refund.reason} />
              {refund.state === "failed" && <WhomToWrite preorderId={payment.preorder_id} number={refund.number} />}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** An organiser's own words are shown as such; that something was released is said above already. */
function Why({ reason }: { reason: string }) {
  const { t } = useSpeech();
  if (reason === "released") return null;
  if (reason === "price_difference") return <span class="muted">{t("payment.refundPrice")}</span>;
  if (reason === "slipped") return <span class="muted">{t("payment.refundSlip")}</span>;
  return <q class="reason">{reason}</q>;
}

function WhomToWrite({ preorderId, number }: { preorderId: string; number: number }) {
  const { t } = useSpeech();
  const contact = useLive("contact", async () => (await config()).contact ?? null).value;
  const words = { reference: `${preorderId}-${number}` };
  return (
    <span class="muted">
      {contact ? (
        <>
          {t("payment.writeTo", words)} <a href={`mailto:${contact}`}>{contact}</a>
        </>
      ) : (
        t("payment.writeOrganiser", words)
      )}
    </span>
  );
}
