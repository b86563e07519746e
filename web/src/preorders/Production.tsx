import type { ComponentChildren } from "preact";
import type { Campaign } from "../api/types";
import { Batches } from "../batches/Batches";
import { useBatches } from "../batches/useBatches";
import { lazily } from "../ui/lazily";
import { Ordering } from "./Ordering";
import "../styles/ordering.css";
import "../styles/sale.css";

const Waves = lazily("waves", async () => (await import("../waves/Waves")).Waves, "waves");

interface Props {
  campaign: Campaign;
  open: boolean;
  /** What stands below: drawn once the batches are there, or it would seem near and be fetched. */
  children?: ComponentChildren;
}

/** The batches of a campaign, and the way into them while the pre-sale is open. */
export function Production({ campaign, open, children }: Props) {
  const batches = useBatches(campaign.campaign_id);
  return (
    <>
      <Batches campaign={campaign} batches={batches} />
      {open && campaign.waves.length > 0 && <Waves campaign={campaign} batches={batches.value?.items ?? []} />}
      {open && <Ordering campaign={campaign} batches={batches.value?.items ?? []} />}
      {(batches.value || batches.problem) && children}
    </>
  );
}
