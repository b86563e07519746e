/** A preference that outlives the visit. Storage may be forbidden or full: then it is simply not remembered. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Not worth a word to the fan.
  }
}

/** What lives as long as this tab: its session storage, or plain memory where that is forbidden. */
export function tabMemory(): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  try {
    sessionStorage.getItem("probe");
    return sessionStorage;
  } catch {
    const kept = new Map<string, string>();
    return {
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, value) => void kept.set(name, value),
      removeItem: (name) => void kept.delete(name),
    };
  }
}
