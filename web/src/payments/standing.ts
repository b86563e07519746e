import type { Speech } from "../i18n/Language";
import type { MessageKey } from "../i18n/translate";
import type { Told } from "../ui/Outcome";
import { PROBLEMS, type Payment, type PaymentProblem, type RefundState } from "./types";

type Speaking = Pick<Speech, "t" | "money" | "soon" | "ahead">;

/** What is still to be taken by now. */
export function outstandingMinor(payment: Pick<Payment, "due_minor" | "captured_minor">): number {
  return Math.max(0, payment.due_minor - payment.captured_minor);
}

/** Whether it moves by itself in a moment: then it is looked at often. */
export function isMoving({ state }: Pick<Payment, "state">): boolean {
  return ["requested", "action_required", "collecting", "dropped", "releasing"].includes(state);
}

/** Whether its fan can give another card. The API has the last word. */
export const takesAnotherCard = ({ state }: Pick<Payment, "state">) => state === "overdue" || state === "action_required";

/** Where the money of a pre-order stands and what its fan can do, as sentences. */
export function standingOf(payment: Payment, now: number, speech: Speaking): Told {
  const { t, money } = speech;
  const amount = money(outstandingMinor(payment), payment.currency);
  const why = payment.problem && isProblem(payment.problem) ? t(`payment.problem.${payment.problem}`) : "";
  const joined = (...sentences: string[]) => sentences.filter(Boolean).join(" ");
  switch (payment.state) {
    case "requested":
      return { tone: "plain", text: t(payment.due_minor > 0 ? "payment.requestedTaking" : "payment.requestedSaving") };
    case "action_required":
      return { tone: "plain", text: joined(t("payment.actionRequired"), until("payment.holdUntil", payment.hold_until, now, speech)) };
    case "secured":
      return {
        tone: "good",
        text: payment.captured_minor > 0 ? t("payment.securedTaken", { taken: taken(payment, speech) }) : t("payment.securedSaved"),
      };
    case "declined":
      return { tone: "bad", text: joined(why, t(payment.captured_minor > 0 ? "payment.declinedTaken" : "payment.declined")) };
    case "collecting":
      return { tone: "plain", text: t("payment.collecting", { amount }) };
    case "overdue":
      return { tone: "bad", text: joined(t("payment.overdue", { amount }), why, until("payment.dropAt", payment.drop_at, now, speech)) };
    case "dropped":
      return { tone: "bad", text: joined(t("payment.dropped"), payment.captured_minor > 0 ? t("payment.comesBack") : "") };
    case "paid":
      return { tone: "good", text: t("payment.paid", { amount: money(payment.due_minor, payment.currency) }) };
    case "releasing":
      return { tone: "plain", text: t(payment.captured_minor > 0 ? "payment.releasing" : "payment.released") };
    case "released":
      return { tone: "plain", text: t(payment.captured_minor > 0 ? "payment.releasedTaken" : "payment.released") };
  }
}

export const isProblem = (code: string): code is PaymentProblem => (PROBLEMS as readonly string[]).includes(code);

const taken = (payment: Payment, { money }: Pick<Speech, "money">) => money(payment.captured_minor, payment.currency);

function until(key: MessageKey, moment: string | null, now: number, { t, soon, ahead }: Speaking): string {
  return moment ? t(key, { soon: soon(moment, now), ahead: ahead(moment, now) }) : "";
}

/** Where a refund is, in the words of who waits for it. */
export const refundWords = (state: RefundState): MessageKey =>
  state === "succeeded" ? "payment.refundArrived" : state === "failed" ? "payment.refundFailed" : "payment.refundUnderway";
