import { describe, expect, test } from "vitest";
import { Client } from "../src/api/client";
import { Problem } from "../src/api/problem";
import { once, parseConfig } from "../src/config";

const POOL = { way: "user_pool", domain: "groundswell-dev.auth.eu-central-1.amazoncognito.com", client_id: "3n4b5urk1ft" };

describe("the configuration", () => {
  test("of the local run and of a deployment", () => {
    expect(parseConfig({ api: "", sign_in: { way: "local" } })).toEqual({ api: "", sign_in: { way: "local" } });
    expect(parseConfig({ api: "/api", sign_in: POOL })).toEqual({ api: "/api", sign_in: POOL });
  });

  test.each([
    [{ way: "carrier_pigeon" }],
    [undefined],
    ["local"],
    [{ way: "user_pool" }],
    [{ ...POOL, domain: "https://groundswell.example" }],
    [{ ...POOL, domain: "groundswell.example/evil?" }],
    [{ ...POOL, client_id: "" }],
  ])("%j lets everybody read and nobody sign in", (sign_in) => {
    expect(parseConfig({ api: "/api", sign_in })).toEqual({ api: "/api", sign_in: { way: "none" } });
  });

  test("names whom to write to, where that is an address and nothing more", () => {
    const local = { api: "", sign_in: { way: "local" } };
    expect(parseConfig({ ...local, contact: "help@maker.example" }).contact).toBe("help@maker.example");
    for (const contact of [undefined, 7, "", "help", "a@b.example?cc=c@d.example", "a@b.example, c@d.example"]) {
      expect(parseConfig({ ...local, contact })).toEqual(local);
    }
  });

  test.each([null, "text", {}, { api: 7 }, { api: "https://elsewhere.example" }, { api: "//elsewhere.example" }, { api: "/api/" }])(
    "%j says nothing about the API",
    (sent) => {
      expect(() => parseConfig(sent)).toThrow(expect.objectContaining({ code: "config" }));
    },
  );
});

describe("asking once", () => {
  test("all share one answer, and a failure is asked about again", async () => {
    let asked = 0;
    const answers = [Promise.reject(new Problem(0, "config")), Promise.resolve("there")];
    const load = once(() => answers[asked++]!);
    const first = [load(), load()];
    for (const one of first) await expect(one).rejects.toMatchObject({ code: "config" });
    expect(await Promise.all([load(), load()])).toEqual(["there", "there"]);
    expect(asked).toBe(2);
  });
});

describe("the API's paths", () => {
  test("stand behind what the configuration says", async () => {
    const asked: string[] = [];
    const fetching = ((path: string) => {
      asked.push(path);
      return Promise.resolve(new Response("{}"));
    }) as unknown as typeof fetch;
    await new Client(fetching, () => Promise.resolve("/api")).read("/v1/campaigns");
    await new Client(fetching).read("/v1/campaigns");
    expect(asked).toEqual(["/api/v1/campaigns", "/v1/campaigns"]);
  });

  test("are not asked for while nobody knows where they are", async () => {
    const client = new Client(
      () => Promise.reject(new Error("asked")),
      () => Promise.reject(new Problem(0, "config")),
    );
    await expect(client.read("/v1/campaigns")).rejects.toMatchObject({ code: "config" });
  });
});
