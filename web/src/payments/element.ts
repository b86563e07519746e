import { Problem } from "../api/problem";
import type { Speech } from "../i18n/Language";
import { payments } from "./routes";
import type { Provider } from "./types";

/**
 * Where a card is given to the payment provider, past us: the page sees a token and no more. One implementation per
 * provider; each is fetched when a card is asked for.
 */
export interface PaymentElement {
  mount(node: HTMLElement): void;
  /** What stands for the card from here on; or, in the fan's language, why there is none. */
  token(): Promise<Token>;
  /** Leads to the bank and back. "declined" also when the fan turned back: what holds is what the API then says. */
  confirm(action: string): Promise<"done" | "declined">;
  /** It can be mounted again; what was typed may be gone. */
  unmount(): void;
}

export type Token = { token: string } | { problem: string };

export interface Opening {
  speech: Speech;
  /** Of what is to be paid, ISO 4217. */
  currency: string;
}

/** The element of the provider that holds here. Rejects with a `Problem` when it cannot be had at the moment. */
export async function openElement(opening: Opening, found: () => Promise<Provider> = payments.provider): Promise<PaymentElement> {
  const { provider, publishable_key: key } = await found();
  if (provider === "stripe") return (await import("./stripe")).stripeElement(opening, key ?? "");
  return (await import("./lookalike")).lookalikeElement(opening);
}

/** Asks the element for its token; rejects, and nothing is sent, when it answers with what could be a card's number. */
export async function tokenOf(element: PaymentElement): Promise<Token> {
  const answer = await element.token();
  if ("token" in answer && !isToken(answer.token)) throw new Problem(0, "unexpected");
  return answer;
}

/** A provider's token begins with a letter, and holds no row of digits as long as a card's number. */
export const isToken = (text: string) => /^[a-z]\w{0,99}$/i.test(text) && !/\d{12}/.test(text.replaceAll("_", ""));
