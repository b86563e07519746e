"""Refusals as RFC 9457 problem+json. The `code` is stable; the sentence may be reworded."""

import json
from typing import Any

from chalice.app import Response

from chalicelib.kernel.refusals import Busy, Conflict, Forbidden, Invalid, Missing, Refusal
from chalicelib.plumbing.strict_json import BodyInvalid, BodyTooLarge, MediaTypeUnsupported

Headers = dict[str, str | list[str]]

_STATUS: list[tuple[type[Refusal], int]] = [
    (BodyTooLarge, 413),
    (MediaTypeUnsupported, 415),
    (Missing, 404),
    (Conflict, 409),
    (Invalid, 400),
    (Forbidden, 403),
]
_TITLES = {
    400: "Bad request",
    403: "Forbidden",
    404: "Not found",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported media type",
    500: "Internal error",
    503: "Unavailable",
}


def prefix(context: dict[str, Any]) -> str:
    """What stands before the routes in the addresses that callers use: the gateway's stage, unless a name hides it."""
    stage = f"/{context.get('stage')}"
    return stage if str(context.get("path", "")).startswith(f"{stage}/") else ""


def status_of(refusal: type[Refusal]) -> int:
    """The HTTP status of a refusal's family."""
    return next(status for family, status in _STATUS if issubclass(refusal, family))


def of_refusal(refusal: Refusal, docs: str) -> Response:
    """The answer to a request that was refused. `docs`: see `problem`."""
    extra: dict[str, Any] = {"errors": refusal.errors} if isinstance(refusal, BodyInvalid) and refusal.errors else {}
    headers = {"Retry-After": "1"} if isinstance(refusal, Busy) else {}
    return problem(status_of(type(refusal)), refusal.code, refusal.detail, docs=docs, headers=headers, **extra)


def problem(
    status: int, code: str, detail: str, *, docs: str, headers: dict[str, str] | None = None, **extra: Any
) -> Response:
    """One problem document. `docs` is where the caller finds the API's description."""
    body = {"type": f"{docs}#{code}", "title": _TITLES[status], "status": status, "code": code, "detail": detail}
    sent: Headers = {"Content-Type": "application/problem+json", "Cache-Control": "no-store", **(headers or {})}
    return Response(body=json.dumps({**body, **extra}), status_code=status, headers=sent)
