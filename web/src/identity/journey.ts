import { Problem } from "../api/problem";
import { pathOf, routeOf } from "../router/route";
import { challengeOf, randomText } from "./pkce";
import type { Store } from "./session";

/** What this tab remembers while its fan is away at the user pool's sign-in. */
interface Journey {
  state: string;
  verifier: string;
  /** Where the fan was. */
  path: string;
}

/** The way back: a code to exchange, or why there is none; and where to go on. */
export interface Arrival {
  path: string;
  outcome: { code: string; verifier: string } | Problem;
}

const SLOT = "groundswell.sign-in";

/** Remembers a new journey, and answers what the pool has to know of it. A second one replaces the first. */
export async function begin(path: string, store: Store): Promise<{ state: string; challenge: string }> {
  const journey: Journey = { state: randomText(), verifier: randomText(), path };
  const challenge = await challengeOf(journey.verifier);
  store.setItem(SLOT, JSON.stringify(journey));
  return { state: journey.state, challenge };
}

/**
 * Reads an address that the pool may have sent the fan back to; null for every other. A journey ends here, whatever
 * came of it: no state is good for a second answer.
 */
export function arrivalAt({ pathname, search }: Pick<Location, "pathname" | "search">, store: Store): Arrival | null {
  const told = new URLSearchParams(search);
  const [code, error, state] = [told.get("code"), told.get("error"), told.get("state")];
  if (pathname !== "/" || (code === null && error === null)) return null;
  const journey = taken(store);
  // A link of somebody else's could carry their code, and the fan would vote in their name without knowing.
  if (journey === null || journey.state !== state) return { path: "/", outcome: new Problem(0, "sign_in_foreign") };
  const path = ownPath(journey.path);
  if (error !== null || !code) return { path, outcome: refusalOf(error) };
  return { path, outcome: { code, verifier: journey.verifier } };
}

/** The pool's error codes in the page's; its description is text of the address, which anybody may write, so not shown. */
export function refusalOf(error: unknown): Problem {
  switch (error) {
    case "access_denied":
      return new Problem(0, "sign_in_denied");
    case "invalid_grant":
      return new Problem(0, "sign_in_late");
    case "server_error":
    case "temporarily_unavailable":
      return new Problem(0, "sign_in_unavailable");
    default:
      return new Problem(0, "sign_in_failed");
  }
}

/** One of the page's own addresses, whatever was stored. */
const ownPath = (path: string) => pathOf(routeOf(path));

function taken(store: Store): Journey | null {
  const text = store.getItem(SLOT);
  store.removeItem(SLOT);
  try {
    const journey = JSON.parse(text ?? "null") as Partial<Journey> | null;
    return journey?.state && journey.verifier && journey.path ? (journey as Journey) : null;
  } catch {
    return null;
  }
}
