import type { Batch, Campaign, Feature, Line, Quote, Variant } from "../api/types";

/** What a fan has configured so far. */
export interface Choice {
  variant: Variant;
  quantity: number;
}

/** The options of a feature that can still be chosen, in the feature's own order. */
export function selectableOf(campaign: Pick<Campaign, "selectable">, feature: Feature): Feature["options"] {
  const kept = campaign.selectable?.[feature.feature_id];
  return kept ? feature.options.filter((option) => kept.includes(option.option_id)) : feature.options;
}

/** The first selectable option of each feature, one unit: a whole variant, so that there is a price from the start. */
export function firstChoice(campaign: Pick<Campaign, "selectable" | "features">): Choice {
  const variant: Variant = {};
  for (const feature of campaign.features) {
    const option = selectableOf(campaign, feature)[0];
    if (option) variant[feature.feature_id] = option.option_id;
  }
  return { variant, quantity: 1 };
}

/** A choice that was kept in the tab, as far as it can still be ordered; null for what is no choice. */
export function acceptChoice(kept: unknown, campaign: Pick<Campaign, "selectable" | "features" | "limit_per_fan">): Choice | null {
  const { variant, quantity } = (typeof kept === "object" && kept !== null ? kept : {}) as Partial<Choice>;
  if (typeof variant !== "object" || variant === null || typeof quantity !== "number") return null;
  const accepted = firstChoice(campaign);
  for (const feature of campaign.features) {
    const wanted = selectableOf(campaign, feature).find((option) => option.option_id === variant[feature.feature_id]);
    if (wanted) accepted.variant[feature.feature_id] = wanted.option_id;
  }
  return { ...accepted, quantity: withinLimit(quantity, campaign.limit_per_fan) };
}

/** Keeps a typed quantity within 1 and the limit; what is no number becomes 1. */
export function withinLimit(quantity: number, limit: number): number {
  if (!Number.isFinite(quantity)) return 1;
  return Math.max(1, Math.min(Math.trunc(quantity), limit));
}

export const linesOf = (choice: Choice): Line[] => [{ variant: choice.variant, quantity: choice.quantity }];

/**
 * Units that others must still order, after these, until the next price. Counted from the units that are really held:
 * the quote's own distance starts no lower than the minimum, since a batch below it has no price at all.
 */
export function unitsToGo(quote: Quote, batches: Batch[]): number {
  if (!quote.next_tier) return 0;
  const batch = batches.find((one) => one.number === quote.batch.number);
  if (!batch) return quote.next_tier.units_to_go;
  return Math.max(1, quote.next_tier.from_units - batch.held_units - quote.units);
}
