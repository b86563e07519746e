"""The API's description as a plain page: no script, so that it needs no exception from any content security policy."""

from html import escape
from typing import Any

_STYLE = """
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem;text-transform:capitalize}article{border-top:1px solid #8886;padding:.75rem 0}
code,h3{font-family:ui-monospace,monospace}h3{margin:0;font-size:1rem}p{margin:.25rem 0}ul{margin:.25rem
0;padding-left:1.25rem}
"""


def render(document: dict[str, Any]) -> str:
    """The page: every address by slice, who it is for, and the codes that it can refuse with."""
    slices: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            slices.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    sections = "".join(f"<section><h2>{escape(name)}</h2>{''.join(found)}</section>" for name, found in slices.items())
    title = escape(document["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} API</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{title} API</h1>"
        f'<p>{escape(document["info"]["description"])} The models are in <a href="openapi.json">openapi.json</a>.</p>'
        f"{sections}{_refusals(document)}</main></body></html>"
    )


def _refusals(document: dict[str, Any]) -> str:
    """Every code with an anchor of its own: the `type` of a problem leads here."""
    told: dict[str, tuple[str, list[str]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                for code in answer["description"].split(", ") if status >= "400" else []:
                    told.setdefault(code, (status, []))[1].append(f"{method.upper()} {path}")
    rows = "".join(
        f'<article id="{escape(code)}"><h3>{escape(code)}</h3><p>{status}: {escape(", ".join(where))}</p></article>'
        for code, (status, where) in sorted(told.items())
        if " " not in code
    )
    return f"<section><h2>Refusals</h2>{rows}</section>"


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    answers = "".join(
        f"<li><code>{status}</code> {escape(answer['description'])}</li>"
        for status, answer in operation["responses"].items()
    )
    audience = escape(operation.get("description", "Public."))
    return (
        f"<article><h3>{method.upper()} {escape(path)}</h3><p>{escape(operation['summary'])}. {audience}</p>"
        f"<ul>{answers}</ul></article>"
    )
