import type { Campaign, Quote } from "../api/types";
import type { PaidQuote, PaymentPlan, PlannedCampaign } from "./types";

/** What is taken now and at most at the lock, as quoted. */
export interface Due {
  nowMinor: number;
  laterMostMinor: number;
}

export const planOf = (campaign: Campaign): PaymentPlan | null => (campaign as PlannedCampaign).payment_plan ?? null;

/** Null where the quote does not say it. */
export function dueOf(quote: Quote): Due | null {
  const { due_now_minor: nowMinor, due_later_most_minor: laterMostMinor } = quote as PaidQuote;
  return nowMinor === undefined || laterMostMinor === undefined ? null : { nowMinor, laterMostMinor };
}
