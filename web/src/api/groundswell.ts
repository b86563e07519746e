import { config } from "../config";
import { Client } from "./client";
import type {
  Ballot,
  BatchList,
  Campaign,
  CampaignPage,
  Line,
  NewPreorder,
  Preorder,
  PreorderPage,
  Quote,
  Result,
  Tally,
  Votes,
} from "./types";

const client = new Client(undefined, async () => (await config()).api);
const at = (campaignId: string, rest = "") => `/v1/campaigns/${encodeURIComponent(campaignId)}${rest}`;
const paged = (path: string, cursor: string | null) =>
  cursor ? `${path}?limit=20&cursor=${encodeURIComponent(cursor)}` : `${path}?limit=20`;

/** The routes that a fan's page uses, by what they mean. Those with a `token` act for the signed-in fan. */
export const groundswell = {
  campaigns: (cursor: string | null) => client.read<CampaignPage>(paged("/v1/campaigns", cursor)),
  campaign: (id: string) => client.read<Campaign>(at(id)),
  tally: (id: string) => client.read<Tally>(at(id, "/tally")),
  result: (id: string) => client.read<Result>(at(id, "/result")),
  batches: (id: string) => client.read<BatchList>(at(id, "/batches")),
  quote: (id: string, lines: Line[], signal?: AbortSignal) =>
    client.send<Quote>(at(id, "/quote"), { method: "POST", body: { lines }, ...(signal ? { signal } : {}) }),
  ballot: (id: string, token: string) => client.send<Ballot>(at(id, "/ballot"), { token }),
  castBallot: (id: string, votes: Votes, token: string) =>
    client.send<Ballot>(at(id, "/ballot"), { method: "PUT", body: { votes }, token }),
  placePreorder: (id: string, body: NewPreorder, idempotencyKey: string, token: string) =>
    client.send<Preorder>(at(id, "/preorders"), { method: "POST", body, idempotencyKey, token }),
  preorders: (cursor: string | null, token: string) =>
    client.send<PreorderPage>(paged("/v1/preorders", cursor), { token }),
  preorder: (id: string, token: string) =>
    client.send<Preorder>(`/v1/preorders/${encodeURIComponent(id)}`, { token }),
  withdraw: (id: string, token: string) =>
    client.send<Preorder>(`/v1/preorders/${encodeURIComponent(id)}`, { method: "DELETE", token }),
};
