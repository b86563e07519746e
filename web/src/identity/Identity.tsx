import { createContext, type ComponentChildren } from "preact";
import { useCallback, useContext, useMemo, useRef, useState } from "preact/hooks";
import { Problem } from "../api/problem";
import { SignInDialog } from "./SignInDialog";
import { storedSession, storeSession, type Session } from "./session";

/** The fan closed the sign-in dialog: not a failure, and nothing was sent. */
export class SignInDeclined extends Error {}

export interface Identity {
  session: Session | null;
  /** Counts the sign-outs: what one fan had on the page is not for the next. */
  departures: number;
  signIn: () => void;
  signOut: () => void;
  /**
   * Does something as the signed-in fan. Asks to sign in when nobody is, asks again when the token is refused,
   * and then carries on with the same action. Rejects with `SignInDeclined` when the fan would rather not.
   */
  asFan: <Outcome>(action: (session: Session) => Promise<Outcome>) => Promise<Outcome>;
  /** The token was refused in the background: forget it without disturbing the fan. */
  expire: () => void;
}

const nobody: Identity = {
  session: null,
  departures: 0,
  signIn: () => {},
  signOut: () => {},
  asFan: () => Promise.reject(new SignInDeclined()),
  expire: () => {},
};
const IdentityContext = createContext<Identity>(nobody);
export const useIdentity = () => useContext(IdentityContext);

interface Asking {
  expired: boolean;
  resolve: (session: Session) => void;
  reject: (reason: SignInDeclined) => void;
}

export function IdentityProvider({ children }: { children: ComponentChildren }) {
  const [session, setSession] = useState(storedSession);
  const [departures, setDepartures] = useState(0);
  const [asking, setAsking] = useState<Asking | null>(null);
  // Actions outlive the render that started them; they must see the session of now.
  const current = useRef(session);

  const become = useCallback((next: Session | null) => {
    current.current = next;
    storeSession(next);
    setSession(next);
  }, []);

  const ask = useCallback(
    (expired: boolean) => new Promise<Session>((resolve, reject) => setAsking({ expired, resolve, reject })),
    [],
  );

  const identity = useMemo<Identity>(
    () => ({
      session,
      departures,
      signIn: () => void ask(false).catch(() => {}),
      signOut: () => {
        become(null);
        setDepartures((count) => count + 1);
      },
      expire: () => become(null),
      asFan: async (action) => {
        const known = current.current ?? (await ask(false));
        try {
          return await action(known);
        } catch (error) {
          if (!(error instanceof Problem && error.needsSignIn)) throw error;
          become(null);
          return action(await ask(true));
        }
      },
    }),
    [session, departures, ask, become],
  );

  return (
    <IdentityContext.Provider value={identity}>
      {children}
      {asking && (
        <SignInDialog
          expired={asking.expired}
          onDone={(next) => {
            become(next);
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
