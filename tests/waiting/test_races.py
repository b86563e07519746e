"""Two at once on the waiting list, at every interleaving, as if one had come after the other; and a death after every
write. Without conditions some interleaving disagrees: the guards matter."""

import dataclasses
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from chalicelib.batches import actions as batches
from chalicelib.plumbing.ports import Ports
from chalicelib.waiting import actions
from tests.conftest import ENVIRONMENT, groundswell
from tests.races import races
from tests.races import test_crash_points as crashes
from tests.races.quick_world import QuickWorld, quickly_opened
from tests.races.racing import Act, Course, Race, Unguarded, digest
from tests.races.situations import Context
from tests.races.test_crash_points import Scenario
from tests.waiting import situations
from tests.waiting.situations import closing, expiring, free, full, joins, offered


def offer(ports: Ports, context: Context) -> None:
    actions.offer(ports, context["campaign_id"], 1)


def clock(ports: Ports, _: Context) -> None:
    ports.clock.sleep(1)
    actions.end_due(ports)


def advance(ports: Ports, context: Context) -> None:
    ports.clock.sleep(1)
    batches.advance(ports, context["campaign_id"], 1)


def leave(fan: str) -> Act:
    return lambda ports, context: actions.leave(ports, f"sub-{fan}", context["campaign_id"])


WORKERS = (True, True)
RACES = [
    Race("offer, offer", free, offer, offer, of_workers=WORKERS),
    Race("offer, leave", free, offer, leave("cyd"), of_workers=(True, False)),
    Race("offer, join", free, offer, joins("eve", 2), of_workers=(True, False), guarded=False),
    Race("offer, everybody", free, offer, advance, of_workers=WORKERS, guarded=False),
    Race("join twice", full, joins("eve"), joins("eve")),
    Race("accept, clock", expiring, races.place("cyd", 5), clock, of_workers=(False, True)),
    Race("accept a part, clock", expiring, races.place("cyd", 2), clock, of_workers=(False, True)),
    Race("accept, decline", offered, races.place("cyd", 5), leave("cyd")),
    Race("accept twice", offered, races.place("cyd", 5, "one"), races.place("cyd", 5, "two")),
    Race("accept by two devices", offered, races.place("cyd", 5), races.place("cyd", 5)),
    Race("decline, clock", expiring, leave("cyd"), clock, of_workers=(False, True), guarded=False),
    Race("accept, cut", closing, races.place("cyd", 5), advance, of_workers=(False, True), guarded=False),
]
SCENARIOS = [
    Scenario("offer", situations.free),
    Scenario("join", full, joins("eve")),
    Scenario("leave", full, leave("cyd")),
    Scenario("decline", offered, leave("cyd")),
    Scenario("accept", offered, races.place("cyd", 5)),
    Scenario("silence", offered, tick_after_days=1),
    Scenario("offer, and the end", free, tick_after_days=31),
]


@pytest.fixture
def quick() -> Iterator[QuickWorld]:
    with quickly_opened(groundswell, ENVIRONMENT) as world:
        yield world


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.name)
def test_the_two_end_as_if_one_had_come_after_the_other(quick: QuickWorld, race: Race) -> None:
    course = Course.of(quick, race)
    allowed, ways = course.allowed(), 0
    for first in race.cut_into:
        for outcomes in course.interleaved(quick.ports, first=first):
            ways += 1
            course.check(outcomes, allowed)
    assert ways >= 2


@pytest.mark.parametrize("race", [race for race in RACES if race.guarded], ids=lambda race: race.name)
def test_without_conditions_some_interleaving_disagrees(quick: QuickWorld, race: Race) -> None:
    course = Course.of(quick, race)
    allowed = course.allowed()
    table = Unguarded(quick.ports.table.client, quick.ports.table.name, quick.clock, quick.ids)
    unguarded = dataclasses.replace(quick.ports, table=table)
    for first in race.cut_into:
        for outcomes in course.interleaved(unguarded, first=first):
            try:
                course.check(outcomes, allowed)
            except AssertionError:
                return
    pytest.fail("nothing disagreed: this race does not show that the guard matters")


def lived(world: QuickWorld, scenario: Scenario, context: Context) -> None:
    """And a minute later: an offer that could not be ended is looked at again by the next tick."""
    crashes.play(world, scenario, context)
    world.clock.forward(minutes=1)
    crashes.again(world.tick)


@pytest.mark.parametrize("failure", [crashes.crash, crashes.lose], ids=["dies", "loses the answer"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_it_ends_as_if_nothing_had_happened(quick: QuickWorld, scenario: Scenario, failure: Callable[[], None]) -> None:
    context = scenario.prepare(quick)
    start = quick.moment()
    lived(quick, scenario, context)
    expected = digest(quick)
    for at in count(1):
        quick.back_to(start)
        quick.engine.hook = hook = crashes.AfterWrite(at, failure)
        lived(quick, scenario, context)
        quick.engine.hook = None
        if not hook.done:
            break
        quick.settle_down()
        crashes.assert_at_rest(quick)
        assert digest(quick) == expected, f"write {at}: {digest(quick) - expected}, not {expected - digest(quick)}"
    assert at > 1
