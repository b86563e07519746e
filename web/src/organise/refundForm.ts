import { decimalOf } from "../format/money";
import { randomKey } from "../preorders/intent";

export const SHORTEST_REASON = 3;

/** Minor units of an amount as somebody types it, with a point or a comma; null for what is none, or has too many digits. */
export function minorOf(typed: string, digits: number): number | null {
  const [, whole = "", part = ""] = /^(\d{1,12})(?:[.,](\d*))?$/.exec(typed.trim().replace(/[\s\u00a0]/g, "")) ?? [];
  if (whole === "" || part.length > digits) return null;
  const minor = Number(whole + part.padEnd(digits, "0"));
  return minor > 0 ? minor : null;
}

/** How an amount is typed in this currency. */
export const exampleOf = (digits: number) => decimalOf(15 * 10 ** digits, digits);

/** The pre-order of what is typed: fans quote the number of a refund as well, which follows after a dash. */
export const preorderOf = (typed: string) => typed.trim().replace(/^([^.]+\.[^-]+)-\d+$/, "$1");

interface GivenBack {
  preorderId: string;
  body: { amount_minor: number; reason: string };
}

/** The Idempotency-Key of a refund: the same one for as long as the same is asked for and nobody knows what became of it. */
export class RefundKeys {
  #pending: { asked: string; key: string } | null = null;

  constructor(private readonly newKey: () => string = randomKey) {}

  of(asked: GivenBack): string {
    const text = JSON.stringify(asked);
    if (this.#pending?.asked !== text) this.#pending = { asked: text, key: this.newKey() };
    return this.#pending.key;
  }

  conclude(): void {
    this.#pending = null;
  }
}
