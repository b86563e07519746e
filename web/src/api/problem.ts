/**
 * Everything that can go wrong with a request, as one thrown thing with a stable code.
 * Codes of the API pass through. The page's own are `network` (no answer: the outcome is unknown), `unexpected`
 * (an answer that is not the API's), `config` (nothing was sent, for want of an address) and `sign_in_...`.
 */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string | null;

  constructor(status: number, code: string, detail: string | null = null) {
    super(detail ?? code);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.detail = detail;
  }

  /** The token was missing, expired or refused: signing in again may help. */
  get needsSignIn(): boolean {
    return this.status === 401 || this.code === "token_refused";
  }

  /** The request may have been carried out, or may be in a moment: only the very same one may be sent again. */
  get outcomeUnknown(): boolean {
    return this.status === 0 || this.status >= 500 || [408, 425, 429].includes(this.status);
  }
}

/** Reads the problem+json of an answer that was not a success, forgiving whatever else stands there. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  // The gateway itself refuses with {"message": "Unauthorized"}, before the API could name a code.
  const fallback = response.status === 401 ? "unauthorized" : "unexpected";
  const code = typeof fields["code"] === "string" ? fields["code"] : fallback;
  const detail = typeof fields["detail"] === "string" ? fields["detail"] : null;
  return new Problem(response.status, code, detail);
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, "network");
}
