import type { Campaign, Entry, Offer } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { useNow } from "../live/useNow";
import { Consent } from "../playbook/Playbook";
import { VariantLines } from "../preorders/VariantLines";
import { Button } from "../ui/Button";

interface Props {
  campaign: Campaign;
  entry: Entry;
  working: boolean;
  onLeave: () => void;
  onTake: (offer: Offer) => void;
}

/** The fan's place in the list, or what is kept for the fan and until when. */
export function OwnEntry({ campaign, entry, working, onLeave, onTake }: Props) {
  const { t } = useSpeech();
  if (entry.offer) return <Offered campaign={campaign} entry={entry} offer={entry.offer} working={working} onLeave={onLeave} onTake={onTake} />;
  return (
    <>
      <p role="status" class="waiting-place">
        {placeWords(entry, t)}
      </p>
      <VariantLines lines={entry.lines} campaign={campaign} />
      {entry.units > 1 && <p class="muted">{t(entry.all_or_none ? "waiting.all" : "waiting.fewer", { count: entry.units })}</p>}
      <p class="muted">{t("waiting.keepLooking", { count: campaign.offer_hours })}</p>
      <Button working={working} onClick={onLeave}>
        {t("waiting.leave")}
      </Button>
    </>
  );
}

export function placeWords(entry: Pick<Entry, "place" | "place_is_exact">, t: ReturnType<typeof useSpeech>["t"]): string {
  if (entry.place === null) return t("waiting.joined");
  if (entry.place === 1) return t("waiting.first");
  return t(entry.place_is_exact === false ? "waiting.placeAtLeast" : "waiting.place", { place: entry.place });
}

interface OfferedProps extends Omit<Props, "entry"> {
  entry: Pick<Entry, "units">;
  offer: Offer;
}

/** What is kept for the fan, on which terms and until when. */
export function Offered({ campaign, entry, offer, working, onLeave, onTake }: OfferedProps) {
  const { t, money, day, soon, ahead, count } = useSpeech();
  const now = useNow();
  const most = money(offer.total_most_minor, offer.currency);
  return (
    <>
      <p role="status" class="notice notice-good">
        <strong>{t("waiting.turn")}</strong>{" "}
        {t("waiting.offered", { count: offer.units, soon: soon(offer.until, now), ahead: ahead(offer.until, now) })}
      </p>
      <VariantLines lines={offer.lines} campaign={campaign} />
      {offer.units < entry.units && <p class="muted">{t("waiting.offeredFewer")}</p>}
      <dl class="price">
        <div>
          <dt>{t("configurator.most")}</dt>
          <dd>{most}</dd>
        </div>
        <div>
          <dt>{t("configurator.ships")}</dt>
          <dd>{day(offer.ships_at)}</dd>
        </div>
        <div>
          <dt>{t("configurator.batch")}</dt>
          <dd>{count(offer.batch_number)}</dd>
        </div>
      </dl>
      {campaign.playbook.length > 0 && <Consent campaign={campaign} />}
      <div class="actions actions-stacked">
        <Button kind="primary" working={working} onClick={() => onTake(offer)}>
          {t("waiting.take", { most })}
        </Button>
        <Button working={working} onClick={onLeave}>
          {t("waiting.decline")}
        </Button>
      </div>
    </>
  );
}
