"""The simulation itself: it repeats, it pauses where it says, it shrinks, and it finds what is wrong."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.plumbing.dynamodb import DynamoDB
from chalicelib.plumbing.memory import Memory
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.typed_json import unpack
from tests.hands import START, CountedIds, HandClock
from tests.races.racing import Unguarded
from tests.simulation.containers import Function
from tests.simulation.faults import Fault, Faults, Options, shrink
from tests.simulation.history import History, run, shrunk
from tests.simulation.replicas import refused
from tests.simulation.scheduler import Died, End, Restless, Scheduler
from tests.simulation.shortcuts import replaced
from tests.simulation.world import Wire

MINUTE_MS = 60_000


def test_a_seed_tells_the_same_story_again() -> None:
    once, again = run(7), run(7)
    assert once.story == again.story
    assert once.met == again.met
    assert once.met, "a seed without faults shows nothing here"


def test_a_recorded_plan_tells_the_story_that_it_was_recorded_from() -> None:
    drawn = run(7)
    assert run(7, frozenset(drawn.met)).story == drawn.story


def test_without_faults_every_history_ends_well() -> None:
    for seed in range(10):
        assert run(seed, frozenset()).failure == ""


def test_of_two_invocations_each_goes_on_when_its_pause_is_over() -> None:
    scheduler, told = Scheduler(), list[tuple[str, int]]()

    def act(name: str, pause_ms: int) -> None:
        for _ in range(2):
            scheduler.pause(pause_ms)
            told.append((name, scheduler.now_ms))

    for name, pause_ms in (("slow", 30), ("quick", 20)):
        scheduler.invoke(name, lambda n=name, p=pause_ms: act(n, p), lambda _: None, timeout_ms=1000)
    scheduler.run(MINUTE_MS)
    assert told == [("quick", 20), ("slow", 30), ("quick", 40), ("slow", 60)]


def test_whose_time_is_up_is_told_as_late_once_and_goes_on_as_a_zombie() -> None:
    scheduler, ends, told = Scheduler(), list[End](), list[int]()

    def act() -> None:
        scheduler.pause(5000)
        told.append(scheduler.now_ms)

    scheduler.invoke("fan", act, ends.append, timeout_ms=1000)
    scheduler.run(MINUTE_MS)
    assert [end.how for end in ends] == ["late"]
    assert told == [5000]


def test_a_dead_invocation_has_no_last_words() -> None:
    scheduler, ends = Scheduler(), list[End]()

    def die() -> None:
        raise Died

    def act() -> None:
        try:
            die()
        except Exception:  # noqa: BLE001 - as handlers do
            pytest.fail("a handler heard of its own death")

    scheduler.invoke("fan", act, ends.append, timeout_ms=1000)
    scheduler.run(MINUTE_MS)
    assert [end.how for end in ends] == ["died"]


def test_what_wakes_itself_for_ever_is_told() -> None:
    scheduler = Scheduler()

    def again() -> None:
        scheduler.after(0, again)

    again()
    with pytest.raises(Restless, match="L1"):
        scheduler.run(MINUTE_MS)


def test_shrinking_leaves_what_is_needed_and_nothing_else() -> None:
    plan = [Fault("fan", number, "pause") for number in range(40)]
    needed = {plan[3], plan[17], plan[38]}
    assert set(shrink(plan, lambda kept: needed <= kept)) == needed


def test_faults_end_when_they_are_healed() -> None:
    faults = Faults(Options(1, {"pause": 1.0}, shards=1, heal_minute=1))
    assert faults.decide("call", "fan") == "pause"
    faults.active = False
    assert faults.decide("call", "fan") == ""


def test_a_planted_bug_is_found_and_shrunk() -> None:
    """A table without conditions: some race of the first seeds must show it, in a history of a few faults."""
    found = next(outcome for seed in range(60) if (outcome := run(seed, make_table=Unguarded)).failure)
    shortest = shrunk(found, Unguarded)
    assert shortest.failure.partition(":")[0] == found.failure.partition(":")[0]
    assert len(shortest.met) <= min(5, len(found.met))
    assert run(found.options.seed).failure == ""


def test_the_wire_tries_again_as_the_client_does() -> None:
    """Each answer of the service to the client's own loop and to the simulation's: as many tries, as long pauses."""
    for code in ("ThrottlingException", "TransactionInProgressException", "ValidationException"):
        assert tries_of(code, Wire) == tries_of(code, DynamoDB), code


def tries_of(code: str, kind: type[DynamoDB]) -> list[float]:
    """The times at which a client tries a call that is answered like this."""
    clock, times = HandClock(), list[float]()

    def refuse(*_: Any) -> None:
        times.append(clock.monotonic() - START.timestamp())
        raise refused(code)

    more = {"world": SimpleNamespace(call=refuse)} if kind is Wire else {}
    client = kind(endpoint="memory:", who=None, clock=clock, ids=CountedIds(), pool=None, **more)  # type: ignore[arg-type]
    with replaced(DynamoDB, "_send", refuse), pytest.raises(ClientError):
        client.get_item(TableName="t", Key={})
    return times


def test_a_container_remembers_and_another_does_not() -> None:
    history = History(Options(1, {}, shards=1, heal_minute=1), None, Table, unpack)
    seen: list[Memory] = []
    act = Function(history.world)
    for name in ("fan", "other"):
        act.invoke(name, lambda ports: (seen.append(ports.memory), ports.clock.sleep(1)), lambda _: None)
    history.world.scheduler.run(MINUTE_MS)
    act.invoke("third", lambda ports: seen.append(ports.memory), lambda _: None)
    history.world.scheduler.run(MINUTE_MS)
    assert seen[0] is not seen[1], "two at once were in one container"
    assert any(seen[2] is memory for memory in seen[:2]), "a container was thrown away"
