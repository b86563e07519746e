import type { Campaign } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { VariantLines } from "../preorders/VariantLines";
import type { Choice } from "../preorders/choice";
import { Button } from "../ui/Button";

interface Props {
  campaign: Campaign;
  choice: Choice;
  /** An earlier offer was not taken in time. */
  lapsed: boolean;
  allOrNone: boolean;
  onAllOrNone: (allOrNone: boolean) => void;
  working: boolean;
  onJoin: () => void;
}

/** Whether fewer units than wanted are welcome. */
export function AllOrFewer({ units, allOrNone, onChange }: { units: number; allOrNone: boolean; onChange: (all: boolean) => void }) {
  const { t } = useSpeech();
  return (
    <fieldset class="radios">
      <legend class="visually-hidden">{t("waiting.whichUnits")}</legend>
      {[true, false].map((all) => (
        <div class="check" key={String(all)}>
          <input
            id={`waiting-all-${all}`}
            type="radio"
            name="waiting-all"
            checked={allOrNone === all}
            onChange={() => onChange(all)}
          />
          <label for={`waiting-all-${all}`}>{t(all ? "waiting.all" : "waiting.fewer", { count: units })}</label>
        </div>
      ))}
    </fieldset>
  );
}

/** What the fan would wait for, and the button that joins. */
export function JoinForm({ campaign, choice, lapsed, allOrNone, onAllOrNone, working, onJoin }: Props) {
  const { t } = useSpeech();
  return (
    <>
      {lapsed && <p class="notice">{t("waiting.lapsed")}</p>}
      <p>{t("waiting.how", { count: campaign.offer_hours })}</p>
      <VariantLines lines={[{ variant: choice.variant, quantity: choice.quantity }]} campaign={campaign} />
      {choice.quantity > 1 && <AllOrFewer units={choice.quantity} allOrNone={allOrNone} onChange={onAllOrNone} />}
      <Button kind="primary" working={working} onClick={onJoin}>
        {t(working ? "waiting.working" : "waiting.join")}
      </Button>
    </>
  );
}
