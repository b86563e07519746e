import type { PreorderState } from "../api/types";

const ENDED: readonly PreorderState[] = ["lapsed", "withdrawn", "dropped", "refunded"];
const WITHDRAWABLE: readonly PreorderState[] = ["placed", "secured"];

/** Nothing will be delivered and nothing is owed any more. */
export const endedBadly = (state: PreorderState) => ENDED.includes(state);

/** Free until the lock; the API has the last word. */
export const canWithdraw = (state: PreorderState) => WITHDRAWABLE.includes(state);
