"""What happens one after the other in a world: somebody acts, all that follows is delivered, time goes by, the
schedules fire. Cut into steps, each of which is one invocation of one function.

A step that failed comes again, as its caller, its queue, its stream or its schedule would have it. What is delivered
again comes after all others have had their turn.
"""

from datetime import timedelta
from typing import Literal, NamedTuple

from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing.gateway.port import Unknown
from tests.races.failing import FAILURES, Failing, Kind
from tests.races.quick_world import QuickWorld
from tests.races.racing import Act
from tests.races.situations import Context

MOST_TIMES = 5
# A number is that of the schedule which fires.
Stage = Literal["act", "deliver"] | timedelta | int


class Place(NamedTuple):
    """How far a script has come: the stage, and within a delivery whose turn it is, and whether anything has moved in
    this round. `times`: how often this step has failed in a row."""

    stage: int = 0
    source: int = 0
    moved: bool = False
    times: int = 0


class Script:
    """A world, and what happens in it. `looks`: so much time goes by before each look of the clock."""

    def __init__(self, world: QuickWorld, context: Context, act: Act | None, looks: tuple[timedelta, ...]) -> None:
        self.world, self.context, self.action = world, context, act
        self.stages: tuple[Stage, ...] = ("act", "deliver") if act else ("deliver",)
        for later in looks:
            self.stages += (later, *range(len(world.pump.schedules)), "deliver")
        self._turn = 0

    def begin_of_look(self, number: int) -> int:
        """The stage with which this look begins, counted from 0."""
        times = [place for place, stage in enumerate(self.stages) if isinstance(stage, timedelta)]
        return times[number]

    def step(self, place: Place, plan: dict[int, Kind]) -> tuple[Place | None, int]:
        """One invocation; answers the place after it (None at the end), and how many calls it made."""
        hook = self.world.engine.hook = Failing(plan)
        self.world.ports.memory.known.clear()  # each in a container of its own
        try:
            after = self._step(place)
        except FAILURES:
            assert place.times < MOST_TIMES, "it fails again and again"
            after = self._failed(place)
        finally:
            self.world.engine.hook = None
        return (after if after.stage < len(self.stages) else None), hook.calls

    def running(self, place: Place) -> str:
        """Which function the last step has run, from this place on."""
        stage = self.stages[place.stage]
        if isinstance(stage, timedelta):
            return "time"
        pump = self.world.pump
        return pump.schedules[stage].name if isinstance(stage, int) else self._named(stage)

    def _named(self, stage: Literal["act", "deliver"]) -> str:
        return self.world.pump.sources[self._turn].name if stage == "deliver" else stage

    def _failed(self, place: Place) -> Place:
        if self.stages[place.stage] == "deliver":
            return self._next_source(place._replace(source=self._turn, moved=True))
        return place._replace(times=place.times + 1)

    def _step(self, place: Place) -> Place:
        stage = self.stages[place.stage]
        if stage == "deliver":
            return self._deliver(place)
        if isinstance(stage, timedelta):
            self.world.clock.moment += stage
        elif isinstance(stage, int):
            self.world.pump.schedules[stage].fire()
        else:
            self._act(again=place.times > 0)
        return Place(place.stage + 1)

    def _act(self, *, again: bool) -> None:
        """What is refused the second time was done the first time."""
        assert self.action
        try:
            self.action(self.world.ports, self.context)
        except Busy:
            raise Unknown from None
        except Refusal:
            if not again:
                raise

    def _deliver(self, place: Place) -> Place:
        """Goes round until a source has something to hand over, or none has."""
        stage, handed_over = place.stage, 0
        while place.stage == stage and not handed_over:
            self._turn = place.source
            handed_over = self.world.pump.sources[place.source].turn()
            place = self._next_source(place._replace(moved=place.moved or handed_over > 0))
        return place

    def _next_source(self, place: Place) -> Place:
        sources = self.world.pump.sources
        if place.source + 1 < len(sources):
            return place._replace(source=place.source + 1)
        if place.moved or any(source.pending for source in sources):
            return Place(place.stage)
        return Place(place.stage + 1)
