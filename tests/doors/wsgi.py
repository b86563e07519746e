"""Asking a WSGI app without a socket."""

from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode
from wsgiref.util import setup_testing_defaults

from tests.people import Reply

App = Callable[..., Iterable[bytes]]


def segment(text: str) -> str:
    """Any text as one segment of a path. Dots are encoded too: clients fold `.` and `..` away."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="").replace(".", "%2E")


def send(
    app: App,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> Reply:
    """One request. The path is percent-encoded already, headers and query are not."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "REQUEST_URI": path,
        "QUERY_STRING": urlencode(query or {}, errors="surrogatepass"),
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/json",
        "wsgi.input": BytesIO(body),
    }
    setup_testing_defaults(environ)
    for name, value in (headers or {}).items():
        # The bytes of a header are letters of Latin-1 to WSGI.
        text = value.encode("utf-8", "surrogatepass").decode("latin-1")
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = text
    answered: list[Any] = []
    content = b"".join(app(environ, lambda *started: answered.extend(started)))
    status, sent = answered
    return Reply(SimpleNamespace(status_code=int(status[:3]), headers=dict(sent), body=content))
