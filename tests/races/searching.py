"""All stories of a path with up to two faults, each of them once.

No story is played to its end twice: two that have come to the same moment go on alike, so every moment is gone on from
only once. What each step has changed is checked, and each end is held against the end of the story without a fault.
"""

import sys
import zlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from operator import add

from chalicelib.plumbing.typed_json import unpack
from tests.invariants import checks
from tests.invariants.history import history_is_lawful
from tests.races import moments
from tests.races.failing import KINDS, Kind
from tests.races.moments import Eye, Moment
from tests.races.money_paths import HEALING, Path
from tests.races.quick_world import QuickWorld
from tests.races.racing import Digest, digest
from tests.races.scripts import Place, Script

MOST_FAULTS = 2
# How many stories there are from a moment on: with no further fault, with one, with two.
Stories = list[int]
# How deep a story may be: a step is three calls of ours.
DEEPEST = 20_000


@dataclass
class Search:
    """All stories of a path, or a slice of them. `every`: of each so many first faults, and so many second ones, one is
    tried, chosen by the checksum of its name. `calm_from`: the stage from which on nothing fails any more.

    `failures` tells what went wrong, once for each moment at which it did."""

    script: Script
    name: str
    every: tuple[int, int]
    calm_from: int
    tell: Callable[[], object]
    calls: int = 0
    steps: int = 0
    failures: list[str] = field(default_factory=list)
    _expected: Digest = field(default_factory=Counter)
    _eye: Eye = field(default_factory=Eye)
    _known: dict[tuple[Hashable, int], Stories] = field(default_factory=dict)
    _story: list[str] = field(default_factory=list)

    def all(self, faults: int) -> Stories:
        """How many stories there are with no fault, with one, with two."""
        start, depth = moments.now(self.script.world, Place()), sys.getrecursionlimit()
        self._go_to_the_end()
        moments.back_to(self.script.world, start)
        sys.setrecursionlimit(DEEPEST)
        try:
            return self._from(start, faults)
        finally:
            sys.setrecursionlimit(depth)

    def _go_to_the_end(self) -> None:
        place: Place | None = Place()
        while place is not None:
            place, calls = self.script.step(place, {})
            self.calls += calls
        assert_at_rest(self.script.world)
        self._expected = digest(self.script.world)

    def _from(self, moment: Moment, faults: int) -> Stories:
        key = self._eye.key(moment), faults
        if key not in self._known:
            self._known[key] = self._explored(moment, faults)
        return self._known[key]

    def _explored(self, moment: Moment, faults: int) -> Stories:
        calls, after = self._run(moment, {})
        stories = self._from(after, faults) if after else [1] + [0] * MOST_FAULTS
        if faults and moment.place.stage < self.calm_from:
            for number, kind in self._chosen(moment, 1, calls):
                stories = list(map(add, stories, self._failing(moment, {number: kind}, faults - 1)))
        return stories

    def _failing(self, moment: Moment, plan: dict[int, Kind], left: int) -> Stories:
        """The stories that go on from these faults of one step. In the same step another one may follow."""
        number, kind = list(plan.items())[-1]
        calls, after = self._run(moment, plan)
        self._story.append(self._told(moment.place, number, kind))
        later = self._from(after, left) if after else [1] + [0] * MOST_FAULTS
        stories = [0, *later[:MOST_FAULTS]]
        if left:
            for following, other in self._chosen(moment, number + 1, calls):
                more = self._failing(moment, {**plan, following: other}, left - 1)
                stories = list(map(add, stories, [0, *more[:MOST_FAULTS]]))
        self._story.pop()
        return stories

    def _chosen(self, moment: Moment, first: int, last: int) -> Iterator[tuple[int, Kind]]:
        (stage, source, *_), every = moment.place, self.every[bool(self._story)]
        for number in range(first, last + 1):
            for kind in KINDS:
                named = f"{self.name}/{stage}/{source}/{number}/{kind}"
                if zlib.crc32(named.encode()) % every == 0:
                    yield number, kind

    def _run(self, moment: Moment, plan: dict[int, Kind]) -> tuple[int, Moment | None]:
        """One step: how many calls it made, and the moment after it, if the story goes on from there."""
        moments.back_to(self.script.world, moment)
        self.steps += 1
        self.tell()
        try:
            place, calls = self.script.step(moment.place, plan)
            self._check(len(moment.stream), place)
        except Exception as wrong:  # noqa: BLE001 - whatever it is, it is told with its story
            story = [*self._story, *(self._told(moment.place, number, kind) for number, kind in plan.items())]
            at = f"stage {moment.place.stage} ({self.script.running(moment.place)})"
            self.failures.append(f"{', '.join(dict.fromkeys(story))}; {at}: {type(wrong).__name__} {wrong}")
            return 0, None
        return calls, moments.now(self.script.world, place) if place else None

    def _told(self, place: Place, number: int, kind: Kind) -> str:
        return f"{kind} at call {number} of {self.script.running(place)} at stage {place.stage}"

    def _check(self, told: int, place: Place | None) -> None:
        world = self.script.world
        fresh = [record["dynamodb"] for record in world.engine.stream[told:]]
        history_is_lawful((unpack(one.get("OldImage", {})), unpack(one.get("NewImage", {}))) for one in fresh)
        if fresh:
            checks.agree(world.items(), checks.AT_EVERY_INSTANT)
        if place is None:
            assert_at_rest(world)
            end = digest(world)
            assert end == self._expected, f"ends with {end - self._expected} instead of {self._expected - end}"


def assert_at_rest(world: QuickWorld) -> None:
    """Nothing left in a queue, nothing given up, everything agrees."""
    assert not any(world.engine.queues.values()), f"left in queues: {dict(world.engine.queues)}"
    assert not any(world.engine.dead.values()), f"given up: {dict(world.engine.dead)}"
    checks.everything(world)


def prepared(
    world: QuickWorld,
    path: Path,
    *,
    every: tuple[int, int] = (1, 1),
    busy: int | None = None,
    tell: Callable[[], object] = lambda: None,
) -> Search:
    """The search of a path, in a world that has been brought to its beginning. `busy`: only so many looks of the clock
    are disturbed."""
    context = path.prepare(world)
    world.back_to(world.moment())
    script = Script(world, context, path.act, (*path.looks, *HEALING))
    calm_from = script.begin_of_look(len(path.looks) if busy is None else busy)
    return Search(script, path.name, every, calm_from, tell)
