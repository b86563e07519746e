import { useRef, useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import { asProblem } from "../api/problem";
import { useSpeech } from "../i18n/Language";
import { SignInDeclined, useIdentity } from "../identity/Identity";
import { fanOf } from "../identity/session";
import { useLive } from "../live/useLive";
import { Link } from "../router/Router";
import { Button } from "../ui/Button";
import { Outcome, type Told } from "../ui/Outcome";
import { PageHeading } from "../ui/PageHeading";
import { Empty, Failed, Loading } from "../ui/States";
import { PaymentFields } from "./PaymentFields";
import { Standing } from "./PaymentStanding";
import { Refunds } from "./Refunds";
import { payments } from "./routes";
import { outstandingMinor, takesAnotherCard } from "./standing";
import type { Payment } from "./types";
import { useCard } from "./useCard";
import { usePayment } from "./usePayment";
import "../styles/payments.css";

interface Props {
  campaignId: string;
  preorderId: string;
}

/** Where a reminder leads: what is missing, until when, and another card for it. */
export function PaymentPage({ campaignId, preorderId }: Props) {
  const { t } = useSpeech();
  const { session, arriving, signIn } = useIdentity();
  const campaign = useLive(`campaign ${campaignId}`, () => groundswell.campaign(campaignId));
  const title = campaign.value?.title;
  return (
    <div class="stack-wide narrow">
      <div class="page-head">
        <PageHeading title={title ? `${t("payment.title")}: ${title}` : t("payment.title")} />
        <p>
          <Link to={{ page: "preorders" }}>{t("preorders.title")}</Link>
        </p>
      </div>
      {session && <OwnPayment key={fanOf(session)} preorderId={preorderId} />}
      {arriving && <Loading lines={6} />}
      {!session && !arriving && (
        <Empty title={t("payment.signIn")}>
          <Button kind="primary" onClick={signIn}>
            {t("signIn.open")}
          </Button>
        </Empty>
      )}
    </div>
  );
}

function OwnPayment({ preorderId }: { preorderId: string }) {
  const { payment, problem, reload, take } = usePayment(preorderId);
  const standing = useRef<HTMLDivElement>(null);
  // The button that was pressed may be gone with the answer.
  const taken = (known: Payment) => {
    standing.current?.querySelector("p")?.focus();
    take(known);
  };
  if (!payment && problem) return <Failed problem={problem} onRetry={reload} />;
  return (
    <section class="panel stack payment">
      <div ref={standing} class="stack">
        <Standing payment={payment} onLooked={take} />
      </div>
      {!payment && <Loading lines={4} />}
      {payment && takesAnotherCard(payment) && <AnotherCard payment={payment} onTaken={taken} />}
      {payment && <Refunds payment={payment} />}
    </section>
  );
}

/** A card in place of the one that could not be charged. */
function AnotherCard({ payment, onTaken }: { payment: Payment; onTaken: (payment: Payment) => void }) {
  const { t, money, problem } = useSpeech();
  const { asFan } = useIdentity();
  const card = useCard();
  const [working, setWorking] = useState(false);
  const [told, setTold] = useState<Told | null>(null);
  const busy = working || card.asking;
  const give = async () => {
    setTold(null);
    const method = await card.token();
    if (method === null) return;
    setWorking(true);
    try {
      onTaken(await asFan(({ token }) => payments.anotherCard(payment.preorder_id, method, token)));
    } catch (error) {
      const declined = error instanceof SignInDeclined;
      setTold({ tone: declined ? "plain" : "bad", text: declined ? t("signIn.needed") : problem(asProblem(error)) });
    }
    setWorking(false);
  };
  const owed = outstandingMinor(payment);
  const amount = money(owed, payment.currency);
  return (
    <div class="stack">
      <PaymentFields currency={payment.currency} onElement={card.onElement} closed={busy} />
      <p class="taken-when">{t(owed > 0 ? "payment.anotherDetail" : "payment.anotherSaved", { amount })}</p>
      <Outcome told={card.problem === null ? told : { tone: "bad", text: card.problem }} />
      <Button kind="primary" working={busy} idle={!card.ready} onClick={() => void give()}>
        {owed > 0 ? t(busy ? "payment.paying" : "payment.pay", { amount }) : t(busy ? "payment.saving" : "payment.save")}
      </Button>
    </div>
  );
}
