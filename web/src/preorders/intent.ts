import type { NewPreorder } from "../api/types";

/**
 * What a fan has confirmed, with the Idempotency-Key that stands for it. The key and the body stay together
 * until the outcome is known, because a retry with another key could order twice and a retry with another body
 * would be refused. Kept in the tab's storage so that a reload in the middle of a purchase keeps it as well.
 */
export interface Intent {
  key: string;
  campaignId: string;
  /** Who confirmed it: another fan on the same tab starts afresh. */
  fan: string;
  body: NewPreorder;
}

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class Intents {
  readonly #store: Store;
  readonly #newKey: () => string;

  constructor(store: Store = sessionStorage, newKey: () => string = randomKey) {
    this.#store = store;
    this.#newKey = newKey;
  }

  /** The intent whose outcome this fan does not know yet, if there is one. */
  pending(campaignId: string, fan: string): Intent | null {
    const intent = parsed(this.#store.getItem(slot(campaignId)));
    return intent?.campaignId === campaignId && intent.fan === fan ? intent : null;
  }

  /** Begins an intent, or takes up the pending one when it is the same purchase. */
  begin(campaignId: string, fan: string, body: NewPreorder): Intent {
    const pending = this.pending(campaignId, fan);
    if (pending && JSON.stringify(pending.body) === JSON.stringify(body)) return pending;
    const intent: Intent = { key: this.#newKey(), campaignId, fan, body };
    this.#store.setItem(slot(campaignId), JSON.stringify(intent));
    return intent;
  }

  /** The outcome is known, good or bad: the next pre-order is a new one. */
  conclude(campaignId: string): void {
    this.#store.removeItem(slot(campaignId));
  }
}

const slot = (campaignId: string) => `groundswell.intent.${campaignId}`;

function parsed(text: string | null): Intent | null {
  if (!text) return null;
  try {
    const intent = JSON.parse(text) as Partial<Intent>;
    return intent.key && intent.fan && intent.body?.lines ? (intent as Intent) : null;
  } catch {
    return null;
  }
}

/** 128 random bits; `crypto.randomUUID` is missing where the page is not served securely, as on a phone in the LAN. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
