import type { Campaign, DrawEntry, Offer } from "../api/types";
import { useSpeech, type Speech } from "../i18n/Language";
import { VariantLines } from "../preorders/VariantLines";
import { Button } from "../ui/Button";
import { Offered, placeWords } from "../waiting/OwnEntry";
import { EntryId } from "./EnterDraw";

interface Props {
  campaign: Campaign;
  entry: DrawEntry;
  working: boolean;
  onLeave: () => void;
  onTake: (offer: Offer) => void;
}

/** What the draw gave a fan: the rank, and what can be done with it. */
export function Drawn({ campaign, entry, working, onLeave, onTake }: Props) {
  const { t } = useSpeech();
  const waits = entry.state === "waiting";
  return (
    <>
      <p role="status" class="waiting-place">
        {rankWords(entry, t)}
      </p>
      {entry.allotted !== null && <p>{allottedWords(entry, t)}</p>}
      {entry.offer && (
        <Offered campaign={campaign} entry={entry.offer} offer={entry.offer} working={working} onLeave={onLeave} onTake={onTake} />
      )}
      {!entry.offer && entry.state !== "lapsed" && <VariantLines lines={entry.lines} campaign={campaign} />}
      {waits && <p>{placeWords(entry, t)}</p>}
      {entry.state === "lapsed" && <p class="notice">{t("draw.lapsed")}</p>}
      <EntryId entry={entry} />
      {waits && (
        <Button working={working} onClick={onLeave}>
          {t("draw.leave")}
        </Button>
      )}
    </>
  );
}

export function rankWords(entry: Pick<DrawEntry, "rank">, t: Speech["t"]): string {
  return entry.rank === null ? t("draw.closed") : t("draw.rank", { rank: entry.rank });
}

/** What a fan got, and of nothing what that means. */
export function allottedWords(entry: Pick<DrawEntry, "allotted" | "units">, t: Speech["t"]): string {
  const allotted = entry.allotted ?? 0;
  if (allotted === 0) return t("draw.nothing");
  return allotted < entry.units ? t("draw.allotted", { count: allotted, units: entry.units }) : t("draw.allottedAll");
}
