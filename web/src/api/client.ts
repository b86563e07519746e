import { Problem, problemOf } from "./problem";

export interface Sending {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  token?: string | null;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

const TIMEOUT_MS = 15_000;

/** Fetches JSON of the one origin; every failure is a `Problem`, except that a caller's own abort stays an abort. */
export class Client {
  readonly #fetch: typeof fetch;
  readonly #base: () => Promise<string>;
  /** path -> the last answer that came with an ETag */
  readonly #remembered = new Map<string, { etag: string; body: unknown }>();

  /** `base` is asked before each request what stands before its path. */
  constructor(
    fetching: typeof fetch = (input, init) => fetch(input, init),
    base: () => Promise<string> = () => Promise.resolve(""),
  ) {
    this.#fetch = fetching;
    this.#base = base;
  }

  async send<Answer>(path: string, sending: Sending = {}): Promise<Answer> {
    const response = await this.#answer(path, sending, headersOf(sending));
    return (await bodyOf(response)) as Answer;
  }

  /**
   * A public read that costs almost nothing while nothing changes. An unchanged answer is the *same object*
   * as before, so that a view fed with it need not draw again.
   */
  async read<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
    const known = this.#remembered.get(path);
    // fetch() hands a 304 through only to those who set this header themselves.
    const headers = { Accept: "application/json", ...(known ? { "If-None-Match": known.etag } : {}) };
    const response = await this.#answer(path, signal ? { signal } : {}, headers);
    if (response.status === 304 && known) return known.body as Answer;
    const body = await bodyOf(response);
    const etag = response.headers.get("ETag");
    if (etag) this.#remembered.set(path, { etag, body });
    else this.#remembered.delete(path);
    return body as Answer;
  }

  /** An answer that is not JSON, for who reads its body and its headers by itself. */
  async answer(path: string, sending: Sending): Promise<Response> {
    return this.#answer(path, sending, headersOf(sending));
  }

  async #answer(path: string, sending: Sending, headers: Record<string, string>): Promise<Response> {
    const base = await this.#base();
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const init: RequestInit = {
      method: sending.method ?? "GET",
      headers,
      signal: sending.signal ? AbortSignal.any([sending.signal, timeout]) : timeout,
    };
    if (sending.body !== undefined) init.body = JSON.stringify(sending.body);
    let response: Response;
    try {
      response = await this.#fetch(base + path, init);
    } catch (error) {
      if (sending.signal?.aborted) throw error;
      throw new Problem(0, "network");
    }
    if (response.ok || response.status === 304) return response;
    throw await problemOf(response);
  }
}

function headersOf(sending: Sending): Record<string, string> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (sending.body !== undefined) headers["Content-Type"] = "application/json";
  if (sending.token) headers["Authorization"] = `Bearer ${sending.token}`;
  if (sending.idempotencyKey) headers["Idempotency-Key"] = sending.idempotencyKey;
  return headers;
}

async function bodyOf(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch {
    // The answer broke off, or something between here and the API answered in its place.
    throw new Problem(0, "network");
  }
}
