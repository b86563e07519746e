import { Problem } from "./api/problem";

/** What differs between the places that serve the page; each answers it at the same address. */
export interface Config {
  /** What stands before the API's own paths: "" or, behind the CDN, "/api". */
  api: string;
  sign_in: SignInConfig;
  /** The mail address of those who run this, where it is told. */
  contact?: string;
}

export type SignInConfig =
  | { way: "local" }
  | { way: "user_pool"; domain: string; client_id: string }
  /** Also whatever way this page does not know: everybody may read, nobody can sign in. */
  | { way: "none" };

const ADDRESS = "/config.json";
const TIMEOUT_MS = 15_000;

/** Understands what was sent. Throws a `Problem` when it does not say where the API is. */
export function parseConfig(sent: unknown): Config {
  const { api, sign_in, contact } = fieldsOf(sent);
  if (typeof api !== "string" || !/^(\/[\w-]+)*$/.test(api)) throw new Problem(0, "config");
  const told = typeof contact === "string" && /^[^\s@?&,]+@[^\s@?&,]+$/.test(contact) ? { contact } : {};
  return { api, sign_in: parseSignIn(fieldsOf(sign_in)), ...told };
}

function parseSignIn({ way, domain, client_id }: Record<string, unknown>): SignInConfig {
  if (way === "local") return { way };
  const named = typeof domain === "string" && /^[a-z\d.-]+(:\d+)?$/i.test(domain);
  if (way === "user_pool" && named && typeof client_id === "string" && client_id) return { way, domain, client_id };
  return { way: "none" };
}

const fieldsOf = (value: unknown) => (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;

/** One answer for all who ask; a failure is not kept, so that asking again tries again. */
export function once<Answer>(load: () => Promise<Answer>): () => Promise<Answer> {
  let known: Promise<Answer> | null = null;
  return () => {
    known ??= load().catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
}

// Without headers of its own: only so does the browser hand over what index.html has begun to load.
async function load(): Promise<Config> {
  let response: Response;
  try {
    response = await fetch(ADDRESS, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    throw new Problem(0, "network");
  }
  if (!response.ok) throw new Problem(0, "config");
  return parseConfig(await response.json().catch(() => null));
}

export const config = once(load);
