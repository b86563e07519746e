import { describe, expect, test } from "vitest";
import { Client } from "../src/api/client";
import { Problem } from "../src/api/problem";

type Answer = Response | Error;

/** A fetch that plays a script and keeps what it was asked. */
function scripted(...answers: Answer[]) {
  const asked: { path: string; init: RequestInit; headers: Record<string, string> }[] = [];
  const fetching = ((path: string, init: RequestInit) => {
    asked.push({ path, init, headers: init.headers as Record<string, string> });
    const answer = answers.shift() ?? new Error("the script is over");
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }) as unknown as typeof fetch;
  return { client: new Client(fetching), asked };
}

const json = (body: unknown, init: ResponseInit = {}) => new Response(JSON.stringify(body), init);
const refused = (status: number, body: unknown) => json(body, { status });
const failureOf = async (promise: Promise<unknown>) => promise.then(() => null, (error: unknown) => error as Problem);

describe("reading with an ETag", () => {
  test("an unchanged answer is the same object, and the tag was sent", async () => {
    const { client, asked } = scripted(
      json({ ballots: 1 }, { headers: { ETag: '"a"' } }),
      new Response(null, { status: 304 }),
      json({ ballots: 2 }, { headers: { ETag: '"b"' } }),
      new Response(null, { status: 304 }),
    );
    const first = await client.read("/tally");
    expect(await client.read("/tally")).toBe(first);
    const changed = await client.read("/tally");
    expect(changed).toEqual({ ballots: 2 });
    expect(await client.read("/tally")).toBe(changed);
    expect(asked.map((one) => one.headers["If-None-Match"])).toEqual([undefined, '"a"', '"a"', '"b"']);
  });

  test("tags of different addresses are kept apart", async () => {
    const { client, asked } = scripted(json({}, { headers: { ETag: '"a"' } }), json({}));
    await client.read("/one");
    await client.read("/other");
    expect(asked[1]!.headers["If-None-Match"]).toBeUndefined();
  });
});

describe("sending", () => {
  test("token, idempotency key and body go out as the API wants them", async () => {
    const { client, asked } = scripted(json({ preorder_id: "p" }, { status: 201 }));
    await client.send("/v1/x", { method: "POST", body: { lines: [] }, token: "t", idempotencyKey: "k" });
    expect(asked[0]!.init.method).toBe("POST");
    expect(asked[0]!.init.body).toBe('{"lines":[]}');
    expect(asked[0]!.headers).toEqual({
      Accept: "application/json",
      "Content-Type": "application/json",
      Authorization: "Bearer t",
      "Idempotency-Key": "k",
    });
  });

  test("a caller's own abort is not a problem to tell the fan about", async () => {
    const abort = new AbortController();
    abort.abort();
    const { client } = scripted(new DOMException("aborted", "AbortError"));
    expect(await failureOf(client.send("/v1/x", { signal: abort.signal }))).not.toBeInstanceOf(Problem);
  });
});

describe("what goes wrong becomes a Problem", () => {
  test.each([
    ["problem+json", refused(409, { code: "batch_full", detail: "Full." }), 409, "batch_full", "Full."],
    ["the gateway's own 401", refused(401, { message: "Unauthorized" }), 401, "unauthorized", null],
    ["an error page", new Response("<html>", { status: 502 }), 502, "unexpected", null],
    ["a code that is no text", refused(400, { code: 7 }), 400, "unexpected", null],
    ["no answer", new TypeError("Failed to fetch"), 0, "network", null],
    ["an answer that breaks off", new Response('{"a":', { status: 200 }), 0, "network", null],
  ])("%s", async (_name, answer, status, code, detail) => {
    const { client } = scripted(answer);
    const problem = await failureOf(client.send("/v1/x"));
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ status, code, detail });
  });

  test.each([
    [0, true],
    [500, true],
    [503, true],
    [429, true],
    [400, false],
    [401, false],
    [409, false],
  ])("after %i the outcome is unknown: %s", (status, unknown) => {
    expect(new Problem(status, "x").outcomeUnknown).toBe(unknown);
  });

  test("a refused token asks to sign in again, by whichever door it was refused", () => {
    expect(new Problem(401, "unauthorized").needsSignIn).toBe(true);
    expect(new Problem(403, "token_refused").needsSignIn).toBe(true);
    expect(new Problem(403, "role_forbidden").needsSignIn).toBe(false);
  });
});
