import type { Speech } from "../i18n/Language";
import type { Due } from "./plans";
import type { PaymentPlan } from "./types";

/** What is taken when, in one sentence for each plan. `due` is null for what was never quoted: an offer. */
export function takenWhen(
  plan: PaymentPlan,
  due: Due | null,
  totalMostMinor: number,
  currency: string,
  { t, money }: Pick<Speech, "t" | "money">,
): string {
  const most = money(totalMostMinor, currency);
  switch (plan.kind) {
    case "save_card":
      return t("payment.whenSaved", { most: money(due?.laterMostMinor ?? totalMostMinor, currency) });
    case "prepay":
      return t("payment.whenPrepaid", { now: due ? money(due.nowMinor, currency) : most });
    case "deposit":
      return due
        ? t("payment.whenDeposit", { now: money(due.nowMinor, currency), later: money(due.laterMostMinor, currency) })
        : t("payment.whenDepositShare", { percent: plan.percent, most });
  }
}
