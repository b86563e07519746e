"""What the local run serves beside the API, on the same origin: the built page, and a sign-in that needs no password.

None of this is deployed: there the page comes from a bucket and people sign in to the user pool.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from whitenoise import WhiteNoise

from infra.local import tokens

_MOST_BODY_BYTES = 4096
_MOST_NAME_CHARACTERS = 64
_NO_PAGE = b"<!doctype html><title>Groundswell</title><p>The page is not built yet: run <code>make page</code>.</p>"
StartResponse = Callable[..., Any]
# What the page asks at /config.json. A deployment uploads its own, naming the API's path and the user pool.
LOCAL_CONFIG: Mapping[str, Any] = {"api": "", "sign_in": {"way": "local"}}
# The same as the CDN's, so that what the policy would forbid breaks here first; a test compares them.
_POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self'; img-src 'self'; "
    "connect-src 'self'{sign_in}{connects};{frames} base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Of whom a page shows the card field: what that may load, call and show in a frame of its own.
_CARDS = {
    "simulated": {"scripts": "", "connects": "", "frames": ""},
    "stripe": {
        "scripts": " https://js.stripe.com https://*.js.stripe.com",
        "connects": " https://api.stripe.com",
        "frames": " frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com;",
    },
}


def policy(config: Mapping[str, Any], provider: str = "simulated") -> str:
    """The page's content security policy: besides its own origin it talks to the user pool alone, if there is one, and
    to the payment provider, if cards are real."""
    domain = config["sign_in"].get("domain")
    return _POLICY.format(sign_in=f" https://{domain}" if domain else "", **_CARDS[provider])


class Page:
    """A WSGI app for every path that is not the API's."""

    def __init__(self, directory: Path, config: Mapping[str, Any] = LOCAL_CONFIG) -> None:
        self._directory, self._config = directory, config
        self._policy = policy(config)
        # autorefresh and no caching: a rebuilt page shows without a restart.
        self._files = WhiteNoise(
            self._fallback,
            root=str(directory),
            index_file=True,
            autorefresh=True,
            max_age=0,
            allow_all_origins=False,
            add_headers_function=self._guard,
        )

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", "/"))
        if path.startswith("/local/"):
            return _local(path, environ, start_response)
        if path == "/config.json":
            return _json(start_response, "200 OK", self._config)
        answer: Iterable[bytes] = self._files(environ, start_response)
        return answer

    def _guard(self, headers: Any, _path: str, _url: str) -> None:
        headers["Content-Security-Policy"] = self._policy

    def _fallback(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Addresses that only the page knows, such as /campaigns/x, get the page; missing files do not."""
        index = self._directory / "index.html"
        path = str(environ.get("PATH_INFO", "/"))
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or "." in path.rpartition("/")[2]:
            return _send(start_response, "404 Not Found", "text/plain", b"Not found\n")
        content = index.read_bytes() if index.exists() else _NO_PAGE
        sent = b"" if environ["REQUEST_METHOD"] == "HEAD" else content
        return _send(start_response, "200 OK", "text/html; charset=utf-8", sent, policy=self._policy)


def _local(path: str, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    asked = (environ["REQUEST_METHOD"], path)
    if not _is_this_machine(str(environ.get("HTTP_HOST", ""))):
        # A page of another site could point its name at this machine and ask for an organiser's token.
        return _json(start_response, "403 Forbidden", {"message": "only for this machine"})
    if asked == ("POST", "/local/token"):
        return _sign_in(environ, start_response)
    return _json(start_response, "404 Not Found", {"message": "not found"})


def _sign_in(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    length = str(environ.get("CONTENT_LENGTH") or "0")
    try:
        asked = json.loads(environ["wsgi.input"].read(min(int(length), _MOST_BODY_BYTES)))
        name, role, manufacturer_id = asked["name"], asked["role"], asked.get("manufacturer_id")
        well_formed = isinstance(name, str) and name.strip() and len(name) <= _MOST_NAME_CHARACTERS
        well_formed = well_formed and role in get_args(tokens.Role) and isinstance(manufacturer_id, str | None)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        well_formed = False
    if not well_formed:
        return _json(start_response, "400 Bad Request", {"message": "name and role are needed"})
    token = tokens.issue(name.strip(), role, manufacturer_id)
    return _json(start_response, "200 OK", {"token": token, "name": name.strip()})


def _is_this_machine(host: str) -> bool:
    return host.rpartition(":")[0] in {"127.0.0.1", "localhost"} or host in {"127.0.0.1", "localhost"}


def _json(start_response: StartResponse, status: str, content: Mapping[str, Any]) -> Iterable[bytes]:
    return _send(start_response, status, "application/json", json.dumps(content).encode())


def _send(
    start_response: StartResponse, status: str, kind: str, content: bytes, *, policy: str | None = None
) -> Iterable[bytes]:
    headers = [("Content-Type", kind), ("Content-Length", str(len(content))), ("Cache-Control", "no-store")]
    if policy:
        headers.append(("Content-Security-Policy", policy))
    start_response(status, headers)
    return [content]
