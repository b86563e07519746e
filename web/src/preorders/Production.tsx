import type { Campaign } from "../api/types";
import { Batches } from "../batches/Batches";
import { useBatches } from "../batches/useBatches";
import { Ordering } from "./Ordering";

/** The batches of a campaign, and the way into them while the pre-sale is open. */
export function Production({ campaign, open }: { campaign: Campaign; open: boolean }) {
  const batches = useBatches(campaign.campaign_id);
  return (
    <>
      <Batches campaign={campaign} batches={batches} />
      {open && <Ordering campaign={campaign} batches={batches.value?.items ?? []} />}
    </>
  );
}
