import { asProblem } from "../api/problem";
import type { Session } from "./session";

/** A token that ends sooner than this is renewed first: a request takes seconds, two clocks differ by more. */
export const MARGIN_MS = 120_000;

interface Ports {
  /** The later session; null when it has ended for good. Throws a `Problem` when that is unknown. */
  renew: (session: Session) => Promise<Session | null>;
  /** Told of every change, before anybody else sees it. */
  changed: (session: Session | null) => void;
  now?: () => number;
}

/** Keeps the one session of a page alive. Actions outlive the render that started them; they ask here who is signed in. */
export class Keeping {
  #session: Session | null;
  #renewing: Promise<Session | null> | null = null;
  readonly #renew: Ports["renew"];
  readonly #changed: Ports["changed"];
  readonly #now: () => number;

  constructor(session: Session | null, { renew, changed, now = Date.now }: Ports) {
    this.#session = session;
    this.#renew = renew;
    this.#changed = changed;
    this.#now = now;
  }

  get session(): Session | null {
    return this.#session;
  }

  become(next: Session | null): void {
    this.#session = next;
    this.#changed(next);
  }

  /**
   * The session with a token that is good for the next request; null when nobody is signed in any more. Whoever asks
   * during a renewal waits for the same one. Throws a `Problem` when the token has ended and the pool gives no answer.
   */
  fresh(): Promise<Session | null> {
    const known = this.#session;
    if (!known?.renewal || known.renewal.endsAt - this.#now() > MARGIN_MS) return Promise.resolve(known);
    this.#renewing ??= this.#renewed(known, known.renewal.endsAt).finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  async #renewed(known: Session, endsAt: number): Promise<Session | null> {
    let next: Session | null;
    try {
      next = await this.#renew(known);
    } catch (error) {
      if (this.#session !== known) return this.#session;
      if (endsAt > this.#now()) return known;
      throw asProblem(error);
    }
    // Signed out or in anew meanwhile: that stands.
    if (this.#session === known) this.become(next);
    return this.#session;
  }
}
