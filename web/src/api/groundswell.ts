import { config } from "../config";
import { Client } from "./client";
import type {
  Ballot,
  BallotList,
  Batch,
  BatchList,
  Campaign,
  CampaignPage,
  DrawEntry,
  Entry,
  Insight,
  LinePage,
  NewEntry,
  NewOverruling,
  NewPreorder,
  NewShipDate,
  NewTopUp,
  Preorder,
  PreorderChanges,
  PreorderPage,
  Quote,
  Result,
  ScreenSet,
  SlipAnswer,
  Tally,
  Thread,
  Votes,
  Wanted,
} from "./types";

export const client = new Client(undefined, async () => (await config()).api);
const at = (campaignId: string, rest = "") => `/v1/campaigns/${encodeURIComponent(campaignId)}${rest}`;
const paged = (path: string, cursor: string | null) =>
  cursor ? `${path}?limit=20&cursor=${encodeURIComponent(cursor)}` : `${path}?limit=20`;

/** The routes that the page uses, by what they mean. Those with a `token` act for whoever is signed in. */
export const groundswell = {
  campaigns: (cursor: string | null) => client.read<CampaignPage>(paged("/v1/campaigns", cursor)),
  campaign: (id: string) => client.read<Campaign>(at(id)),
  tally: (id: string) => client.read<Tally>(at(id, "/tally")),
  result: (id: string) => client.read<Result>(at(id, "/result")),
  batches: (id: string) => client.read<BatchList>(at(id, "/batches")),
  quote: (id: string, body: Wanted, signal?: AbortSignal) =>
    client.send<Quote>(at(id, "/quote"), { method: "POST", body, ...(signal ? { signal } : {}) }),
  ballot: (id: string, token: string) => client.send<Ballot>(at(id, "/ballot"), { token }),
  castBallot: (id: string, votes: Votes, token: string) =>
    client.send<Ballot>(at(id, "/ballot"), { method: "PUT", body: { votes }, token }),
  screens: (id: string, token: string) => client.send<ScreenSet>(at(id, "/ballot/screens"), { token }),
  ownTally: (id: string, token: string) => client.send<Tally>(at(id, "/ballot/tally"), { token }),
  ballots: (id: string) => client.read<BallotList>(at(id, "/ballots")),
  /** For people and programs that count again. */
  ballotsAddress: async (id: string) => (await config()).api + at(id, "/ballots"),
  ballotLines: (id: string, bucket: number, cursor: string | null) =>
    client.send<LinePage>(at(id, `/ballots/${bucket}${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`)),
  insight: (id: string, token: string) => client.send<Insight>(at(id, "/insight"), { token }),
  overrule: (id: string, featureId: string, body: NewOverruling, token: string) =>
    client.send<Campaign>(at(id, `/features/${encodeURIComponent(featureId)}/overrule`), { method: "POST", body, token }),
  placePreorder: (id: string, body: NewPreorder, idempotencyKey: string, token: string) =>
    client.send<Preorder>(at(id, "/preorders"), { method: "POST", body, idempotencyKey, token }),
  preorders: (cursor: string | null, token: string) =>
    client.send<PreorderPage>(paged("/v1/preorders", cursor), { token }),
  preorder: (id: string, token: string) =>
    client.send<Preorder>(`/v1/preorders/${encodeURIComponent(id)}`, { token }),
  withdraw: (id: string, token: string) =>
    client.send<Preorder>(`/v1/preorders/${encodeURIComponent(id)}`, { method: "DELETE", token }),
  changePreorder: (id: string, body: PreorderChanges, token: string) =>
    client.send<Preorder>(`/v1/preorders/${encodeURIComponent(id)}`, { method: "PATCH", body, token }),
  answerSlip: (id: string, choice: SlipAnswer, token: string) =>
    client.send<Preorder>(`/v1/preorders/${encodeURIComponent(id)}/choice`, { method: "PUT", body: { choice }, token }),
  waiting: (id: string, token: string) => client.send<Entry>(at(id, "/waiting"), { token }),
  joinWaiting: (id: string, body: NewEntry, idempotencyKey: string, token: string) =>
    client.send<Entry>(at(id, "/waiting"), { method: "POST", body, idempotencyKey, token }),
  leaveWaiting: (id: string, token: string) => client.send<Entry>(at(id, "/waiting"), { method: "DELETE", token }),
  drawEntry: (id: string, wave: number, token: string) => client.send<DrawEntry>(at(id, `/waves/${wave}/entry`), { token }),
  enterDraw: (id: string, wave: number, body: NewEntry, token: string) =>
    client.send<DrawEntry>(at(id, `/waves/${wave}/entry`), { method: "PUT", body, token }),
  leaveDraw: (id: string, wave: number, token: string) =>
    client.send<DrawEntry>(at(id, `/waves/${wave}/entry`), { method: "DELETE", token }),
  /** For people and programs that repeat a draw. */
  drawAddress: async (id: string, wave: number) => (await config()).api + at(id, `/waves/${wave}/draw`),
  thread: (preorderId: string, token: string) =>
    client.send<Thread>(`/v1/preorders/${encodeURIComponent(preorderId)}/thread`, { token }),
  topUp: (id: string, batch: number, body: NewTopUp, token: string) =>
    client.send<Batch>(at(id, `/batches/${batch}/top-up`), { method: "POST", body, token }),
  moveShipDate: (id: string, batch: number, body: NewShipDate, token: string) =>
    client.send<Batch>(at(id, `/batches/${batch}/ship-date`), { method: "POST", body, token }),
};
