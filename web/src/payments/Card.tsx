import { useSpeech } from "../i18n/Language";
import type { PaymentElement } from "./element";
import { PaymentFields } from "./PaymentFields";
import type { Due } from "./plans";
import { takenWhen } from "./taken";
import type { PaymentPlan } from "./types";

interface Props {
  plan: PaymentPlan;
  due: Due | null;
  totalMostMinor: number;
  currency: string;
  onElement: (element: PaymentElement | null) => void;
  closed: boolean;
}

/** The card for a pre-order and, beside the button that places it, what is taken when. */
export function Card({ plan, due, totalMostMinor, currency, onElement, closed }: Props) {
  const speech = useSpeech();
  return (
    <>
      <PaymentFields currency={currency} onElement={onElement} closed={closed} />
      <p class="taken-when">{takenWhen(plan, due, totalMostMinor, currency, speech)}</p>
      {plan.kind !== "save_card" && <p class="muted">{speech.t("payment.whenBack")}</p>}
    </>
  );
}
