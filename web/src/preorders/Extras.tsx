import { useState } from "preact/hooks";
import type { Batch, Campaign, Variant } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { VariantSelects } from "./VariantSelects";
import { capsOf, isTaken, sameVariant, selectableOf, withinLimit, type Choice } from "./choice";

interface Props {
  campaign: Campaign;
  batch: Batch | null;
  choice: Choice;
  onChoose: (choice: Choice) => void;
  open: boolean;
}

/** What a fan may leave open, behind one disclosure: who wants it simple never sees it. */
export function Extras({ campaign, batch, choice, onChoose, open }: Props) {
  const { t } = useSpeech();
  // Open for who comes back with something in it; after that it is the fan who opens and closes it.
  const [begun] = useState(choice.upTo !== undefined || choice.second !== undefined || choice.capMinor !== undefined);
  const caps = batch ? capsOf(campaign, batch) : [];
  const varied = campaign.features.some((feature) => selectableOf(campaign, feature).length > 1);
  const more = campaign.limit_per_fan > choice.quantity;
  if (caps.length === 0 && !more && !varied && !begun) return null;
  return (
    <details class="panel extras" open={begun}>
      <summary>{t("extras.title")}</summary>
      <fieldset class="stack" disabled={!open}>
        <legend class="visually-hidden">{t("extras.title")}</legend>
        {caps.length > 0 && <Cap campaign={campaign} caps={caps} choice={choice} onChoose={onChoose} />}
        {more && <UpTo limit={campaign.limit_per_fan} choice={choice} onChoose={onChoose} />}
        {varied && <Second campaign={campaign} choice={choice} onChoose={onChoose} />}
      </fieldset>
    </details>
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
      <input
        id="extras-up-to"
        class="input input-short"
        type="number"
        inputMode="numeric"
        min={choice.quantity}
        max={limit}
        value={Math.max(choice.upTo ?? 0, choice.quantity)}
        aria-describedby="extras-up-to-hint"
        onInput={(event) => {
          const typed = event.currentTarget.valueAsNumber;
          if (isTaken(typed, choice.quantity + 1, limit)) onChoose({ ...choice, upTo: typed });
        }}
        onChange={(event) => {
          const most = Math.max(withinLimit(event.currentTarget.valueAsNumber, limit), choice.quantity);
          event.currentTarget.value = String(most);
          onChoose({ ...choice, upTo: most > choice.quantity ? most : undefined });
        }}
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
