import { useEffect, useRef, useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import { asProblem } from "../api/problem";
import type { Ballot, Campaign, Votes } from "../api/types";
import { useIdentity } from "../identity/Identity";

export interface OwnBallot {
  /** The ballot that stands, as far as this page knows. */
  ballot: Ballot | null;
  /** What is ticked on the page, sent or not. */
  votes: Votes;
  setVotes: (votes: Votes) => void;
  /** Sends what is ticked; answers true when it replaced an earlier ballot. */
  cast: () => Promise<boolean>;
}

/**
 * The signed-in fan's ballot in one campaign. Ticks made before signing in are kept, not overwritten by an
 * earlier ballot.
 */
export function useBallot(campaign: Campaign): OwnBallot {
  const { session, asFan, expire } = useIdentity();
  const [ballot, setBallot] = useState<Ballot | null>(null);
  const newest = useRef(0);
  const [votes, setVotes] = useState<Votes>({});
  const touched = useRef(false);
  const token = session?.token;
  const id = campaign.campaign_id;

  useEffect(() => {
    newest.current = 0;
    if (!token) {
      setBallot(null);
      return;
    }
    let left = false;
    groundswell.ballot(id, token).then(
      (earlier) => {
        // A ballot that was cast while this one was on its way stands.
        if (left || earlier.version < newest.current) return;
        setBallot(earlier);
        if (!touched.current) setVotes(earlier.votes);
      },
      (error: unknown) => {
        // No ballot yet is the usual case; any other failure shows itself when the fan casts.
        if (!left && asProblem(error).needsSignIn) expire();
      },
    );
    return () => {
      left = true;
    };
  }, [id, token, expire]);

  return {
    ballot,
    votes,
    setVotes: (next) => {
      touched.current = true;
      setVotes(next);
    },
    cast: async () => {
      const said = Object.fromEntries(Object.entries(votes).filter(([, options]) => options.length > 0));
      const cast = await asFan((fan) => groundswell.castBallot(id, said, fan.token));
      const replaced = cast.version > 1 || ballot !== null;
      touched.current = false;
      newest.current = cast.version;
      setBallot(cast);
      setVotes(cast.votes);
      return replaced;
    },
  };
}
