"""What every refusal looks like, whatever it refuses."""

from collections.abc import Iterator

from chalicelib.plumbing.openapi import _PROBLEM
from tests.people import Reply


def faults(reply: Reply) -> str:
    """Why this is no sound refusal; empty when it is one."""
    if not 400 <= reply.status < 500:
        return f"status {reply.status}"
    if reply.headers.get("content-type") != "application/problem+json":
        return f"content type {reply.headers.get('content-type')}"
    return "; ".join(_faults(reply))


def _faults(reply: Reply) -> Iterator[str]:
    body = reply.json
    if reply.headers.get("cache-control") != "no-store":
        yield "may be cached"
    if any(not body.get(word) for word in _PROBLEM["required"]) or not set(body) <= set(_PROBLEM["properties"]):
        yield f"has the fields {list(body)}"
    elif body["status"] != reply.status or body["type"] != f"/docs#{body['code']}":
        yield "contradicts itself"
    # A sentence may begin with the name of a field or with what stands in its place: `limit`, -Infinity.
    elif len(body["detail"].split()) < 3 or body["detail"][-1] not in ".`":
        yield "says no sentence"
