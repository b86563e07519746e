import type { Campaign, Variant } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { NumberField } from "../ui/NumberField";
import { VariantSelects } from "./VariantSelects";
import { sameVariant, selectableOf, type Choice } from "./choice";

interface Props {
  campaign: Campaign;
  /** The unit prices that can be insisted on. */
  caps: number[];
  limit: number;
  /** Whether there is another variant to wish for. */
  varied: boolean;
  choice: Choice;
  onChoose: (choice: Choice) => void;
}

/** Only at this price, more units if they help, something else instead. */
export function Wishes({ campaign, caps, limit, varied, choice, onChoose }: Props) {
  return (
    <>
      {caps.length > 0 && <Cap campaign={campaign} caps={caps} choice={choice} onChoose={onChoose} />}
      {limit > choice.quantity && <UpTo limit={limit} choice={choice} onChoose={onChoose} />}
      {varied && <Second campaign={campaign} choice={choice} onChoose={onChoose} />}
    </>
  );
}

type Part = Pick<Props, "choice" | "onChoose">;

function Cap({ campaign, caps, choice, onChoose }: Part & { campaign: Campaign; caps: number[] }) {
  const { t, money } = useSpeech();
  return (
    <div class="field">
      <label for="extras-cap">{t("extras.cap")}</label>
      <select
        id="extras-cap"
        class="input"
        value={choice.capMinor === undefined ? "" : String(choice.capMinor)}
        aria-describedby="extras-cap-hint"
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          onChoose({ ...choice, capMinor: chosen === "" ? undefined : Number(chosen) });
        }}
      >
        <option value="">{t("extras.capNone")}</option>
        {caps.map((price) => (
          <option key={price} value={String(price)}>
            {t("extras.capAt", { price: money(price, campaign.currency) })}
          </option>
        ))}
      </select>
      <p id="extras-cap-hint" class="muted">
        {t("extras.capHint")}
      </p>
    </div>
  );
}

function UpTo({ limit, choice, onChoose }: Part & { limit: number }) {
  const { t } = useSpeech();
  return (
    <div class="field">
      <label for="extras-up-to">{t("extras.upTo")}</label>
      <NumberField
        id="extras-up-to"
        class="input input-short"
        least={choice.quantity}
        most={limit}
        value={Math.max(choice.upTo ?? 0, choice.quantity)}
        hint="extras-up-to-hint"
        onTake={(most) => onChoose({ ...choice, upTo: most > choice.quantity ? most : undefined })}
      />
      <p id="extras-up-to-hint" class="muted">
        {t("extras.upToHint", { count: choice.quantity })}
      </p>
    </div>
  );
}

function Second({ campaign, choice, onChoose }: Part & { campaign: Campaign }) {
  const { t } = useSpeech();
  const { second } = choice;
  return (
    <div class="field">
      <div class="check">
        <input
          id="extras-second"
          type="checkbox"
          checked={second !== undefined}
          onChange={(event) =>
            onChoose({ ...choice, second: event.currentTarget.checked ? otherThan(choice.variant, campaign) : undefined })
          }
        />
        <label for="extras-second">{t("extras.second")}</label>
      </div>
      {second && (
        <VariantSelects
          id="second"
          campaign={campaign}
          variant={second}
          onChange={(changed) => onChoose({ ...choice, second: changed })}
        />
      )}
      {second && sameVariant(second, choice.variant) && <p class="field-error">{t("extras.secondSame")}</p>}
    </div>
  );
}

/** A second choice to begin with: another option of the first feature that has one. */
function otherThan(variant: Variant, campaign: Campaign): Variant {
  for (const feature of campaign.features) {
    const other = selectableOf(campaign, feature).find((option) => option.option_id !== variant[feature.feature_id]);
    if (other) return { ...variant, [feature.feature_id]: other.option_id };
  }
  return variant;
}
