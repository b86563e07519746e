import { createContext, type ComponentChildren } from "preact";
import { useCallback, useContext, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Problem } from "../api/problem";
import { forgetDrafts } from "../drafts/drafts";
import { lazily } from "../ui/lazily";
import { Keeping } from "./keeping";
import { storedSession, storeSession, type Session } from "./session";
import { findWay } from "./ways";

const SignInDialog = lazily("sign-in", async () => (await import("./SignInDialog")).SignInDialog, "signIn");

/** The fan closed the sign-in dialog: not a failure, and nothing was sent. */
export class SignInDeclined extends Error {}

export interface Identity {
  session: Session | null;
  /** The fan has just come back from signing in, and who it is will be known in a moment. */
  arriving: boolean;
  /** Counts the sign-outs: what one fan had on the page is not for the next. */
  departures: number;
  signIn: () => void;
  signOut: () => void;
  /**
   * Does something as the signed-in fan. Asks to sign in when nobody is, asks again when the token is refused,
   * and then carries on with the same action. Rejects with `SignInDeclined` when the fan would rather not.
   */
  asFan: <Outcome>(action: (session: Session) => Promise<Outcome>) => Promise<Outcome>;
  /** The same without ever asking: a session that has ended is forgotten without disturbing the fan. */
  inBackground: <Outcome>(action: (session: Session) => Promise<Outcome>) => Promise<Outcome>;
}

const declined = () => Promise.reject(new SignInDeclined());
const nobody: Identity = {
  session: null,
  arriving: false,
  departures: 0,
  signIn: () => {},
  signOut: () => {},
  asFan: declined,
  inBackground: declined,
};
const IdentityContext = createContext<Identity>(nobody);
export const useIdentity = () => useContext(IdentityContext);

export type Arriving = Promise<Session | Problem> | null;

interface Asking {
  expired: boolean;
  /** Why the last try failed. */
  problem: Problem | null;
  resolve: (session: Session) => void;
  reject: (reason: SignInDeclined) => void;
}

export function IdentityProvider({ arrival, children }: { arrival: Arriving; children: ComponentChildren }) {
  const { session, keeping } = useKeeping();
  const [departures, setDepartures] = useState(0);
  const [asking, setAsking] = useState<Asking | null>(null);
  const ask = useCallback(
    (expired: boolean, problem: Problem | null = null) =>
      new Promise<Session>((resolve, reject) => setAsking({ expired, problem, resolve, reject })),
    [],
  );
  const arriving = useArrival(arrival, keeping, (problem) => void ask(false, problem).catch(() => {}));

  const identity = useMemo<Identity>(
    () => ({
      session,
      arriving,
      departures,
      signIn: () => void ask(false).catch(() => {}),
      signOut: () => {
        const left = keeping.session;
        keeping.become(null);
        forgetDrafts();
        setDepartures((count) => count + 1);
        if (left) findWay().then((way) => way?.signOut(left), () => {});
      },
      asFan: async (action) => {
        await arrival;
        const before = keeping.session;
        const known = (await keeping.fresh()) ?? (await ask(before !== null));
        return refusable(keeping, known, action).catch(async (error: unknown) => {
          if (!isRefusal(error)) throw error;
          return action(await ask(true));
        });
      },
      inBackground: async (action) => {
        const known = await keeping.fresh();
        return known ? refusable(keeping, known, action) : declined();
      },
    }),
    [session, arriving, arrival, departures, ask, keeping],
  );

  return (
    <IdentityContext.Provider value={identity}>
      {children}
      {asking && (
        <SignInDialog
          expired={asking.expired}
          problem={asking.problem}
          onDone={(next) => {
            keeping.become(next);
            setAsking(null);
            asking.resolve(next);
          }}
          onCancel={() => {
            setAsking(null);
            asking.reject(new SignInDeclined());
          }}
        />
      )}
    </IdentityContext.Provider>
  );
}

const isRefusal = (error: unknown) => error instanceof Problem && error.needsSignIn;

/** Does it with this session's token; a refused token ends the session. */
async function refusable<Outcome>(keeping: Keeping, known: Session, action: (session: Session) => Promise<Outcome>) {
  try {
    return await action(known);
  } catch (error) {
    if (isRefusal(error) && keeping.session?.token === known.token) keeping.become(null);
    throw error;
  }
}

function useKeeping() {
  const [session, setSession] = useState(storedSession);
  const keeping = useMemo(
    () =>
      new Keeping(session, {
        renew: async (ending) => (await findWay())?.renew(ending) ?? null,
        changed: (next) => {
          storeSession(next);
          setSession(next);
        },
      }),
    [],
  );
  return { session, keeping };
}

/** Waits for the sign-in from which the fan has come back; true as long as it lasts. */
function useArrival(arrival: Arriving, keeping: Keeping, failed: (problem: Problem) => void): boolean {
  const [arriving, setArriving] = useState(arrival !== null);
  const tell = useRef(failed);
  tell.current = failed;
  useEffect(() => {
    void arrival?.then((outcome) => {
      setArriving(false);
      if (!(outcome instanceof Problem)) keeping.become(outcome);
      // Whoever is signed in already need not hear that a link of somebody else's did nothing.
      else if (!keeping.session) tell.current(outcome);
    });
  }, [arrival, keeping]);
  return arriving;
}
