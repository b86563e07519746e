import type { Address, Batch, Campaign, Line, Preorder, Variant } from "../api/types";
import { tierAt } from "./choice";

/**
 * The most that these lines would cost in the pre-order's own batch. Its unit prices are known from the pre-order: what
 * is left of them without the surcharges is the same for every variant. The API checks it: it refuses what costs more.
 */
export function mostAfter(preorder: Preorder, campaign: Pick<Campaign, "features" | "playbook">, lines: Line[]): number {
  const own = preorder.lines[0];
  if (!own) return preorder.total_most_minor;
  const bare = own.unit_price_most_minor - dearest(own, campaign);
  return lines.reduce((sum, line) => sum + Math.max(line.up_to ?? 0, line.quantity) * (bare + dearest(line, campaign)), 0);
}

/** The most that so many units cost as the batch stands: its first price at the minimum that was announced. */
export function mostOf(
  campaign: Pick<Campaign, "features" | "playbook" | "price_ladder">,
  batch: Pick<Batch, "minimum">,
  variant: Variant,
  quantity: number,
): number {
  const unit = tierAt(campaign.price_ladder, batch.minimum)?.unit_price_minor ?? 0;
  return quantity * (unit + dearest({ variant, quantity }, campaign));
}

/** The dearest that a line can become: by its second choice, and by what the playbook folds. */
function dearest(line: Line, campaign: Pick<Campaign, "features" | "playbook">): number {
  const becoming = [line.variant, ...(line.second_choice ? [line.second_choice] : [])].flatMap((one) => folds(one, campaign));
  return Math.max(...becoming.map((variant) => surcharges(variant, campaign)));
}

function folds(variant: Variant, { playbook }: Pick<Campaign, "playbook">): Variant[] {
  const found = [variant];
  for (const step of playbook) {
    const last = found.at(-1)!;
    if (step.kind === "fold" && last[step.feature_id] === step.from_option) {
      found.push({ ...last, [step.feature_id]: step.into_option });
    }
  }
  return found;
}

function surcharges(variant: Variant, { features }: Pick<Campaign, "features">): number {
  const chosen = features.flatMap((feature) =>
    feature.options.filter((option) => option.option_id === variant[feature.feature_id]),
  );
  return chosen.reduce((sum, option) => sum + option.surcharge_minor, 0);
}

export type AddressForm = Record<"name" | "street" | "postal_code" | "city" | "region" | "country", string>;
export const ADDRESS_FIELDS = ["name", "street", "postal_code", "city", "region"] as const;

export function addressForm(address: Address | null): AddressForm {
  const { name = "", street = "", postal_code = "", city = "", country = "", region } = address ?? {};
  return { name, street, postal_code, city, country, region: region ?? "" };
}

/** The address as it is sent; null for none, "incomplete" for one that nothing could be sent to. */
export function addressOf(form: AddressForm): Address | null | "incomplete" {
  const trimmed = Object.fromEntries(Object.entries(form).map(([field, text]) => [field, text.trim()])) as AddressForm;
  const { region, ...needed } = trimmed;
  if (Object.values(trimmed).every((text) => text === "")) return null;
  if (Object.values(needed).some((text) => text === "")) return "incomplete";
  return { ...needed, region: region || null };
}
