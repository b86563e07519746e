import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { fanOf } from "../identity/session";
import { useIdentity } from "../identity/Identity";
import { keepDraft, keptDraft } from "./drafts";

export interface DraftOf<Value> {
  value: Value;
  /** The value was left unsent by an earlier visit of this tab. */
  restored: boolean;
  /** The fan has changed the value since it was last settled. */
  isBegun: () => boolean;
  /** The fan changes the value: kept until it is settled. */
  write: (value: Value) => void;
  /** The value as it stands elsewhere: nothing is left to keep. */
  settle: (value: Value) => void;
}

/**
 * A value that a fan works on, kept while it is not sent: through a reload, and on the way to the sign-in and back.
 * `accept` judges what was kept, since the world may have moved on. Another fan on the same tab starts with `blank`.
 */
export function useDraft<Value>(name: string, accept: (kept: unknown) => Value | null, blank: () => Value): DraftOf<Value> {
  const { session } = useIdentity();
  const fan = session && fanOf(session);
  const [first] = useState(() => {
    const draft = keptDraft(name);
    const value = draft && accept(draft.value);
    return draft && value !== null ? { fan: draft.fan, value } : null;
  });
  const [value, setValue] = useState<Value>(() => first?.value ?? blank());
  const [restored, setRestored] = useState(first !== null);
  const begun = useRef(first !== null);
  const owner = useRef(first?.fan ?? null);

  const settle = useCallback(
    (settled: Value) => {
      begun.current = false;
      owner.current = null;
      setRestored(false);
      setValue(() => settled);
      keepDraft(name, null);
    },
    [name],
  );
  useEffect(() => {
    if (!fan || !begun.current) return;
    if (owner.current && owner.current !== fan) settle(blank());
    else if (!owner.current) {
      owner.current = fan;
      keepDraft(name, { fan, value });
    }
  }, [fan]);

  return {
    value,
    restored,
    isBegun: () => begun.current,
    write: (written) => {
      begun.current = true;
      owner.current = fan ?? owner.current;
      setRestored(false);
      setValue(() => written);
      keepDraft(name, { fan: owner.current, value: written });
    },
    settle,
  };
}
