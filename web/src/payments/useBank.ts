import { useState } from "preact/hooks";
import { asProblem } from "../api/problem";
import { useSpeech } from "../i18n/Language";
import { SignInDeclined, useIdentity } from "../identity/Identity";
import type { Told } from "../ui/Outcome";
import { openElement } from "./element";
import { payments } from "./routes";
import type { Payment } from "./types";

/** Leads to the bank and back, then has the API look how it stands there. */
export function useBank(take: (payment: Payment) => void) {
  const speech = useSpeech();
  const { asFan } = useIdentity();
  const [working, setWorking] = useState(false);
  const [told, setTold] = useState<Told | null>(null);
  const confirm = async (payment: Payment) => {
    setWorking(true);
    setTold(null);
    try {
      const element = await openElement({ speech, currency: payment.currency });
      const outcome = await element.confirm(payment.action ?? "");
      const looked = await asFan(({ token }) => payments.look(payment.preorder_id, token));
      take(looked);
      // Where it stands says the rest.
      if (outcome === "declined" && looked.action !== null) setTold({ tone: "plain", text: speech.t("payment.bankTurnedBack") });
    } catch (error) {
      const declined = error instanceof SignInDeclined;
      setTold({ tone: declined ? "plain" : "bad", text: declined ? speech.t("signIn.needed") : speech.problem(asProblem(error)) });
    }
    setWorking(false);
  };
  return { confirm, working, told };
}
