"""Virtual time, and invocations as greenlets: one thread, every pause a switch point, nothing left to chance.

A handler runs until it pauses; then whatever is due first goes on. So the order of everything follows from the pauses,
and the pauses come from the fault plan.
"""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from greenlet import GreenletExit, getcurrent, greenlet

# A history that goes on for longer than this does not come to rest.
MOST_STEPS = 60_000


class Died(BaseException):
    """The function is gone: nothing of it runs any more."""


class Restless(AssertionError):  # noqa: N818 - told as a fact, like a refusal
    """L1: something wakes itself for ever."""


@dataclass(frozen=True)
class End:
    """How an invocation ended. `late`: its time was up, though it may still be running."""

    how: Literal["done", "failed", "died", "late"]
    value: Any = None


@dataclass
class Invocation:
    """One run of a handler. `skew_ms`: how wrong its clock is. `streak`: what befalls its next calls. `read_ms`: when
    it last read an item by itself."""

    actor: str
    skew_ms: int
    then: Callable[[End], None]
    thread: greenlet | None = None
    streak: list[str] = field(default_factory=list)
    read_ms: int = 0
    told: bool = False


class Scheduler:
    """`now_ms` since the start of the history."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.current: Invocation | None = None
        self.running: list[Invocation] = []
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = count()

    def at(self, when_ms: int, act: Callable[[], None]) -> None:
        """Acts then, or as soon as it can."""
        heapq.heappush(self._due, (when_ms, next(self._order), act))

    def after(self, pause_ms: int, act: Callable[[], None]) -> None:
        self.at(self.now_ms + pause_ms, act)

    def invoke(
        self, actor: str, act: Callable[[], Any], then: Callable[[End], None], *, timeout_ms: int, skew_ms: int = 0
    ) -> None:
        """Starts a handler now. `then` hears once how it ended, or that its time was up: what runs on is a zombie."""
        invocation = Invocation(actor, skew_ms, then)
        invocation.thread = greenlet(lambda: self._ended(invocation, _run(act)))
        self.running.append(invocation)
        self.after(timeout_ms, lambda: self._tell(invocation, End("late")))
        self._resume(invocation)

    def pause(self, pause_ms: int) -> None:
        """Lets the others go on for so long. Outside of an invocation, time just passes."""
        invocation = self.current
        if invocation is None or invocation.thread is not getcurrent():
            self.now_ms += pause_ms
            return
        self.after(pause_ms, lambda: self._resume(invocation))
        self.current = None
        invocation.thread.parent.switch()

    def run(self, until_ms: int) -> None:
        """Everything that is due until then. Raises Restless."""
        for _ in range(MOST_STEPS):
            if not self._due or self._due[0][0] > until_ms:
                self.now_ms = max(self.now_ms, until_ms)
                return
            when_ms, _, act = heapq.heappop(self._due)
            self.now_ms = max(self.now_ms, when_ms)
            act()
        raise Restless(f"L1: still moving at {self.now_ms} ms, after {MOST_STEPS} steps")

    @contextmanager
    def until_gone(self) -> Iterator["Scheduler"]:
        """Ends what is still running when this is left."""
        try:
            yield self
        finally:
            for invocation in list(self.running):
                if invocation.thread is not None:
                    invocation.thread.throw(GreenletExit)

    def _resume(self, invocation: Invocation) -> None:
        if invocation.thread is not None and not invocation.thread.dead:
            self.current = invocation
            invocation.thread.parent = getcurrent()
            invocation.thread.switch()
            self.current = None

    def _ended(self, invocation: Invocation, end: End) -> None:
        self.running.remove(invocation)
        self._tell(invocation, end)

    def _tell(self, invocation: Invocation, end: End) -> None:
        if not invocation.told:
            invocation.told = True
            self.after(0, lambda: invocation.then(end))


def _run(act: Callable[[], Any]) -> End:
    try:
        return End("done", act())
    except Died:
        return End("died")
    except Exception as error:  # noqa: BLE001 - whatever it was, its caller hears of it
        return End("failed", error)
