"""OpenAPI 3.1 from the routes and their models. `docs/openapi.json` is this text, kept fresh by a test."""

import json
import re
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing.door import MOST_PAGE, ROUTES, LimitInvalid, Route, TextAnswer
from chalicelib.plumbing.identity import RoleForbidden, TokenRefused
from chalicelib.plumbing.problems import status_of
from chalicelib.plumbing.strict_json import BodyInvalid, BodyTooLarge, MediaTypeUnsupported

_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem; `code` is stable, `detail` is a sentence for people",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "why"],
                "properties": {"where": {"type": "string"}, "why": {"type": "string"}},
            },
        },
    },
}
_NEXT_CURSOR = {
    "description": "where the list goes on, for `cursor`; absent at its end",
    "required": False,
    "schema": {"type": "string"},
}
_REF = "#/components/schemas/{model}"


@cache
def text(url: str = "/") -> str:
    """The document, for an API at this address; as committed without one."""
    return json.dumps({**document(), "servers": [{"url": url}]}, indent=1, sort_keys=True) + "\n"


def document() -> dict[str, Any]:
    """The whole description. Needs every api module to be imported: app.py does that."""
    sent = {(route.body, "validation") for route in ROUTES if route.body}
    answered = {(route.answer, "serialization") for route in ROUTES if not issubclass(route.answer, TextAnswer)}
    pairs = sorted(sent | answered, key=lambda pair: (pair[0].__name__, pair[1]))
    names, schemas = models_json_schema(pairs, ref_template=_REF)  # type: ignore[arg-type]
    paths: dict[str, Any] = {}
    for route in sorted(ROUTES, key=lambda route: (route.path, route.method)):
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, names)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Groundswell",
            "version": "1",
            "description": "Demand-driven pre-sales: votes become batches, batches become manufacturing orders.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {**schemas["$defs"], "Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        },
    }


def _operation(route: Route, names: Any) -> dict[str, Any]:
    slice_name = route.answer.__module__.split(".")[1]
    operation: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{route.path}").strip("_"),
        "summary": route.summary,
        "tags": [slice_name],
        "parameters": _parameters(route),
        "responses": _responses(route, names),
    }
    if route.roles:
        operation["security"] = [{"token": []}]
        operation["description"] = f"For: {', '.join(route.roles)}."
    if route.body:
        operation["requestBody"] = {"required": True, "content": _content(names[(route.body, "validation")])}
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    text_schema = {"type": "string"}
    found = [
        {"name": name, "in": "path", "required": True, "schema": text_schema}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    found += [{"name": name, "in": "header", "required": True, "schema": text_schema} for name in route.headers]
    if route.paged:
        limit = {"type": "integer", "minimum": 1, "maximum": MOST_PAGE}
        found.append({"name": "limit", "in": "query", "required": False, "schema": limit})
    if route.paged or route.cursor:
        found.append({"name": "cursor", "in": "query", "required": False, "schema": text_schema})
    return found


def _responses(route: Route, names: Any) -> dict[str, Any]:
    good = {"description": route.summary, **_good(route, names)}
    codes: dict[int, list[str]] = {}
    for refusal in _refusals(route):
        codes.setdefault(status_of(refusal), []).append(refusal.code)
    bad = {str(status): _problem(", ".join(sorted(set(found)))) for status, found in codes.items()}
    if route.roles:
        bad["401"] = {"description": "no valid token"}
    if route.fresh_seconds is not None:
        bad["304"] = {"description": "unchanged since the ETag in If-None-Match"}
    return {str(route.status): good, **dict(sorted(bad.items())), "503": _problem("unavailable")}


def _good(route: Route, names: Any) -> dict[str, Any]:
    if not issubclass(route.answer, TextAnswer):
        return {"content": _content(names[(route.answer, "serialization")])}
    content = {route.answer.media_type: {"schema": {"type": "string"}}}
    return {"content": content, **({"headers": {"Next-Cursor": _NEXT_CURSOR}} if route.paged else {})}


def _refusals(route: Route) -> tuple[type[Refusal], ...]:
    body: tuple[type[Refusal], ...] = (BodyInvalid, BodyTooLarge, MediaTypeUnsupported) if route.body else ()
    role: tuple[type[Refusal], ...] = (RoleForbidden, TokenRefused) if route.roles else ()
    # The quote is asked for with POST, since it has a body, but holds nothing.
    writes = route.method != "GET" and not route.path.endswith("/quote")
    busy: tuple[type[Refusal], ...] = (Busy,) if writes else ()
    page: tuple[type[Refusal], ...] = (LimitInvalid,) if route.paged else ()
    return (*route.refusals, *body, *role, *busy, *page)


def _content(schema: dict[str, Any] | type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _problem(codes: str) -> dict[str, Any]:
    reference = {"$ref": _REF.format(model="Problem")}
    return {"description": codes, "content": {"application/problem+json": {"schema": reference}}}
