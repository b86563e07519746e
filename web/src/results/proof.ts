import type { Ballot, BallotLine, BallotList, LinePage } from "../api/types";

/*
 * What a fan's own machine can check of the published list, from docs/BALLOTS.md and without trusting the counting.
 */

/** JSON with keys sorted at every depth, no spaces and non-ASCII escaped: what is hashed. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return escaped(JSON.stringify(value));
  // By hand: an object of JavaScript's own would put keys such as "28" before all others.
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([key, held]) => `${canonical(key)}:${canonical(held)}`).join(",")}}`;
}

const escaped = (json: string) =>
  json.replace(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** SHA-256 in hexadecimal. Needs a secure context: https, or this machine. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const receiptOf = ({ version, voter_id, votes }: Pick<BallotLine, "version" | "voter_id" | "votes">) =>
  sha256(canonical({ version, voter_id, votes }));

export const bucketOf = (voterId: string, buckets: number) => Number.parseInt(voterId.slice(0, 8), 16) % buckets;

/**
 * `found`: the list has the ballot as it was cast, its receipt is the hash of its line, and the list is sealed by the
 * certified root. `missing`: no line of this voter. `changed`: another ballot than the one cast. `unsealed`: the ballot
 * is there, but the list is not the one that was certified.
 */
export type Verdict = "found" | "missing" | "changed" | "unsealed";

type ReadPage = (bucket: number, cursor: string | null) => Promise<LinePage>;

/** Looks for a ballot in the published list, and reads its whole bucket to follow the chain to the certified root. */
export async function find(own: Ballot, list: BallotList, certifiedRoot: string, read: ReadPage): Promise<Verdict> {
  const bucket = bucketOf(own.voter_id, list.buckets);
  const lines = await linesOf(bucket, read);
  const line = lines.find((one) => one.voter_id === own.voter_id);
  if (!line) return "missing";
  if (line.receipt !== own.receipt || (await receiptOf(line)) !== own.receipt) return "changed";
  const sealed = (await chainOf(list.campaign_id, bucket, lines)) === list.chains[bucket];
  return sealed && (await rootOf(list)) === certifiedRoot ? "found" : "unsealed";
}

async function linesOf(bucket: number, read: ReadPage): Promise<BallotLine[]> {
  const lines: BallotLine[] = [];
  let cursor: string | null = null;
  do {
    const page: LinePage = await read(bucket, cursor);
    lines.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return lines;
}

async function chainOf(campaignId: string, bucket: number, lines: BallotLine[]): Promise<string> {
  let chain = await sha256(`groundswell:ballots:1:${campaignId}:${bucket}`);
  for (const line of lines) chain = await sha256(chain + line.receipt);
  return chain;
}

const rootOf = ({ campaign_id, ballots, chains }: BallotList) =>
  sha256([`groundswell:root:1:${campaign_id}:${ballots}`, ...chains].join("\n"));
