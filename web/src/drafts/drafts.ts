import { tabMemory } from "../ui/remembered";

/** Something begun and not sent. */
export interface Draft {
  /** Who was signed in when it was begun; null for nobody: then it is for whoever signs in next. */
  fan: string | null;
  value: unknown;
}

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const SLOT = "groundswell.drafts";

/*
 * In the tab's storage, because signing in leads away from the page and back to a new one, and because phones drop the
 * tab of a fan who looks for the code in the mail.
 */
export function keptDraft(name: string, store: Store = tabMemory()): Draft | null {
  const draft = all(store)[name];
  return typeof draft === "object" && draft !== null && "value" in draft ? draft : null;
}

/** Keeps the draft under its name, or forgets what is there. */
export function keepDraft(name: string, draft: Draft | null, store: Store = tabMemory()): void {
  const { [name]: _, ...others } = all(store);
  try {
    store.setItem(SLOT, JSON.stringify(draft ? { ...others, [name]: draft } : others));
  } catch {
    // The storage is full: what is ticked is still on the page.
  }
}

export function forgetDrafts(store: Store = tabMemory()): void {
  store.removeItem(SLOT);
}

function all(store: Store): Record<string, Draft> {
  try {
    const kept: unknown = JSON.parse(store.getItem(SLOT) ?? "{}");
    return typeof kept === "object" && kept !== null ? (kept as Record<string, Draft>) : {};
  } catch {
    return {};
  }
}
