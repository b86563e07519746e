"""One HTTP request as the event that a REST API hands to a Lambda proxy integration, and the answer back.

Facts of REST APIs kept here: the path and its parameters arrive still percent-encoded, the query decoded; a repeated
header or parameter is in the multi-value form, its last value in the plain one.
"""

import base64
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote

from infra.local import outside
from infra.local.router import Match

Environ = Mapping[str, Any]
Answer = tuple[int, list[tuple[str, str]], bytes]


def raw_path(environ: Environ) -> str:
    """The path as it was sent, before any percent-decoding: `/v1/campaigns/a%2Fb` stays what it is."""
    sent = str(environ.get("REQUEST_URI") or environ.get("RAW_URI") or "").partition("?")[0]
    if sent.startswith("/"):
        return sent
    return quote(str(environ.get("PATH_INFO") or "/").encode("latin-1"), safe="/:@!$&'()*+,;=~-._")


def to_event(environ: Environ, match: Match, body: bytes, claims: Mapping[str, str] | None) -> dict[str, Any]:
    """The proxy event of one request."""
    headers = _headers(environ)
    query = _multi(parse_qsl(str(environ.get("QUERY_STRING", "")), keep_blank_values=True, errors="replace"))
    content, is_base64 = _content(body)
    return {
        "resource": match.resource,
        "path": match.path,
        "httpMethod": environ["REQUEST_METHOD"],
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": match.parameters or None,
        "stageVariables": None,
        "requestContext": _request_context(environ, match, claims),
        "body": content,
        "isBase64Encoded": is_base64,
    }


def to_answer(reply: Mapping[str, Any]) -> Answer:
    """What a proxy integration's reply becomes on the wire."""
    body = reply.get("body") or ""
    content = base64.b64decode(body) if reply.get("isBase64Encoded") else str(body).encode()
    headers = [(name, str(value)) for name, value in (reply.get("headers") or {}).items()]
    headers += [(name, str(one)) for name, all_ in (reply.get("multiValueHeaders") or {}).items() for one in all_]
    return int(reply["statusCode"]), headers, content


def status_line(status: int) -> str:
    """`404 Not Found`: WSGI wants the words too."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"


def _request_context(environ: Environ, match: Match, claims: Mapping[str, str] | None) -> dict[str, Any]:
    now = outside.epoch_seconds()
    found: dict[str, Any] = {
        "accountId": "000000000000",
        "apiId": "local",
        "domainName": environ.get("HTTP_HOST", "localhost"),
        "httpMethod": environ["REQUEST_METHOD"],
        "identity": {
            "sourceIp": environ.get("REMOTE_ADDR", "127.0.0.1"),
            "userAgent": environ.get("HTTP_USER_AGENT"),
        },
        # As behind a name of its own, whose paths do not begin with the stage.
        "path": match.path,
        "protocol": environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
        "requestId": outside.fresh_id(),
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": int(now * 1000),
        "resourceId": "local",
        "resourcePath": match.resource,
        "stage": "local",
    }
    if claims is not None:
        found["authorizer"] = {"claims": dict(claims)}
    return found


def _headers(environ: Environ) -> dict[str, str]:
    # WSGI has joined repeated headers with commas already, so each has one value here.
    found = {key[5:]: str(value) for key, value in environ.items() if key.startswith("HTTP_")}
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            found[key] = str(environ[key])
    return {key.replace("_", "-").title(): value for key, value in found.items()}


def _multi(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _content(body: bytes) -> tuple[str | None, bool]:
    if not body:
        return None, False
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True
