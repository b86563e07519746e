import { Client } from "../api/client";
import type { Session } from "./session";

/**
 * A way to become a fan. Where the page is served says which one holds: the local run answers at
 * /local/config.json. A user pool's hosted sign-in is a second implementation whose `signIn` leaves
 * for the pool and comes back; nothing else of the page would change.
 */
export interface SignInWay {
  /** What the dialog asks for before `signIn` is called. */
  readonly asks: "name" | "nothing";
  signIn(name: string): Promise<Session>;
}

const client = new Client();

/** The local run's own issuer: any name is taken, for there is nobody to fool but oneself. */
const local: SignInWay = {
  asks: "name",
  signIn: (name) => client.send<Session>("/local/token", { method: "POST", body: { name, role: "fan" } }),
};

/** The way that holds here, or null where nobody can sign in. */
export async function findWay(): Promise<SignInWay | null> {
  try {
    const config = await client.send<{ sign_in?: string }>("/local/config.json");
    return config.sign_in === "local" ? local : null;
  } catch {
    return null;
  }
}
