import { describe, expect, test } from "vitest";
import type { NewPreorder } from "../src/api/types";
import { Intents } from "../src/preorders/intent";

const BODY: NewPreorder = { lines: [{ variant: { colour: "red" }, quantity: 1 }], accepts_total_minor: 4900 };
const OTHER: NewPreorder = { lines: [{ variant: { colour: "blue" }, quantity: 1 }], accepts_total_minor: 4900 };

function store() {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
}

function numbered() {
  let count = 0;
  return () => `key-${(count += 1)}`;
}

describe("the idempotency key of an intent", () => {
  test("is the same for every retry", () => {
    const intents = new Intents(store(), numbered());
    expect(intents.begin("c", "ola", BODY).key).toBe("key-1");
    expect(intents.begin("c", "ola", BODY).key).toBe("key-1");
  });

  test("survives a reload of the page", () => {
    const kept = store();
    new Intents(kept, numbered()).begin("c", "ola", BODY);
    const reloaded = new Intents(kept, () => "another");
    expect(reloaded.pending("c", "ola")).toEqual({ key: "key-1", campaignId: "c", fan: "ola", body: BODY });
    expect(reloaded.begin("c", "ola", BODY).key).toBe("key-1");
  });

  test("is a new one after the outcome is known", () => {
    const intents = new Intents(store(), numbered());
    intents.begin("c", "ola", BODY);
    intents.conclude("c");
    expect(intents.pending("c", "ola")).toBeNull();
    expect(intents.begin("c", "ola", BODY).key).toBe("key-2");
  });

  test("is never used with another body, by another fan or in another campaign", () => {
    const intents = new Intents(store(), numbered());
    const keys = [
      intents.begin("c", "ola", BODY).key,
      intents.begin("d", "ola", BODY).key,
      intents.begin("c", "ola", OTHER).key,
      intents.begin("c", "jan", OTHER).key,
    ];
    expect(new Set(keys).size).toBe(4);
  });

  test("what another program left in the store is ignored", () => {
    const kept = store();
    kept.setItem("groundswell.intent.c", "{not json");
    expect(new Intents(kept).pending("c", "ola")).toBeNull();
    kept.setItem("groundswell.intent.c", '{"key":1}');
    expect(new Intents(kept).pending("c", "ola")).toBeNull();
  });

  test("fits the API: 1 to 64 visible characters, and never twice the same", () => {
    const keys = Array.from({ length: 100 }, (_, index) => new Intents(store()).begin(`c${index}`, "ola", BODY).key);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(keys).size).toBe(100);
  });
});
