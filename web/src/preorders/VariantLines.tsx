import type { Campaign, Line, Variant } from "../api/types";
import { optionLabel } from "../campaigns/stage";
import { useSpeech } from "../i18n/Language";

/** Each line in words: "2 × Deep blue, 35 mm", and what is left open; by ids while the campaign is still on its way. */
export function VariantLines({ lines, campaign }: { lines: Line[]; campaign: Campaign | null }) {
  const { t, count } = useSpeech();
  return (
    <ul class="lines">
      {lines.map(({ variant, quantity, up_to, second_choice }, index) => (
        <li key={index}>
          {count(quantity)} × {variantWords(variant, campaign)}
          {up_to && <span class="muted">{t("extras.upToShort", { count: up_to })}</span>}
          {second_choice && (
            <span class="muted">{t("extras.secondShort", { variant: variantWords(second_choice, campaign) })}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** "Deep blue, 35 mm": the options in the campaign's own order. */
export function variantWords(variant: Variant, campaign: Campaign | null): string {
  if (!campaign) return Object.values(variant).join(", ");
  const known = campaign.features.filter((feature) => feature.feature_id in variant);
  return known.map(({ feature_id }) => optionLabel(campaign, feature_id, variant[feature_id]!)).join(", ");
}
