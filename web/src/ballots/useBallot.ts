import { useEffect, useRef, useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import type { Ballot, Campaign, Votes } from "../api/types";
import { useDraft } from "../drafts/useDraft";
import { useIdentity } from "../identity/Identity";
import { fanOf } from "../identity/session";
import { acceptVotes, said } from "./votes";

export interface OwnBallot {
  /** The ballot that stands, as far as this page knows. */
  ballot: Ballot | null;
  /** What is ticked on the page, sent or not. */
  votes: Votes;
  setVotes: (votes: Votes) => void;
  /** The ticks are those of an earlier visit, before signing in or a reload. */
  restored: boolean;
  /** Sends what is ticked; answers true when it replaced an earlier ballot. */
  cast: () => Promise<boolean>;
}

/**
 * The signed-in fan's ballot in one campaign. Ticks made before signing in are kept, not overwritten by an
 * earlier ballot.
 */
export function useBallot(campaign: Campaign): OwnBallot {
  const { session, asFan, inBackground } = useIdentity();
  const [ballot, setBallot] = useState<Ballot | null>(null);
  const newest = useRef(0);
  const fan = session && fanOf(session);
  const id = campaign.campaign_id;
  const { value: votes, write, settle, isBegun, restored } = useDraft<Votes>(
    `ballot ${id}`,
    (kept) => acceptVotes(kept, campaign.features),
    () => ({}),
  );
  const background = useRef(inBackground);
  background.current = inBackground;

  useEffect(() => {
    newest.current = 0;
    if (!fan) {
      setBallot(null);
      return;
    }
    let left = false;
    background.current((known) => groundswell.ballot(id, known.token)).then(
      (earlier) => {
        // A ballot that was cast while this one was on its way stands.
        if (left || earlier.version < newest.current) return;
        setBallot(earlier);
        if (!isBegun()) settle(earlier.votes);
      },
      // No ballot yet is the usual case; any other failure shows itself when the fan casts.
      () => {},
    );
    return () => {
      left = true;
    };
  }, [id, fan, settle]);

  return {
    ballot,
    votes,
    setVotes: write,
    restored,
    cast: async () => {
      const cast = await asFan((fan) => groundswell.castBallot(id, said(votes, campaign.features), fan.token));
      const replaced = cast.version > 1 || ballot !== null;
      newest.current = cast.version;
      setBallot(cast);
      settle(cast.votes);
      return replaced;
    },
  };
}
