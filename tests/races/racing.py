"""Two actions at once: at each call that the first makes, the second runs to its end, and the first goes on.

A race is sound when its outcome is one that the two could have had one after the other (or that one of them alone could
have had, where the other was told to try again), and when every invariant holds afterwards.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing.memory import Memory
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write
from tests.invariants import checks
from tests.invariants.items import of
from tests.races.quick_world import Moment, QuickWorld
from tests.races.situations import Context

Act = Callable[[Ports, Context], object]
Digest = Counter[str]
# What the caller hears when it lost, and may try again: nothing happened.
LOST = ("busy", "ballot_superseded")
# Two ways to hear that the sale is over: the batch went first, or the campaign.
ALIKE = {"campaign_not_preselling": "batch_full"}
SHOWN = {
    "campaign": ("state", "selectable"),
    "batch": (
        "number",
        "state",
        "held_units",
        "secured_units",
        "collected_units",
        "final_units",
        "final_unit_price_minor",
    ),
    "preorder": ("fan_id", "state", "reason", "batch_number", "units", "final_total_minor"),
    "payment": ("fan_id", "state"),
    "ledger": ("movement", "entries"),
    "order": ("state", "units", "total_minor", "delivery_attempts", "delivery_problem"),
    "ballot": ("sk", "votes"),
    "result": ("ballots", "root"),
    "result_feature": ("feature_id", "counts", "kept"),
    "manufacturer": ("enabled",),
    "waiting_entry": ("fan_id", "state"),
}


@dataclass(frozen=True)
class Race:
    """What to prepare, and what runs at once.

    `of_workers`: a queue or stream brings the action again when it fails. `guarded`: the control must disagree.
    `cut_into`: which of the two is interrupted by the other. `minutes`: so much later the clock looks at what the
    provider has not answered.
    """

    name: str
    prepare: Callable[[QuickWorld], Context]
    first: Act
    second: Act
    of_workers: tuple[bool, bool] = (False, False)
    guarded: bool = True
    cut_into: tuple[int, ...] = (0, 1)
    minutes: tuple[int, ...] = ()


class Unguarded(Table):
    """A table whose writes have lost their conditions: the control of every race."""

    def _packed(self, write: Write, attempt: str) -> dict[str, Any]:
        request = super()._packed(replace(write, condition=()), attempt)
        if not request.get("ConditionExpression"):
            request.pop("ConditionExpression", None)
        return request


class CutIn:
    """A hook that runs something before the n-th call, once. Of many queries in a row only the first two count: page
    after page of the same list is read, and each stands for the others."""

    def __init__(self, at: int, act: Callable[[], None]) -> None:
        self.at, self.act, self.calls, self.done = at, act, 0, False
        self._last: tuple[str, ...] = ()

    def __call__(self, when: Literal["before", "after"], call: str) -> None:
        if self.done or when == "after":
            return
        repeated, self._last = self._last == ("query", "query") and call == "query", (*self._last[-1:], call)
        if repeated:
            return
        self.calls += 1
        if self.calls == self.at:
            self.done = True
            self.act()


def digest(world: QuickWorld) -> Digest:
    """What is stored, without ids and times: equal for equal outcomes. Who was refused has no pre-order, whether they
    had written one down or not."""
    items = [item for item in world.items() if (item.get("kind"), item.get("state")) != ("preorder", "refused")]
    return Counter(
        repr([kind, *(item.get(name) for name in names)]) for kind, names in SHOWN.items() for item in of(items, kind)
    )


@dataclass
class Course:
    """One race on its world: serial runs to compare with, and every interleaving."""

    world: QuickWorld
    race: Race
    context: Context
    start: Moment

    @classmethod
    def of(cls, world: QuickWorld, race: Race) -> "Course":
        context = race.prepare(world)
        return cls(world, race, context, world.moment())

    def act(self, ports: Ports, which: int) -> str:
        """Runs one of the two; answers `ok`, or the code of the refusal."""
        try:
            # Two at once are in two containers: neither knows what the other has learnt.
            container = replace(ports, memory=Memory(self.world.clock))
            (self.race.first, self.race.second)[which](container, self.context)
        except Refusal as refusal:
            news_too_late = self.race.of_workers[which] and not isinstance(refusal, Busy)
            return "ok" if news_too_late else ALIKE.get(refusal.code, refusal.code)
        return "ok"

    def finish(self, outcomes: dict[int, str]) -> None:
        """Brings failed work again, as its queue would, and lets the world come to rest."""
        for which, outcome in outcomes.items():
            if outcome == "busy" and self.race.of_workers[which]:
                outcomes[which] = self.act(self.world.ports, which)
        self.world.settle_down()
        for minutes in self.race.minutes:
            self.world.clock.forward(minutes=minutes)
            self.world.tick()

    def serially(self, *order: int) -> tuple[dict[int, str], Digest]:
        """One after the other, a second between them."""
        self.world.back_to(self.start)
        outcomes = {}
        for place, which in enumerate(order):
            if place or order == (1,):
                self.world.clock.forward(seconds=1)
            outcomes[which] = self.act(self.world.ports, which)
        self.finish(outcomes)
        return outcomes, digest(self.world)

    def interleaved(self, ports: Ports, *, first: int) -> Iterator[dict[int, str]]:
        """Each way in which the other can cut in; yields once both are through, before anything follows."""
        at = 0
        while True:
            at += 1
            self.world.back_to(self.start)
            outcomes: dict[int, str] = {}

            def other(found: dict[int, str] = outcomes) -> None:
                self.world.clock.forward(seconds=1)
                found[1 - first] = self.act(ports, 1 - first)

            hook = self.world.engine.hook = CutIn(at, other)
            outcomes[first] = self.act(ports, first)
            self.world.engine.hook = None
            if not hook.done:
                return
            yield outcomes

    def check(self, outcomes: dict[int, str], allowed: list[tuple[dict[int, str], Digest]]) -> None:
        """All invariants, and an outcome that a serial run could have had."""
        checks.agree(self.world.items(), checks.AT_EVERY_INSTANT)
        self.finish(outcomes)
        checks.everything(self.world)
        found = digest(self.world)
        lost = [which for which, outcome in outcomes.items() if outcome in LOST]
        if lost:
            allowed = [*allowed, self.serially(0), self.serially(1)]
        told = {which: outcome for which, outcome in outcomes.items() if which not in lost}
        possible = [end for before, end in allowed if all(before.get(which, how) == how for which, how in told.items())]
        assert possible, f"told {outcomes}, which no order of the two would tell: {[told for told, _ in allowed]}"
        assert found in possible, f"ended with {found - possible[0]} instead of {possible[0] - found}"

    def allowed(self) -> list[tuple[dict[int, str], Digest]]:
        return [self.serially(0, 1), self.serially(1, 0)]
