import type { Campaign, Quote } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { priceBefore } from "./choice";

interface Props {
  campaign: Campaign;
  nextTier: Quote["next_tier"];
  unitsToGo: number;
}

/** The group price by units of the batch, and how far the next step is. */
export function PriceLadder({ campaign, nextTier, unitsToGo }: Props) {
  const { t, money } = useSpeech();
  const { currency, price_ladder: ladder } = campaign;
  const before = nextTier && priceBefore(ladder, nextTier);
  if (ladder.length < 2) return null;
  return (
    <div class="ladder">
      <h3>{t("ladder.title")}</h3>
      <ul>
        {ladder.map((tier) => (
          <li key={tier.from_units} class={tier.from_units === nextTier?.from_units ? "ladder-next" : undefined}>
            <span>{t("ladder.from", { count: tier.from_units })}</span>
            <span>{money(tier.unit_price_minor, currency)}</span>
          </li>
        ))}
      </ul>
      <p class="muted">
        {nextTier
          ? t("configurator.nextTier", {
              count: unitsToGo,
              price: money(nextTier.unit_price_minor, currency),
              before: money(before ?? nextTier.unit_price_minor, currency),
            })
          : t("configurator.lastTier")}
      </p>
    </div>
  );
}
