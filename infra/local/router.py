"""Which route of the app a path belongs to, as the gateway decides it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Match:
    """A path that belongs to a route. `resource` is the route's own text, `{campaign_id}` and all."""

    resource: str
    path: str
    parameters: dict[str, str]


class Router:
    """Routes of the form `/v1/campaigns/{campaign_id}`; a fixed segment wins over a parameter."""

    def __init__(self, resources: Iterable[str]) -> None:
        ordered = sorted(resources, key=lambda resource: [part.startswith("{") for part in resource.split("/")])
        self._routes = [(resource, resource.split("/")) for resource in ordered]

    def match(self, path: str) -> Match | None:
        """The route of a percent-encoded path, with its parameters as they were sent."""
        sent = (path.rstrip("/") or "/").split("/")
        for resource, parts in self._routes:
            parameters = _parameters(parts, sent)
            if parameters is not None:
                return Match(resource, path, parameters)
        return None


def _parameters(parts: list[str], sent: list[str]) -> dict[str, str] | None:
    if len(parts) != len(sent):
        return None
    found = {}
    for part, value in zip(parts, sent, strict=True):
        if part.startswith("{") and value:
            found[part.strip("{}")] = value
        elif part != value:
            return None
    return found
