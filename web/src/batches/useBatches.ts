import { groundswell } from "../api/groundswell";
import type { BatchList } from "../api/types";
import { useLive, type Live } from "../live/useLive";

/** The live numbers of a campaign's batches; asked for once a page, however many parts of it show them. */
export function useBatches(campaignId: string, everyMs = 3_000): Live<BatchList> {
  return useLive(`batches ${campaignId}`, () => groundswell.batches(campaignId), everyMs);
}
