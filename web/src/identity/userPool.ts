import { Problem } from "../api/problem";
import type { SignInConfig } from "../config";
import { refusalOf } from "./journey";
import { claimsOf, type Renewal, type Session } from "./session";

export type PoolConfig = Extract<SignInConfig, { way: "user_pool" }>;

const TIMEOUT_MS = 15_000;
const SCOPES = "openid email profile";

/** The user pool's own pages and addresses: OAuth 2.0 with PKCE for a page that can keep no secret. */
export class UserPool {
  readonly #config: PoolConfig;
  /** The page's one address that the pool knows, for coming back in and out. */
  readonly #home: string;
  readonly #fetch: typeof fetch;
  readonly #now: () => number;

  constructor(
    config: PoolConfig,
    origin: string,
    fetching: typeof fetch = (input, init) => fetch(input, init),
    now: () => number = Date.now,
  ) {
    this.#config = config;
    this.#home = `${origin}/`;
    this.#fetch = fetching;
    this.#now = now;
  }

  /** Where a fan signs in. */
  signInAddress(journey: { state: string; challenge: string }): string {
    return this.#address("/oauth2/authorize", {
      response_type: "code",
      client_id: this.#config.client_id,
      redirect_uri: this.#home,
      scope: SCOPES,
      state: journey.state,
      code_challenge: journey.challenge,
      code_challenge_method: "S256",
    });
  }

  /** Where a fan leaves the pool's own session; it comes back to the page's front. */
  signOutAddress(): string {
    return this.#address("/logout", { client_id: this.#config.client_id, logout_uri: this.#home });
  }

  /** Exchanges a code, which is good for one try. Throws a `Problem`. */
  exchange(code: string, verifier: string): Promise<Session> {
    const asked = { grant_type: "authorization_code", code, redirect_uri: this.#home, code_verifier: verifier };
    return this.#tokens(asked, null);
  }

  /** The same fan with a later end. Throws a `Problem`; `sign_in_late` when the pool lets this session go no further. */
  renew({ refreshToken }: Renewal): Promise<Session> {
    return this.#tokens({ grant_type: "refresh_token", refresh_token: refreshToken }, refreshToken);
  }

  /** Ends what could be renewed. Nobody waits for it, and it outlives the page. */
  async revoke({ refreshToken }: Renewal): Promise<void> {
    await this.#post("/oauth2/revoke", { token: refreshToken }, { keepalive: true });
  }

  async #tokens(asked: Record<string, string>, refreshToken: string | null): Promise<Session> {
    let response: Response;
    try {
      response = await this.#post("/oauth2/token", asked, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch {
      throw new Problem(0, "network");
    }
    const answer = (await response.json().catch(() => null)) as Record<string, unknown> | null;
    if (response.status >= 500 || response.status === 429) throw refusalOf("temporarily_unavailable");
    if (!response.ok) throw refusalOf(answer?.["error"]);
    return this.#session(answer?.["id_token"], answer?.["refresh_token"] ?? refreshToken);
  }

  #session(token: unknown, refreshToken: unknown): Session {
    const { aud, exp, iat, name, email } = claimsOf(String(token));
    if (typeof token !== "string" || aud !== this.#config.client_id) throw refusalOf(null);
    // Lifetimes, not instants: the fan's clock may be wrong.
    const endsAt = this.#now() + (Number(exp) - Number(iat)) * 1000;
    const renewal = typeof refreshToken === "string" && endsAt ? { refreshToken, endsAt } : null;
    return { token, name: String(name || email || "?"), renewal };
  }

  #post(path: string, form: Record<string, string>, init: RequestInit): Promise<Response> {
    return this.#fetch(this.#address(path, {}), {
      method: "POST",
      body: new URLSearchParams({ ...form, client_id: this.#config.client_id }),
      credentials: "omit",
      redirect: "error",
      cache: "no-store",
      ...init,
    });
  }

  #address(path: string, parameters: Record<string, string>): string {
    const query = new URLSearchParams(parameters).toString();
    return `https://${this.#config.domain}${path}${query && `?${query}`}`;
  }
}
