import { Client } from "../api/client";
import { asProblem, Problem } from "../api/problem";
import { config } from "../config";
import { tabMemory } from "../ui/remembered";
import { arrivalAt, begin } from "./journey";
import type { Session } from "./session";
import type { PoolConfig, UserPool } from "./userPool";

/** A way to become a fan. Where the page is served says which one holds, see `config`. */
export interface SignInWay {
  /** What the dialog asks for before `signIn` is called. */
  readonly asks: "name" | "nothing";
  /** Never resolves where it leaves the page: then the fan comes back to a new one, see `arrival`. */
  signIn(name: string, organises: boolean): Promise<Session>;
  /** The same session with a later end; null when it has ended for good. */
  renew(session: Session): Promise<Session | null>;
  /** Ends the session where it was begun; may leave the page. */
  signOut(session: Session): void;
}

const client = new Client();

/** The local run's own issuer: any name is taken, for there is nobody to fool but oneself. */
const local: SignInWay = {
  asks: "name",
  signIn: async (name, organises) => {
    const body = { name, role: organises ? "organiser" : "fan" };
    return { ...(await client.send<Pick<Session, "token" | "name">>("/local/token", { method: "POST", body })), renewal: null };
  },
  renew: () => Promise.resolve(null),
  signOut: () => {},
};

/** The user pool's managed login. */
function managedLogin(pool: UserPool): SignInWay {
  return {
    asks: "nothing",
    signIn: async () => {
      leaveFor(pool.signInAddress(await begin(location.pathname, tabMemory())));
      return new Promise(() => {});
    },
    renew: async ({ renewal }) => {
      try {
        return renewal && (await pool.renew(renewal));
      } catch (error) {
        const problem = asProblem(error);
        if (["network", "sign_in_unavailable"].includes(problem.code)) throw problem;
        return null;
      }
    },
    signOut: ({ renewal }) => {
      if (renewal) pool.revoke(renewal).catch(() => {});
      leaveFor(pool.signOutAddress());
    },
  };
}

/** The way that holds here, or null where nobody can sign in. Throws a `Problem` while that is unknown. */
export async function findWay(): Promise<SignInWay | null> {
  const { sign_in } = await config();
  if (sign_in.way === "local") return local;
  return sign_in.way === "user_pool" ? managedLogin(await poolOf(sign_in)) : null;
}

/**
 * What came of the sign-in from which a fan has just come back, or null when this is no such visit. Call it before the
 * first render: it takes the code out of the address bar and puts back the path where the fan was.
 */
export function arrival(): Promise<Session | Problem> | null {
  const arrived = arrivalAt(location, tabMemory());
  if (!arrived) return null;
  history.replaceState(null, "", arrived.path);
  const { outcome } = arrived;
  return outcome instanceof Problem ? Promise.resolve(outcome) : exchange(outcome.code, outcome.verifier).catch(asProblem);
}

async function exchange(code: string, verifier: string): Promise<Session> {
  const { sign_in } = await config();
  if (sign_in.way !== "user_pool") throw new Problem(0, "sign_in_failed");
  return (await poolOf(sign_in)).exchange(code, verifier);
}

/** Fetched by who signs in: most who look do not. */
const poolOf = async (known: PoolConfig) => new (await import("./userPool")).UserPool(known, location.origin);

/** Going back from there may show this page as it was left, with a sign-in under way: begin afresh instead. */
function leaveFor(address: string): void {
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload(), { once: true });
  location.assign(address);
}
