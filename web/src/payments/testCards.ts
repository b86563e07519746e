/** The simulated provider's test methods that a fan can choose between; each is its own token. */
export const TEST_CARDS = [
  "card",
  "card_authenticate",
  "card_authenticate_always",
  "card_declined",
  "card_insufficient_funds",
  "card_expired",
  "card_declines_later",
  "card_expires_later",
  "card_refund_fails",
] as const;

export type TestCard = (typeof TEST_CARDS)[number];
export const FIRST_CARD: TestCard = "card";
