import type { Batch, Campaign, DrawEntry, Wave } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { VariantLines } from "../preorders/VariantLines";
import { mostOf } from "../preorders/changing";
import { sameVariant, type Choice } from "../preorders/choice";
import { Button } from "../ui/Button";
import { AllOrFewer } from "../waiting/JoinForm";

interface Props {
  campaign: Campaign;
  wave: Wave;
  batches: Batch[];
  choice: Choice;
  /** What the fan is in the draw with. */
  entry: DrawEntry | null;
  now: number;
  allOrNone: boolean;
  onAllOrNone: (allOrNone: boolean) => void;
  working: boolean;
  onEnter: () => void;
  onLeave: () => void;
}

/** What a draw is, what it may cost, and the way in and out while it is open. */
export function EnterDraw({ campaign, wave, batches, choice, entry, now, allOrNone, onAllOrNone, working, onEnter, onLeave }: Props) {
  const { t, money, soon, ahead } = useSpeech();
  const batch = batches.find((one) => one.waves.some((share) => share.wave === wave.number));
  const most = batch && mostOf(campaign, batch, choice.variant, choice.quantity);
  const replaces = entry !== null && !isSame(entry, choice, allOrNone);
  return (
    <>
      {entry && <OwnDrawEntry campaign={campaign} entry={entry} />}
      {!entry && (
        <p>
          {t("draw.how")} {t("draw.then", { count: campaign.offer_hours })}
        </p>
      )}
      <p>{t("draw.closes", { soon: soon(wave.closes_at, now), ahead: ahead(wave.closes_at, now) })}</p>
      {entry && !replaces && <p class="muted">{t("draw.same")}</p>}
      {(!entry || replaces) && (
        <>
          <VariantLines lines={[{ variant: choice.variant, quantity: choice.quantity }]} campaign={campaign} />
          {most !== undefined && (
            <dl class="price">
              <div>
                <dt>{t("draw.most")}</dt>
                <dd>{money(most, campaign.currency)}</dd>
              </div>
            </dl>
          )}
        </>
      )}
      {choice.quantity > 1 && <AllOrFewer units={choice.quantity} allOrNone={allOrNone} onChange={onAllOrNone} />}
      <div class="actions actions-stacked">
        {(!entry || replaces) && (
          <Button kind="primary" working={working} onClick={onEnter}>
            {t(working ? "waiting.working" : entry ? "draw.replace" : "draw.enter")}
          </Button>
        )}
        {entry && (
          <Button working={working} onClick={onLeave}>
            {t("draw.withdraw")}
          </Button>
        )}
      </div>
    </>
  );
}

/** What the fan is in the draw with, and the number to find it in the published list. */
export function OwnDrawEntry({ campaign, entry }: { campaign: Campaign; entry: DrawEntry }) {
  const { t } = useSpeech();
  return (
    <>
      <p role="status" class="waiting-place">
        {t("draw.entered")}
      </p>
      <VariantLines lines={entry.lines} campaign={campaign} />
      {entry.units > 1 && <p class="muted">{t(entry.all_or_none ? "waiting.all" : "waiting.fewer", { count: entry.units })}</p>}
      <EntryId entry={entry} />
    </>
  );
}

export function EntryId({ entry }: { entry: DrawEntry }) {
  const { t } = useSpeech();
  return (
    <details class="agreed">
      <summary>{t("draw.entryId")}</summary>
      <p>
        <code>{entry.entry_id}</code>
      </p>
      <p class="muted">{t("draw.keepId")}</p>
    </details>
  );
}

function isSame(entry: DrawEntry, choice: Choice, allOrNone: boolean): boolean {
  const [line] = entry.lines;
  const alike = line !== undefined && entry.units === choice.quantity && sameVariant(choice.variant, line.variant);
  return alike && (entry.units === 1 || entry.all_or_none === allOrNone);
}
