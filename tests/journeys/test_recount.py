"""Once an hour the counters of filling batches are compared with their pages: what the stream has lost comes back."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.batches import recounting
from chalicelib.batches.recount import EVERY, PATIENCE
from chalicelib.kernel import keys
from chalicelib.plumbing import telemetry
from tests.cameras import batch_plan
from tests.races.quick_world import QuickWorld
from tests.races.racing import CutIn

COUNTERS = ("groups", "counted", "held_units", "secured_units", "taken_units", "back_units")


def counted(world: QuickWorld, campaign_id: str, number: int = 1) -> tuple[int, int]:
    batch = world.batch(campaign_id, number)
    return batch["held_units"], batch["secured_units"]


def forgetting(world: QuickWorld, campaign_id: str, number: int = 1) -> None:
    """As if no record of this batch's pages had ever come."""
    pk = keys.room_groups(campaign_id, number)
    for key in [key for key in world.engine.items if key[0] == pk]:
        world.engine.write(key, None)
    batch = world.raw(*keys.batch(campaign_id, number))
    none: dict[str, Any] = {name: {"M": {}} if name == "groups" else {"N": "0"} for name in COUNTERS}
    world.overwrite({**batch, **none})
    world.engine.stream.clear()  # nobody hears of this either


def lost(world: QuickWorld, **changes: Any) -> str:
    """A pre-sale with a pre-order of three units that its counters do not know."""
    campaign_id = world.presale(**{"batches": [batch_plan()], **changes})
    assert world.place("ada", campaign_id, 3).status == 201
    world.settle_down()
    forgetting(world, campaign_id)
    assert counted(world, campaign_id) == (0, 0)
    return campaign_id


Tick = Callable[[], list[int]]


@pytest.fixture
def tick(watched_world: QuickWorld, monkeypatch: pytest.MonkeyPatch) -> Tick:
    """The clock of the recount ticks alone; answers what it tells of drifted counters."""
    told: list[int] = []

    def noted(name: str, units: int = 1) -> None:
        if name == "counters_drifted":
            told.append(units)

    def ticked() -> list[int]:
        told.clear()
        [schedule] = [one for one in watched_world.pump.schedules if one.name == "recount_batches"]
        schedule.fire()
        watched_world.settle_down()
        return list(told)

    monkeypatch.setattr(telemetry, "count", noted)
    return ticked


def test_what_was_lost_is_told_and_counted_once_it_had_its_time(watched_world: QuickWorld, tick: Tick) -> None:
    world, campaign_id = watched_world, lost(watched_world)
    assert tick() == []
    assert counted(world, campaign_id) == (0, 0)
    world.clock.moment += PATIENCE / 2
    assert tick() == []
    world.clock.moment += PATIENCE / 2
    assert tick() == [1]
    assert counted(world, campaign_id) == (3, 3)
    world.clock.moment += EVERY
    assert tick() == []


def test_what_only_comes_late_is_no_drift(watched_world: QuickWorld, tick: Tick) -> None:
    """The record of the claim is still on its way when the clock looks."""
    world, campaign_id = watched_world, watched_world.presale(batches=[batch_plan()])
    assert world.place("ada", campaign_id, 3).status == 201
    [schedule] = [one for one in world.pump.schedules if one.name == "recount_batches"]
    schedule.fire()
    schedule.fire()
    assert world.batch(campaign_id)["recount"]["behind"]
    world.settle_down()
    world.clock.moment += PATIENCE
    assert tick() == [0]
    assert counted(world, campaign_id) == (3, 3)


def test_each_batch_is_recounted_once_an_hour(watched_world: QuickWorld, tick: Tick) -> None:
    world, campaign_id = watched_world, watched_world.presale()
    world.settle_down()
    tick()
    first = [world.batch(campaign_id, number)["recount"]["looked_at"] for number in (1, 2)]
    world.clock.moment += EVERY / 2
    tick()
    assert [world.batch(campaign_id, number)["recount"]["looked_at"] for number in (1, 2)] == first
    world.clock.moment += EVERY / 2
    tick()
    assert all(world.batch(campaign_id, number)["recount"]["looked_at"] > first[0] for number in (1, 2))


def test_a_tick_looks_at_so_much_and_the_next_goes_on_from_there(
    watched_world: QuickWorld, tick: Tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three groups of pages and one more batch, a group a tick."""
    monkeypatch.setattr(recounting, "GROUPS_AT_ONCE", 1)
    world = watched_world
    campaign_id = world.presale(batches=[batch_plan(capacity=2500), batch_plan(days=60)])
    world.settle_down()
    reached = []
    for _ in range(5):
        tick()
        reached.append([world.batch(campaign_id, one).get("recount", {}).get("next_group", 0) for one in (1, 2)])
        world.clock.forward(minutes=5)
    assert reached == [[1, 0], [1, 0], [2, 0], [0, 0], [0, 0]]
    assert all("recount" in world.batch(campaign_id, number) for number in (1, 2))


def test_one_batch_that_cannot_be_read_keeps_no_other(watched_world: QuickWorld, tick: Tick) -> None:
    world, campaign_id = watched_world, watched_world.presale()
    world.settle_down()
    world.engine.hook = CutIn(2, broken)
    tick()
    world.engine.hook = None
    assert sorted("recount" in world.batch(campaign_id, number) for number in (1, 2)) == [False, True]


def broken() -> None:
    raise ConnectionError("not now")


def test_a_batch_that_has_ended_is_left_alone(watched_world: QuickWorld, tick: Tick) -> None:
    world = watched_world
    campaign_id = world.presale(batches=[batch_plan()])
    world.place("ada", campaign_id, 20)
    world.settle_down()
    assert world.batch(campaign_id)["state"] == "ordered"
    tick()
    assert "recount" not in world.batch(campaign_id)
