import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem";

export interface Live<Value> {
  value: Value | null;
  /** Why the latest attempt failed; an earlier `value` stays beside it. */
  problem: Problem | null;
  reload: () => void;
}

const SLOWEST_MS = 30_000;

/**
 * Loads `name` and, with `everyMs`, keeps it fresh: paused while the tab is hidden, at once when it is seen again,
 * ever slower while it fails. A null name loads nothing. What arrives for a name that has been left is dropped.
 */
export function useLive<Value>(
  name: string | null,
  load: () => Promise<Value>,
  everyMs: number | null = null,
): Live<Value> {
  const [state, setState] = useState<{ name: string | null; value: Value | null; problem: Problem | null }>({
    name,
    value: null,
    problem: null,
  });
  const latest = useRef(load);
  latest.current = load;
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    if (name === null) return;
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;

    const later = () => {
      if (left || everyMs === null || document.hidden) return;
      timer = setTimeout(look, Math.min(everyMs * 2 ** failures, Math.max(SLOWEST_MS, everyMs)));
    };
    const look = async () => {
      try {
        const value = await latest.current();
        failures = 0;
        // The same object again means "unchanged": keeping the state object too spares the drawing.
        if (left) return;
        setState((was) => {
          const unchanged = was.name === name && was.value === value && !was.problem;
          return unchanged ? was : { name, value, problem: null };
        });
      } catch (error) {
        failures += 1;
        if (!left) setState((was) => ({ name, value: was.name === name ? was.value : null, problem: asProblem(error) }));
      }
      later();
    };
    const seen = () => {
      clearTimeout(timer);
      if (!document.hidden && everyMs !== null) void look();
    };

    void look();
    document.addEventListener("visibilitychange", seen);
    return () => {
      left = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [name, everyMs, attempt]);

  const reload = useCallback(() => setAttempt((count) => count + 1), []);
  const current = state.name === name;
  return { value: current ? state.value : null, problem: current ? state.problem : null, reload };
}
