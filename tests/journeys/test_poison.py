"""Something stored cannot be read: it is parked, everybody else goes on, and it goes on itself once it is repaired."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.conftest import ENVIRONMENT, groundswell
from tests.invariants import checks
from tests.journeys.conftest import DELIVERIES
from tests.races.quick_world import QuickWorld, quickly_opened


@pytest.fixture(params=["once", "cut", "reordered", "hostile 1"])
def poisoned_world(request: pytest.FixtureRequest) -> Iterator[QuickWorld]:
    """Its test looks at the end for itself: something has been given up there."""
    with quickly_opened(groundswell, ENVIRONMENT, DELIVERIES[request.param]()) as opened:
        yield opened


@contextmanager
def unreadable(world: QuickWorld, campaign_id: str) -> Iterator[None]:
    """The campaign's price ladder is nonsense for a while."""
    key = (f"C#{campaign_id}", "META")
    sound = world.engine.items[key]
    world.engine.items[key] = {**sound, "price_ladder": {"S": "nonsense"}}
    yield
    world.engine.items[key] = sound


def state(world: QuickWorld, campaign_id: str) -> str:
    return str(world.batch(campaign_id)["state"])


def redeliver_parked(world: QuickWorld) -> None:
    """An operator brings back what was given up, a day later."""
    handlers: dict[str, Callable[..., object]] = {source.name: source.handler for source in world.pump.sources}
    for parked in world.pump.parked:
        handlers[parked.source]({"Records": [parked.record], "shardId": "again"}, None)
    for queue in list(world.engine.dead):
        world.sqs.redrive(queue)
    world.settle_down()


def test_what_cannot_be_handled_is_parked_and_the_others_go_on(poisoned_world: QuickWorld) -> None:
    """L2, and L3: redriven after the repair, it ends as if nothing had been wrong."""
    world = poisoned_world
    broken, sound = world.presale(), world.presale()
    world.settle_down()
    for name, campaign_id in (("ada", broken), ("bob", sound)):
        assert world.place(name, campaign_id, 20).status == 201
    with unreadable(world, broken):
        world.settle_down()
        assert (state(world, sound), state(world, broken)) == ("ordered", "open")
        assert world.pump.parked
    world.clock.forward(days=1)
    redeliver_parked(world)
    assert state(world, broken) == "ordered"
    checks.agree(world.items())


def test_a_batch_that_cannot_be_closed_does_not_keep_the_others_open(poisoned_world: QuickWorld) -> None:
    """L2 on the schedule: whatever the first of the due batches does, the second is closed at its time."""
    world = poisoned_world
    broken, sound = world.presale(), world.presale()
    for name, campaign_id in (("ada", broken), ("bob", sound)):
        world.place(name, campaign_id, 6)
    world.settle_down()
    world.clock.forward(days=31)
    with unreadable(world, broken):
        with suppress(ValueError):
            world.pump.tick()
        world.settle_down()
        assert (state(world, sound), state(world, broken)) == ("ordered", "confirmed")
    world.clock.forward(days=1)
    world.tick()
    assert state(world, broken) == "ordered"


def test_a_ballot_that_cannot_be_read_holds_up_no_other_campaign(poisoned_world: QuickWorld) -> None:
    """L2 in the queue: the recount of the one ends in the dead letters, the other is certified."""
    world = poisoned_world
    broken, sound = world.voting(), world.voting()
    for campaign_id in (broken, sound):
        world.vote("ada", campaign_id, colour=["blue"])
    world.settle_down()
    world.clock.forward(seconds=1)
    [key] = [key for key in world.engine.items if key[0].startswith(f"C#{broken}#B#")]
    ballot = world.engine.items[key]
    world.engine.items[key] = {**ballot, "votes": {"S": "nonsense"}}
    world.settle(broken)
    world.settle(sound)
    states = [world.anybody.get(f"/v1/campaigns/{campaign_id}").json["state"] for campaign_id in (broken, sound)]
    assert states == ["voting", "settled"]
    world.engine.items[key] = ballot
    redeliver_parked(world)
    assert world.anybody.get(f"/v1/campaigns/{broken}").json["state"] == "settled"
    checks.agree(world.items())
