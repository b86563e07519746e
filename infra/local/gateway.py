"""The gateway: a WSGI app that does before the Chalice app what API Gateway does in the cloud.

Routes, bodies too large, tokens: decided here as there, so that the app sees the same events and only verified claims.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalice.app import Chalice
from chalice.local import LocalChalice

from infra.local import tokens
from infra.local.invocation import Invocation
from infra.local.proxy_event import Answer, Environ, raw_path, status_line, to_answer, to_event
from infra.local.router import Match, Router

MOST_BODY_BYTES = 10 * 1024 * 1024
StartResponse = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
Verify = Callable[[str], Mapping[str, Any]]
_log = logging.getLogger(__name__)


class Gateway:
    """`Gateway(app)` is callable as a WSGI app; `otherwise` answers the paths that are neither routes nor under /v1."""

    def __init__(self, app: Chalice, *, verify: Verify = tokens.verify, otherwise: Wsgi | None = None) -> None:
        self._app = _per_thread(app)
        self._router = Router(app.routes)
        self._verify = verify
        self._otherwise = otherwise

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = raw_path(environ)
        match = self._router.match(path)
        if match is None and self._otherwise and not _is_api(path):
            return self._otherwise(environ, start_response)
        status, headers, body = self._answer(environ, match)
        start_response(status_line(status), [*headers, ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _answer(self, environ: Environ, match: Match | None) -> Answer:
        routes = self._app.routes[match.resource] if match else {}
        if environ["REQUEST_METHOD"] == "OPTIONS" and any(route.cors for route in routes.values()):
            return _preflight(routes)
        route = routes.get(environ["REQUEST_METHOD"])
        if match is None or route is None:
            return _refusal(403, "Missing Authentication Token")
        if _length(environ) > MOST_BODY_BYTES:
            return _refusal(413, "Request Too Long")
        claims = None
        if route.authorizer is not None:
            try:
                claims = authorizer_claims(self._verify(_token(environ)))
            except tokens.TokenRefused as refused:
                _log.info("token refused: %s", refused)
                return _refusal(401, "Unauthorized")
        body = environ["wsgi.input"].read(_length(environ)) if _length(environ) else b""
        return self._invoke(to_event(environ, match, body, claims))

    def _invoke(self, event: dict[str, Any]) -> Answer:
        try:
            return to_answer(self._app(event, Invocation("groundswell-local-api_handler")))
        except Exception:  # noqa: BLE001 - the gateway outlives whatever a function does
            _log.exception("the API function failed")
            return _refusal(502, "Internal server error")


def _preflight(routes: Mapping[str, Any]) -> Answer:
    """The gateway's own answer to a browser that asks whether another site may call; no function hears of it."""
    cors = next(route.cors for route in routes.values() if route.cors)
    methods = ",".join(sorted([*routes, "OPTIONS"]))
    headers = {**cors.get_access_control_headers(), "Access-Control-Allow-Methods": methods}
    return 200, [(name, str(value)) for name, value in headers.items()], b""


def authorizer_claims(claims: Mapping[str, Any]) -> dict[str, str]:
    """Claims as a REST API's Cognito authorizer passes them on: everything is text, lists are joined by commas."""
    return {name: _as_text(value) for name, value in claims.items()}


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _per_thread(app: Chalice) -> Chalice:
    """Lambda runs one request at a time; here several threads do: each gets its own `current_request`."""
    if not isinstance(app, LocalChalice):
        app.__class__ = type("ThreadedApp", (LocalChalice, app.__class__), {})
    return app


def _is_api(path: str) -> bool:
    return path == "/v1" or path.startswith("/v1/")


def _token(environ: Environ) -> str:
    sent = str(environ.get("HTTP_AUTHORIZATION", ""))
    return sent.removeprefix("Bearer ").strip()


def _length(environ: Environ) -> int:
    sent = str(environ.get("CONTENT_LENGTH") or "0")
    return int(sent) if sent.isdecimal() else 0


def _refusal(status: int, message: str) -> Answer:
    return status, [("Content-Type", "application/json")], json.dumps({"message": message}).encode()
