import type { Batch, Campaign, Feature, Line, Quote, Variant, Wanted } from "../api/types";

/** What a fan has configured so far. What is left out was not asked for. */
export interface Choice {
  variant: Variant;
  quantity: number;
  /** More units, if they help. */
  upTo?: number | undefined;
  /** What else, if the variant is not made. */
  second?: Variant | undefined;
  /** Only at this unit price or less, before surcharges. */
  capMinor?: number | undefined;
  country?: string | undefined;
  /** Over two batches, if the first has too little room for all. */
  maySplit?: boolean | undefined;
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

type Offered = Pick<Campaign, "selectable" | "features" | "limit_per_fan" | "price_ladder">;

/** A choice that was kept in the tab, as far as it can still be ordered; null for what is no choice. */
export function acceptChoice(kept: unknown, campaign: Offered): Choice | null {
  const choice = (typeof kept === "object" && kept !== null ? kept : {}) as Partial<Choice>;
  if (typeof choice.variant !== "object" || choice.variant === null || typeof choice.quantity !== "number") return null;
  const quantity = withinLimit(choice.quantity, campaign.limit_per_fan);
  const accepted: Choice = { variant: acceptVariant(choice.variant, campaign), quantity };
  if (typeof choice.upTo === "number" && choice.upTo > quantity) accepted.upTo = withinLimit(choice.upTo, campaign.limit_per_fan);
  if (typeof choice.second === "object" && choice.second !== null) accepted.second = acceptVariant(choice.second, campaign);
  if (campaign.price_ladder.some((tier) => tier.unit_price_minor === choice.capMinor)) accepted.capMinor = choice.capMinor;
  if (typeof choice.country === "string") accepted.country = choice.country;
  if (choice.maySplit === true) accepted.maySplit = true;
  return accepted;
}

function acceptVariant(variant: Variant, campaign: Pick<Campaign, "selectable" | "features">): Variant {
  const accepted = firstChoice(campaign).variant;
  for (const feature of campaign.features) {
    const wanted = selectableOf(campaign, feature).find((option) => option.option_id === variant[feature.feature_id]);
    if (wanted) accepted[feature.feature_id] = wanted.option_id;
  }
  return accepted;
}

/** Keeps a typed quantity within 1 and the limit; what is no number becomes 1. */
export function withinLimit(quantity: number, limit: number): number {
  if (!Number.isFinite(quantity)) return 1;
  return Math.max(1, Math.min(Math.trunc(quantity), limit));
}

/** Whether a number that is still being typed can be taken as it stands: the field is not corrected under the fan's hands. */
export const isTaken = (typed: number, least: number, most: number) => Number.isInteger(typed) && typed >= least && typed <= most;

/** The choice as it is sent; the simple one is the simple body that it always was. */
export function wantedOf(choice: Choice, accessCode: string): Wanted {
  const line: Line = { variant: choice.variant, quantity: choice.quantity };
  if (choice.upTo && choice.upTo > choice.quantity) line.up_to = choice.upTo;
  if (choice.second && !sameVariant(choice.second, choice.variant)) line.second_choice = choice.second;
  const wanted: Wanted = { lines: [line] };
  if (choice.capMinor !== undefined) wanted.only_if_unit_price_at_most_minor = choice.capMinor;
  if (choice.maySplit && choice.quantity > 1) wanted.may_split = true;
  if (choice.country) wanted.country = choice.country;
  if (accessCode) wanted.access_code = accessCode;
  return wanted;
}

/** The lines of an answer as they are sent again. */
export function linesOf(lines: Line[]): Line[] {
  return lines.map(({ variant, quantity, up_to, second_choice }) => ({
    variant,
    quantity,
    ...(up_to ? { up_to } : {}),
    ...(second_choice ? { second_choice } : {}),
  }));
}

export const sameVariant = (one: Variant, other: Variant) =>
  Object.keys(one).every((featureId) => one[featureId] === other[featureId]);

/** The most units that these lines can become. */
export const mostUnits = (lines: Line[]) =>
  lines.reduce((units, line) => units + Math.max(line.up_to ?? 0, line.quantity), 0);

/** The tier of so many units; the first, while there are fewer. */
export function tierAt(ladder: Campaign["price_ladder"], units: number): Campaign["price_ladder"][number] | null {
  return ladder.findLast((tier) => tier.from_units <= units) ?? ladder[0] ?? null;
}

/**
 * The unit prices that a fan can insist on: those which a batch can lock at, other than the announced most. With a
 * playbook that lowers the minimum there are higher ones: who names one of these stays in.
 */
export function capsOf(campaign: Pick<Campaign, "price_ladder" | "playbook">, batch: Pick<Batch, "minimum" | "capacity">): number[] {
  const ladder = campaign.price_ladder;
  const lower = campaign.playbook.flatMap((step) => (step.kind === "next_tier" ? [step.minimum] : []));
  const first = tierAt(ladder, Math.min(batch.minimum, ...lower))?.from_units ?? 0;
  const most = tierAt(ladder, batch.minimum)?.unit_price_minor;
  const prices = ladder
    .filter((tier) => tier.from_units >= first && tier.from_units <= Math.max(batch.capacity, first))
    .map((tier) => tier.unit_price_minor);
  return [...new Set(prices)].filter((price) => price !== most).sort((one, other) => other - one);
}

/** The price that falls to the next tier's, before surcharges. */
export function priceBefore(ladder: Campaign["price_ladder"], next: NonNullable<Quote["next_tier"]>): number | null {
  return ladder.findLast((tier) => tier.from_units < next.from_units)?.unit_price_minor ?? null;
}

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
