import { useEffect, useRef, useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import { asProblem, type Problem } from "../api/problem";
import type { Quote, Wanted } from "../api/types";

export interface Quoting {
  /** The latest quote; while `pending` it may be for an earlier choice. */
  quote: Quote | null;
  problem: Problem | null;
  pending: boolean;
  refresh: () => void;
}

/** A choice is quoted when the fan has paused this long, so that a held-down "+" asks once. */
const PAUSE_MS = 200;
/** The price now depends on what others order. */
const REFRESH_MS = 10_000;

export function useQuote(campaignId: string, asking: Wanted, paused: boolean): Quoting {
  const [state, setState] = useState<{ asked: string; quote: Quote | null; problem: Problem | null }>({
    asked: "",
    quote: null,
    problem: null,
  });
  const [round, setRound] = useState(0);
  const wanted = JSON.stringify(asking);
  const latest = useRef(asking);
  latest.current = asking;

  useEffect(() => {
    if (paused) return;
    const abort = new AbortController();
    const ask = async () => {
      if (document.hidden) return;
      try {
        const quote = await groundswell.quote(campaignId, latest.current, abort.signal);
        setState({ asked: wanted, quote, problem: null });
      } catch (error) {
        if (!abort.signal.aborted) setState({ asked: wanted, quote: null, problem: asProblem(error) });
      }
    };
    const soon = setTimeout(() => void ask(), PAUSE_MS);
    const again = setInterval(() => void ask(), REFRESH_MS);
    return () => {
      clearTimeout(soon);
      clearInterval(again);
      abort.abort();
    };
  }, [campaignId, wanted, round, paused]);

  return {
    quote: state.quote,
    problem: state.asked === wanted ? state.problem : null,
    pending: state.asked !== wanted,
    refresh: () => setRound((count) => count + 1),
  };
}
