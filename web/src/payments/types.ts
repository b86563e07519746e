/**
 * What the API says about money, until `npm run types` generates it. Amounts are integer minor units, times ISO-8601 UTC.
 */
import type { components } from "../api/schema";
import type { Batch, Campaign, Quote } from "../api/types";

export type LedgerPage = components["schemas"]["LedgerPage"];
export type LedgerTransaction = components["schemas"]["LedgerTransaction"];

export type PaymentPlan = { kind: "save_card" } | { kind: "deposit"; percent: number } | { kind: "prepay" };
export type PlanKind = PaymentPlan["kind"];

/** A campaign that says no plan asks for no card: the API then takes its own default. */
export type PlannedCampaign = Campaign & { payment_plan?: PaymentPlan };

/** What is taken with the order, and the most that is taken at the lock. */
export type PaidQuote = Quote & { due_now_minor?: number; due_later_most_minor?: number };

export type CollectedBatch = Batch & { collected_units?: number; grace_until?: string | null };

export interface Provider {
  provider: "simulated" | "stripe";
  publishable_key: string | null;
}

export type PaymentState =
  | "requested"
  | "action_required"
  | "secured"
  | "declined"
  | "collecting"
  | "overdue"
  | "dropped"
  | "paid"
  | "releasing"
  | "released";

export const PROBLEMS = [
  "card_declined",
  "insufficient_funds",
  "card_expired",
  "authentication_required",
  "authentication_failed",
  "method_invalid",
  "provider_error",
  "hold_expired",
] as const;
export type PaymentProblem = (typeof PROBLEMS)[number];

export type RefundState = "requested" | "pending" | "succeeded" | "failed";

export interface Refund {
  number: number;
  amount_minor: number;
  state: RefundState;
  /** `released`, `price_difference`, `slipped`, or an organiser's own words. */
  reason: string;
  requested_at: string;
}

export interface Payment {
  preorder_id: string;
  state: PaymentState;
  plan: PlanKind;
  currency: string;
  amount_most_minor: number;
  /** What is to have been taken in all by now. */
  due_minor: number;
  /** All that was ever taken, whatever has gone back since. */
  captured_minor: number;
  refunded_minor: number;
  /** What its fan has got back through the bank. */
  disputed_minor: number;
  refunds: Refund[];
  /** A `PaymentProblem`, or what the API will know later. */
  problem: string | null;
  /** For the element alone: with it the holder confirms. */
  action: string | null;
  /** Until then the room is kept for a card that is still to be confirmed. */
  hold_until: string | null;
  /** From then on the pre-order leaves its batch, unless it is paid. */
  drop_at: string | null;
}

export type Account = "provider" | "fans" | "refunds_due" | "manufacturer" | "organiser" | "fees" | "partner";

/** Debit is positive, credit negative; together they are nothing. */
export interface Balances {
  currency: string;
  balances: { account: Account; balance_minor: number }[];
  transactions: number;
}

export interface OpenRefund {
  preorder_id: string;
  number: number;
  amount_minor: number;
  currency: string;
  state: RefundState;
  reason: string | null;
  requested_at: string;
  problem: string | null;
}

export interface OpenRefundPage {
  items: OpenRefund[];
  next_cursor: string | null;
}
