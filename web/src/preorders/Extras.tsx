import { useState } from "preact/hooks";
import type { Batch, Campaign } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { Disclosure } from "../ui/Disclosure";
import { lazily } from "../ui/lazily";
import { capsOf, selectableOf, type Choice } from "./choice";

const Wishes = lazily("wishes", async () => (await import("./Wishes")).Wishes, "deal");

interface Props {
  campaign: Campaign;
  batch: Batch | null;
  limit: number;
  choice: Choice;
  onChoose: (choice: Choice) => void;
  open: boolean;
}

/** What a fan may leave open, behind one disclosure: who wants it simple never sees it. */
export function Extras({ campaign, batch, limit, choice, onChoose, open }: Props) {
  const { t } = useSpeech();
  // Open for who comes back with something in it.
  const [begun] = useState(choice.upTo !== undefined || choice.second !== undefined || choice.capMinor !== undefined);
  const caps = batch ? capsOf(campaign, batch) : [];
  const varied = campaign.features.some((feature) => selectableOf(campaign, feature).length > 1);
  if (caps.length === 0 && limit <= choice.quantity && !varied && !begun) return null;
  return (
    <Disclosure class="panel extras" title={t("extras.title")} open={begun}>
      {() => (
        <fieldset class="stack" disabled={!open}>
          <legend class="visually-hidden">{t("extras.title")}</legend>
          <Wishes campaign={campaign} caps={caps} limit={limit} varied={varied} choice={choice} onChoose={onChoose} />
        </fieldset>
      )}
    </Disclosure>
  );
}
