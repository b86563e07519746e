"""One request to a route, and how it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from chalicelib.plumbing.door import ROUTES, Route
from tests.doors.scene import Scene
from tests.people import Reply

_numbers = count()


@dataclass(frozen=True)
class Asked:
    """One request to a route: who, about what, with what."""

    who: str
    ids: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""


def name(route: Route) -> str:
    """`GET /v1/campaigns`: the name of a route in a test's id."""
    return f"{route.method} {route.path}"


def ask(scene: Scene, route: Route, asked: Asked, **headers: str) -> Reply:
    """Sends the request. A body of bytes is sent as it is."""
    path = route.path.format(**asked.ids) + asked.query
    return scene.person(asked.who).call(route.method, path, asked.body, **{**asked.headers, **headers})


def by_name(wanted: str) -> Route:
    return next(route for route in ROUTES if name(route) == wanted)


def key() -> dict[str, str]:
    """A fresh Idempotency-Key."""
    return {"Idempotency-Key": f"key-{next(_numbers)}"}
