import { expect, test } from "vitest";
import { BOOKS, loadMessages, type Book } from "../src/i18n/translate";

/** Which book each message stands in. */
const BOOK_OF = new Map<string, Book>();
for (const book of BOOKS) for (const key of Object.keys(await loadMessages("en", [book]))) BOOK_OF.set(key, book);

/** Path, such as "/App.tsx", to text. */
const SOURCES = Object.fromEntries(
  Object.entries(import.meta.glob<string>("../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true })).map(
    ([path, text]) => [path.slice("../src".length), text],
  ),
);
const resolved = (from: string, to: string) => {
  const path = new URL(to, `file://${from}`).pathname;
  return [".ts", ".tsx"].map((ending) => path + ending).find((one) => one in SOURCES);
};

interface Part {
  path: string;
  books: Book[];
}

/** What a module imports at once, what it shows lazily with which books, and the messages it says. */
function read(path: string): { imports: string[]; parts: Part[]; said: string[] } {
  const text = SOURCES[path]!;
  const imports = [...text.matchAll(/^(?:import|export) (?!type )[^"]*?"(\.[^"]+)"/gm)].flatMap(([, to]) => resolved(path, to!) ?? []);
  const lazy = [...text.matchAll(/lazily\(\s*"[^"]+",\s*async \(\) => \(await import\("([^"]+)"\)\)\.\w+((?:,\s*"\w+")*),?\s*\)/g)];
  expect(lazy.length, `each lazily() of ${path} is understood`).toBe(text.match(/(?<!function )lazily\(/g)?.length ?? 0);
  const parts = lazy.map(([, to, books]) => ({ path: resolved(path, to!)!, books: [...books!.matchAll(/\w+/g)].map(([book]) => book as Book) }));
  return { imports, parts, said: [...text.matchAll(/"(\w+\.\w+)"/g)].map(([, key]) => key!).filter((key) => BOOK_OF.has(key)) };
}

/** Messages that are said where their book may not be loaded. A part is only shown inside of one that has its own. */
function unsaid(path: string, known: Set<Book>, seen = new Set<string>()): string[] {
  const visit = `${path} ${[...known].sort()}`;
  if (seen.has(visit)) return [];
  seen.add(visit);
  const { imports, parts, said } = read(path);
  return [
    ...said.filter((key) => !known.has(BOOK_OF.get(key)!)).map((key) => `${path} says ${key}, knowing ${[...known]}`),
    ...imports.flatMap((next) => unsaid(next, known, seen)),
    ...parts.flatMap((part) => unsaid(part.path, new Set([...known, ...part.books]), seen)),
  ];
}

test("no part of the page says what stands in a book that is not fetched with it", () => {
  expect([...new Set(unsaid("/main.tsx", new Set(["page"])))]).toEqual([]);
});
