import { describe, expect, test } from "vitest";
import type { Problem } from "../src/api/problem";
import { arrivalAt, begin, refusalOf } from "../src/identity/journey";
import { Keeping, MARGIN_MS } from "../src/identity/keeping";
import { challengeOf, randomText } from "../src/identity/pkce";
import { claimsOf, storedSession, storeSession, type Session } from "../src/identity/session";
import { UserPool } from "../src/identity/userPool";
import { LANGUAGES, loadMessages } from "../src/i18n/translate";

const CONFIG = { way: "user_pool", domain: "groundswell.example", client_id: "page" } as const;
const NOW = Date.UTC(2026, 0, 1);

function store() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
}

function tokenOf(claims: Record<string, unknown>): string {
  const text = (part: unknown) => {
    const bytes = new TextEncoder().encode(JSON.stringify(part));
    return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  return `${text({ alg: "RS256" })}.${text({ aud: "page", iat: 1_000, exp: 4_600, sub: "fan-1", ...claims })}.signature`;
}

/** A pool whose token endpoint plays a script. */
function scripted(...answers: (Response | Error)[]) {
  const asked: { address: string; form: Record<string, string>; init: RequestInit }[] = [];
  const fetching = ((address: string, init: RequestInit) => {
    asked.push({ address, init, form: Object.fromEntries(init.body as URLSearchParams) });
    const answer = answers.shift() ?? new Error("the script is over");
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }) as unknown as typeof fetch;
  return { pool: new UserPool(CONFIG, "https://page.example", fetching, () => NOW), asked };
}

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const failureOf = (promise: Promise<unknown>) => promise.then(() => null, (error: unknown) => error as Problem);

describe("PKCE", () => {
  test("the challenge of RFC 7636, appendix B", async () => {
    const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    expect(await challengeOf(verifier)).toBe("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  });

  test("a verifier has 43 characters that every address carries unchanged, and never comes twice", () => {
    const made = Array.from({ length: 50 }, randomText);
    for (const verifier of made) expect(verifier).toMatch(/^[\w-]{43}$/);
    expect(new Set(made).size).toBe(50);
  });
});

describe("the journey to the sign-in and back", () => {
  const back = (query: Record<string, string>, pathname = "/") => ({ pathname, search: `?${new URLSearchParams(query)}` });

  test("what leaves is the challenge; the verifier stays until the answer comes", async () => {
    const kept = store();
    const { state, challenge } = await begin("/campaigns/x", kept);
    const arrived = arrivalAt(back({ code: "c", state }), kept);
    expect(arrived?.path).toBe("/campaigns/x");
    const outcome = arrived?.outcome as { code: string; verifier: string };
    expect(outcome.code).toBe("c");
    expect(await challengeOf(outcome.verifier)).toBe(challenge);
    expect(kept.kept.size).toBe(0);
  });

  test.each([
    ["another state", { code: "c", state: "theirs" }],
    ["no state", { code: "c" }],
    ["an error with another state", { error: "access_denied", state: "theirs" }],
  ])("%s is refused, and the journey is over", async (_name, query) => {
    const kept = store();
    const { state } = await begin("/preorders", kept);
    expect(arrivalAt(back(query as Record<string, string>), kept)).toMatchObject({ path: "/", outcome: { code: "sign_in_foreign" } });
    expect(arrivalAt(back({ code: "c", state }), kept)?.outcome).toMatchObject({ code: "sign_in_foreign" });
  });

  test("a state is good for one answer", async () => {
    const kept = store();
    const { state } = await begin("/", kept);
    arrivalAt(back({ code: "c", state }), kept);
    expect(arrivalAt(back({ code: "c", state }), kept)?.outcome).toMatchObject({ code: "sign_in_foreign" });
  });

  test.each(["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)", "/admin", ""])(
    "the way back never leads to %s",
    async (path) => {
      const kept = store();
      const { state } = await begin(path, kept);
      expect(arrivalAt(back({ code: "c", state }), kept)?.path ?? "/").toBe("/");
    },
  );

  test("no other address is taken for an arrival", async () => {
    const kept = store();
    await begin("/", kept);
    expect(arrivalAt(back({}), kept)).toBeNull();
    expect(arrivalAt(back({ code: "c", state: "s" }, "/campaigns/x"), kept)).toBeNull();
    expect(kept.kept.size).toBe(1);
  });

  test("the pool's own words, which anybody can write into an address, are not passed on", async () => {
    const kept = store();
    const { state } = await begin("/", kept);
    const told = arrivalAt(back({ error: "access_denied", error_description: "Call 555 now", state }), kept);
    expect(JSON.stringify(told)).not.toContain("555");
    expect(told?.outcome).toMatchObject({ code: "sign_in_denied", detail: null });
  });
});

describe("what the pool is asked", () => {
  test("to sign somebody in", () => {
    const address = new URL(scripted().pool.signInAddress({ state: "s", challenge: "c" }));
    expect(address.origin + address.pathname).toBe("https://groundswell.example/oauth2/authorize");
    expect(Object.fromEntries(address.searchParams)).toEqual({
      response_type: "code",
      client_id: "page",
      redirect_uri: "https://page.example/",
      scope: "openid email profile",
      state: "s",
      code_challenge: "c",
      code_challenge_method: "S256",
    });
  });

  test("to end its own session", () => {
    expect(scripted().pool.signOutAddress()).toBe(
      "https://groundswell.example/logout?client_id=page&logout_uri=https%3A%2F%2Fpage.example%2F",
    );
  });

  test("to exchange the code: in the body, never in the address; the ID token is what is kept", async () => {
    const token = tokenOf({ name: "Zażółć" });
    const { pool, asked } = scripted(json({ id_token: token, access_token: "access", refresh_token: "refresh" }));
    const session = await pool.exchange("c", "v");
    expect(session).toEqual({ token, name: "Zażółć", renewal: { refreshToken: "refresh", endsAt: NOW + 3_600_000 } });
    expect(asked[0]!.address).toBe("https://groundswell.example/oauth2/token");
    expect(asked[0]!.form).toEqual({
      grant_type: "authorization_code",
      code: "c",
      redirect_uri: "https://page.example/",
      code_verifier: "v",
      client_id: "page",
    });
    expect(asked[0]!.init).toMatchObject({ method: "POST", credentials: "omit", redirect: "error" });
  });

  test("to renew: the refresh token stays, unless the pool gives another", async () => {
    const { pool, asked } = scripted(
      json({ id_token: tokenOf({ email: "a@fans.example" }) }),
      json({ id_token: tokenOf({}), refresh_token: "next" }),
    );
    const renewed = await pool.renew({ refreshToken: "refresh", endsAt: NOW });
    expect(renewed).toMatchObject({ name: "a@fans.example", renewal: { refreshToken: "refresh" } });
    expect(asked[0]!.form).toEqual({ grant_type: "refresh_token", refresh_token: "refresh", client_id: "page" });
    expect((await pool.renew(renewed.renewal!)).renewal?.refreshToken).toBe("next");
  });

  test.each([
    ["a code that was used", json({ error: "invalid_grant" }, 400), "sign_in_late"],
    ["a wrong client", json({ error: "invalid_client" }, 400), "sign_in_failed"],
    ["a pool that is down", new Response("<html>", { status: 503 }), "sign_in_unavailable"],
    ["too many at once", json({}, 429), "sign_in_unavailable"],
    ["no answer", new TypeError("Failed to fetch"), "network"],
    ["an answer without a token", json({}), "sign_in_failed"],
    ["a token for another app", json({ id_token: tokenOf({ aud: "other" }) }), "sign_in_failed"],
  ])("%s", async (_name, answer, code) => {
    expect(await failureOf(scripted(answer).pool.exchange("c", "v"))).toMatchObject({ code });
  });
});

describe("every failure has its words", () => {
  const codes = ["access_denied", "invalid_grant", "server_error", "temporarily_unavailable", "invalid_scope", null, {}];
  test.each(LANGUAGES)("in %s", async (language) => {
    const words = (await loadMessages(language, ["page", "signIn"])) as Record<string, unknown>;
    for (const code of [...codes.map((one) => refusalOf(one).code), "sign_in_foreign", "config"]) {
      expect(words[`problem.${code}`], code).toBeTypeOf("string");
    }
  });
});

describe("a session that outlives its token", () => {
  const session = (endsAt: number, token = "t"): Session => ({ token, name: "Ada", renewal: { refreshToken: "r", endsAt } });
  const due = session(NOW + MARGIN_MS - 1);

  function keeping(first: Session | null, renew: () => Promise<Session | null>, now = NOW) {
    const seen: (Session | null)[] = [];
    let renewals = 0;
    const counted = () => {
      renewals += 1;
      return renew();
    };
    const kept = new Keeping(first, { renew: counted, changed: (next) => seen.push(next), now: () => now });
    return { kept, seen, renewals: () => renewals };
  }

  test("is left alone while its token lasts, or when it cannot be renewed", async () => {
    for (const lasting of [session(NOW + MARGIN_MS + 1), { ...due, renewal: null }, null]) {
      const { kept, renewals } = keeping(lasting, () => Promise.reject(new Error()));
      expect(await kept.fresh()).toBe(lasting);
      expect(renewals()).toBe(0);
    }
  });

  test("is renewed once for all who ask at the same time", async () => {
    const next = session(NOW + 3_600_000, "next");
    const { kept, seen, renewals } = keeping(due, () => Promise.resolve(next));
    expect(await Promise.all([kept.fresh(), kept.fresh()])).toEqual([next, next]);
    expect([renewals(), seen]).toEqual([1, [next]]);
  });

  test("ends when the pool says so", async () => {
    const { kept, seen } = keeping(due, () => Promise.resolve(null));
    expect(await kept.fresh()).toBeNull();
    expect(seen).toEqual([null]);
  });

  test("goes on without an answer as long as the token lasts, and not an instant longer", async () => {
    const silent = () => Promise.reject(new TypeError("Failed to fetch"));
    expect(await keeping(due, silent).kept.fresh()).toBe(due);
    const { kept } = keeping(session(NOW), silent);
    expect(await failureOf(kept.fresh())).toMatchObject({ code: "network" });
    expect(kept.session).not.toBeNull();
  });

  test("is not brought back by a renewal that comes after signing out", async () => {
    let answer: (next: Session) => void = () => {};
    const { kept } = keeping(due, () => new Promise((resolve) => (answer = resolve)));
    const asked = kept.fresh();
    kept.become(null);
    answer(session(NOW + 3_600_000, "next"));
    expect(await asked).toBeNull();
    expect(kept.session).toBeNull();
  });
});

describe("what lies in the tab's storage", () => {
  test("one slot with the ID token, the name and the refresh token; nothing after signing out", () => {
    const kept = store();
    storeSession({ token: "id", name: "Ada", renewal: { refreshToken: "r", endsAt: NOW } }, kept);
    expect([...kept.kept.keys()]).toEqual(["groundswell.session"]);
    expect(Object.keys(JSON.parse(kept.kept.get("groundswell.session")!))).toEqual(["token", "name", "renewal"]);
    expect(storedSession(kept)).toEqual({ token: "id", name: "Ada", renewal: { refreshToken: "r", endsAt: NOW } });
    storeSession(null, kept);
    expect(kept.kept.size).toBe(0);
  });

  test.each(["{", "null", "7", '{"token":1}', '{"name":"Ada"}'])("%s is no session", (text) => {
    const kept = store();
    kept.setItem("groundswell.session", text);
    expect(storedSession(kept)).toBeNull();
  });

  test.each(["", "a.b.c", "a.bnVsbA.c", "only one part"])("%j says nothing about anybody", (token) => {
    expect(claimsOf(token)).toEqual({});
  });
});
