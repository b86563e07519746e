import { groundswell } from "../api/groundswell";
import type { Campaign, Tally } from "../api/types";
import { useIdentity } from "../identity/Identity";
import { fanOf } from "../identity/session";
import { useLive, type Live } from "../live/useLive";

const EVERY_MS = 3_000;

/** The live count as this fan may see it: where only voters see it, it is asked for in their name. */
export function useTally(campaign: Campaign, voted: boolean): Live<Tally> {
  const { session, inBackground } = useIdentity();
  const id = campaign.campaign_id;
  const own = campaign.tally_shown === "after_voting" && voted && session !== null;
  return useLive(
    own ? `tally ${id} of ${fanOf(session)}` : `tally ${id}`,
    () => (own ? inBackground((fan) => groundswell.ownTally(id, fan.token)) : groundswell.tally(id)),
    EVERY_MS,
  );
}
