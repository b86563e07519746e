import type { Account, Balances } from "./types";

/** In the order in which money passes through them. */
const ORDER: readonly Account[] = ["provider", "fans", "refunds_due", "manufacturer", "fees", "partner", "organiser"];

export interface ShownBalance {
  account: Account;
  /** What is there at the provider; of all others, what they are to have. */
  minor: number;
}

/** The accounts as people read them: the ledger writes what somebody is to have as a credit, below zero. */
export function shownBalances({ balances }: Balances): ShownBalance[] {
  const place = (account: Account) => ORDER.indexOf(account);
  return balances
    .map(({ account, balance_minor: minor }) => ({ account, minor: account === "provider" || minor === 0 ? minor : -minor }))
    .sort((one, other) => place(one.account) - place(other.account));
}

/** What is left of all accounts together: anything but nothing is a mistake. */
export const astrayMinor = ({ balances }: Balances) => balances.reduce((sum, { balance_minor: minor }) => sum + minor, 0);
