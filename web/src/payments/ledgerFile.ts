import { Problem } from "../api/problem";

/** The ledger as one file, put together from the parts in which the API hands it out: the header row once. */
export async function ledgerFile(part: (cursor: string | null) => Promise<Response>): Promise<Blob> {
  const texts: string[] = [];
  let cursor: string | null = null;
  do {
    const answer: Response = await part(cursor);
    const text = await answer.text().catch(() => {
      throw new Problem(0, "network");
    });
    texts.push(texts.length === 0 ? text : withoutHeader(text));
    const next: string | null = answer.headers.get("Next-Cursor");
    // A cursor that leads nowhere would be followed for ever.
    if (next !== null && next === cursor) throw new Problem(0, "unexpected");
    cursor = next;
  } while (cursor !== null);
  return new Blob(texts, { type: "text/csv;charset=utf-8" });
}

const withoutHeader = (text: string) => text.slice(text.indexOf("\n") + 1);

/** Hands a file to the browser's downloads. A plain link could not send who asks. */
export function download(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
