"""A replay without sockets: Chalice's test client answers the calls, and the pump runs whenever the replay waits."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chalice.test import Client

from tests.people import Person, claims_of, unsigned
from tests.world import World
from tools.replay.calls import Calls
from tools.replay.run import Replay
from tools.replay.server import Shelf
from tools.replay.session import Session

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def elections() -> Path:
    """The folder of real ballots, which lies beside the checkout and not in it."""
    folder = DATA / "elections"
    if not folder.is_dir():
        pytest.skip(f"no ballots to read: {folder} is missing")
    return folder


class Wire:
    """Answers requests from a world, one a millisecond. `lively`: the background comes to rest before each."""

    def __init__(self, world: World, *, lively: bool = False) -> None:
        self.world, self.lively = world, lively
        self.keys: list[str | None] = []

    def __call__(
        self, method: str, path: str, *, token: str | None = None, body: Any = None, key: str | None = None
    ) -> tuple[int, Any]:
        self.world.clock.forward(milliseconds=1)
        if self.lively:
            self.world.settle_down()
        headers = {"Idempotency_Key": key} if key else {}
        if method == "POST" and path.endswith("/preorders"):
            self.keys.append(key)
        reply = Person(Client(self.world.app), token).call(method, path, body, **headers)
        return reply.status, reply.json


def token_of(name: str, role: str) -> str:
    return unsigned(claims_of(name, groups=["organisers"] if role == "organiser" else None))


@pytest.fixture
def make_replay(world: World) -> Callable[..., Replay]:
    """A replay against the world; `lines` collects its report."""

    def make(lines: list[str], *, stored: bool = True, lively: bool = False, batches: int = 1) -> Replay:
        def pause(seconds: float) -> None:
            world.clock.forward(seconds=seconds)
            world.settle_down()

        calls = Calls(Wire(world, lively=lively), pause=pause)
        session = Session(calls, token_of, world.clock, "maker", workers=1, batches=batches, quiet=True)
        shelf = Shelf(world.dynamodb, world.settings.table_name) if stored else None
        return Replay(session, shelf, say=lines.append)

    return make
