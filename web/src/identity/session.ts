import { tabMemory } from "../ui/remembered";

/** Who is signed in on this tab. */
export interface Session {
  token: string;
  /** How the fan is addressed. */
  name: string;
}

const SLOT = "groundswell.session";

/*
 * The token lives in the tab's session storage. Plain memory would lose it on a reload in the middle of a purchase;
 * local storage would leave it on a shared computer after the browser is closed; a cookie would be sent along with
 * requests that other sites start. What reads session storage is script of this origin, and the page's policy
 * lets no other script in.
 */
export function storedSession(): Session | null {
  try {
    const stored = JSON.parse(tabMemory().getItem(SLOT) ?? "null") as Partial<Session> | null;
    return stored?.token && stored.name ? { token: stored.token, name: stored.name } : null;
  } catch {
    return null;
  }
}

export function storeSession(session: Session | null): void {
  if (session) tabMemory().setItem(SLOT, JSON.stringify(session));
  else tabMemory().removeItem(SLOT);
}

/** The subject of a token, unverified: only to tell one fan's unfinished purchase from another's on this tab. */
export function fanOf(session: Session): string {
  try {
    const payload = session.token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/");
    const claims = JSON.parse(atob(payload)) as { sub?: unknown };
    return typeof claims.sub === "string" ? claims.sub : session.name;
  } catch {
    return session.name;
  }
}
