import { tabMemory } from "../ui/remembered";

/** Who is signed in on this tab. */
export interface Session {
  /** The ID token: what the API takes. */
  token: string;
  /** How the fan is addressed. */
  name: string;
  /** How the session outlives its token; null where it ends with it. */
  renewal: Renewal | null;
}

export interface Renewal {
  refreshToken: string;
  /** By this machine's clock, in epoch milliseconds: when the token ends. */
  endsAt: number;
}

export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const SLOT = "groundswell.session";

/*
 * The session lives in the tab's session storage. Plain memory would lose it on a reload in the middle of a purchase;
 * local storage would leave it on a shared computer after the browser is closed; a cookie would be sent along with
 * requests that other sites start. What reads session storage is script of this origin, and the page's policy
 * lets no other script in. The refresh token lies there as well, because phones drop tabs that are not looked at: a fan
 * who fetches the code from the mail would be asked again an hour later. Signing out revokes it.
 */
export function storedSession(store: Store = tabMemory()): Session | null {
  try {
    const stored = JSON.parse(store.getItem(SLOT) ?? "null") as Partial<Session> | null;
    return stored?.token && stored.name ? { token: stored.token, name: stored.name, renewal: stored.renewal ?? null } : null;
  } catch {
    return null;
  }
}

export function storeSession(session: Session | null, store: Store = tabMemory()): void {
  if (session) store.setItem(SLOT, JSON.stringify(session));
  else store.removeItem(SLOT);
}

/** The subject of a token: only to tell one fan's unfinished purchase from another's on this tab. */
export function fanOf(session: Session): string {
  const { sub } = claimsOf(session.token);
  return typeof sub === "string" ? sub : session.name;
}

/** Whether the account is an organiser's: only to show the way to their view, which the API then guards. */
export function isOrganiser(session: Session): boolean {
  const groups = claimsOf(session.token)["cognito:groups"];
  return Array.isArray(groups) && groups.includes("organisers");
}

/** What a token says, unverified: the API judges it, the page only addresses the fan by it. Empty for no token. */
export function claimsOf(token: string): Record<string, unknown> {
  try {
    const payload = token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
