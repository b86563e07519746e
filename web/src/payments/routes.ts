import { client } from "../api/groundswell";
import { once } from "../config";
import type { Balances, LedgerPage, OpenRefundPage, Payment, Provider } from "./types";

const of = (preorderId: string) => `/v1/preorders/${encodeURIComponent(preorderId)}/payment`;
const at = (campaignId: string, rest: string) => `/v1/campaigns/${encodeURIComponent(campaignId)}${rest}`;
const after = (cursor: string | null) => `?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;

/** The routes of the page's money. What goes out is a provider's token: nothing else that stands on a card. */
export const payments = {
  /** Asked once a visit: it does not change under a fan. */
  provider: once(() => client.send<Provider>("/v1/payments/provider")),
  payment: (preorderId: string, token: string) => client.send<Payment>(of(preorderId), { token }),
  anotherCard: (preorderId: string, method: string, token: string) =>
    client.send<Payment>(of(preorderId), { method: "PUT", body: { payment_method: method }, token }),
  look: (preorderId: string, token: string) => client.send<Payment>(`${of(preorderId)}/look`, { method: "POST", token }),
  /** What a bank's page does; there only where no money moves. */
  confirmSimulated: (action: string, approve: boolean) =>
    client.send<{ ok: boolean }>("/v1/payments/simulated/confirm", { method: "POST", body: { action, approve } }),
  balances: (campaignId: string, token: string) => client.send<Balances>(at(campaignId, "/ledger/balances"), { token }),
  refunds: (campaignId: string, cursor: string | null, token: string) =>
    client.send<OpenRefundPage>(at(campaignId, `/refunds${after(cursor)}`), { token }),
  giveBack: (preorderId: string, body: { amount_minor: number; reason: string }, idempotencyKey: string, token: string) =>
    client.send<Payment>(`/v1/preorders/${encodeURIComponent(preorderId)}/refunds`, { method: "POST", body, idempotencyKey, token }),
  tryRefundAgain: (preorderId: string, number: number, token: string) =>
    client.send<Payment>(`/v1/preorders/${encodeURIComponent(preorderId)}/refunds/${number}/again`, { method: "POST", token }),
  ledger: (campaignId: string, cursor: string | null, token: string) =>
    client.send<LedgerPage>(at(campaignId, `/ledger${after(cursor)}`), { token }),
  ledgerPart: (campaignId: string, cursor: string | null, token: string) =>
    client.answer(at(campaignId, `/ledger.csv${after(cursor)}`), { token }),
};
