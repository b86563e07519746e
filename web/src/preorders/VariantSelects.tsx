import type { Campaign, Variant } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { selectableOf } from "./choice";

interface Props {
  /** Keeps the fields of several variants on one page apart. */
  id: string;
  campaign: Campaign;
  variant: Variant;
  onChange: (variant: Variant) => void;
}

/** A variant in little room: a list for each feature that fans may still choose in. */
export function VariantSelects({ id, campaign, variant, onChange }: Props) {
  const { surcharge } = useSpeech();
  const open = campaign.features.filter((feature) => selectableOf(campaign, feature).length > 1);
  return (
    <>
      {open.map((feature) => (
        <div class="field" key={feature.feature_id}>
          <label for={`${id}-${feature.feature_id}`}>{feature.title}</label>
          <select
            id={`${id}-${feature.feature_id}`}
            class="input"
            value={variant[feature.feature_id] ?? ""}
            onChange={(event) => onChange({ ...variant, [feature.feature_id]: event.currentTarget.value })}
          >
            {selectableOf(campaign, feature).map((option) => (
              <option key={option.option_id} value={option.option_id}>
                {[option.label, surcharge(option.surcharge_minor, campaign.currency)].filter(Boolean).join(" ")}
              </option>
            ))}
          </select>
        </div>
      ))}
    </>
  );
}
