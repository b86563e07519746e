"""A function and its containers: each has a memory of its own and answers one request at a time. A container whose
request has run out of time answers the next one, and the old one may go on beside it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chalicelib.plumbing.memory import Memory
from chalicelib.plumbing.ports import Ports
from tests.simulation.scheduler import End
from tests.simulation.world import World

WORKER_MS, API_MS = 30_000, 10_000
SKEWS_MS = {"fast": 600_000, "slow": -600_000}
MOST_CONTAINERS = 3


class Function:
    """One function of the API or behind it."""

    def __init__(self, world: World, timeout_ms: int = WORKER_MS, *, alone: bool = False) -> None:
        """`alone`: one container has all requests, as if each were a zombie by the time that the next one comes."""
        self.world, self.timeout_ms, self.alone = world, timeout_ms, alone
        self._idle: list[Ports] = []
        self._busy = 0

    def invoke(self, actor: str, act: Callable[[Ports], Any], then: Callable[[End], None]) -> None:
        """One run in a container, whose clock may be wrong. `then` hears once how it ended."""
        skew_ms = SKEWS_MS.get(self.world.faults.decide("clock", actor), 0)
        container = self._taken(actor)

        def ended(end: End) -> None:
            self._busy -= 1
            if end.how != "died":
                self._idle.append(container)
            then(end)

        self.world.scheduler.invoke(actor, lambda: act(container), ended, timeout_ms=self.timeout_ms, skew_ms=skew_ms)

    def _taken(self, actor: str) -> Ports:
        """One that is idle, or a new one, which remembers nothing."""
        if self.alone:
            return self.world.ports
        chance = self.world.faults.roll(actor)
        cold = not self._idle or (self._busy + len(self._idle) < MOST_CONTAINERS and chance % 4 == 0)
        self._busy += 1
        if cold:
            return replace(self.world.ports, memory=Memory(self.world.ports.clock))
        return self._idle.pop(chance // 4 % len(self._idle))
