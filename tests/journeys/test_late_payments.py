"""Payments that come to an answer after their batch has: held back by letting the pump feed some handlers only."""

from chalicelib.campaigns.plans import HOLD_MINUTES
from chalicelib.kernel import keys
from tests.cameras import batch_plan
from tests.races.quick_world import QuickWorld


def feed(world: QuickWorld, *names: str) -> None:
    """Only these handlers get what is theirs, until they have nothing left to do."""
    sources = [source for source in world.pump.sources if source.name in names]
    assert len(sources) == len(names)
    while sum(source.turn() for source in sources):
        pass


def preorder(world: QuickWorld, name: str) -> tuple[str, str | None]:
    [found] = world.fan(name).get("/v1/preorders").json["items"]
    return found["state"], found["reason"]


def payment_of(world: QuickWorld, preorder_id: str) -> str:
    return str(world.ports.table.get(keys.payment(preorder_id))["state"])


def test_a_payment_secured_after_the_lock_lapses_and_is_let_go(calm_world: QuickWorld) -> None:
    """M4, B4: the grace is over, the batch locks without it."""
    world = calm_world
    campaign_id = world.presale(batches=[batch_plan()])
    world.place("ada", campaign_id, 7)
    world.settle_down()
    late = world.place("bob", campaign_id, 2).json["preorder_id"]
    feed(world, "react")
    world.clock.forward(days=30, seconds=1)
    world.pump.tick()
    feed(world, "react", "follow")
    assert world.batches(campaign_id)[0]["state"] == "confirmed", "it waits for the payment that is under way"
    world.clock.forward(minutes=HOLD_MINUTES)
    world.pump.tick()
    feed(world, "react", "follow", "deliver")
    assert world.batches(campaign_id)[0]["state"] == "collecting"
    assert preorder(world, "bob") == ("lapsed", "batch_locked"), "nobody is left waiting when it locks"
    world.settle_down()
    assert preorder(world, "ada") == ("ordered", None)
    assert payment_of(world, late) == "released"


def test_a_payment_secured_within_the_grace_still_counts(calm_world: QuickWorld) -> None:
    """M7"""
    world = calm_world
    campaign_id = world.presale(batches=[batch_plan()])
    world.place("ada", campaign_id, 5)
    feed(world, "react")
    world.clock.forward(days=30, minutes=14)
    world.pump.tick()
    feed(world, "react", "follow")
    assert world.batches(campaign_id)[0]["state"] == "open"
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "ordered"


def test_a_closed_campaign_waits_no_longer_than_the_grace(calm_world: QuickWorld) -> None:
    """L1: closing early makes the batch due; the clock decides it although the payment never comes."""
    world = calm_world
    campaign_id = world.presale(batches=[batch_plan()])
    world.place("ada", campaign_id, 7)
    feed(world, "react")
    assert world.organiser().post(f"/v1/campaigns/{campaign_id}/close").status == 200
    feed(world, "react")
    world.clock.forward(seconds=HOLD_MINUTES * 60 - 1)
    world.pump.tick()
    assert world.batches(campaign_id)[0]["state"] == "open"
    world.clock.forward(seconds=2)
    world.pump.tick()
    feed(world, "react", "follow")
    assert world.batches(campaign_id)[0]["state"] == "short"
    assert preorder(world, "ada") == ("lapsed", "minimum_missed")


def test_a_payment_that_comes_after_the_minimum_was_missed_lapses_for_that_reason(calm_world: QuickWorld) -> None:
    """The reason that a fan is told does not depend on what was heard of first."""
    world = calm_world
    campaign_id = world.presale(batches=[batch_plan()])
    world.place("ada", campaign_id, 7)
    feed(world, "react")
    world.clock.forward(days=31)
    world.pump.tick()
    feed(world, "react", "follow")
    assert preorder(world, "ada") == ("lapsed", "minimum_missed")
    feed(world, "pay")
    feed(world, "react")
    assert preorder(world, "ada") == ("lapsed", "minimum_missed")


def test_one_declined_payment_does_not_strand_the_others_of_its_page(calm_world: QuickWorld) -> None:
    """L1, L2: the batch is cancelled, and followed, before the decline has been heard of."""
    world = calm_world
    campaign_id = world.presale()
    neighbours = [f"fan{n}" for n in range(200) if keys.spread(f"sub-fan{n}", 2) == 0][:3]
    world.place(neighbours[0], campaign_id, 1, payment_method="card_declined")
    feed(world, "react")
    late = world.engine.queues[world.settings.payments_queue].pop()
    for name in neighbours[1:]:
        world.place(name, campaign_id, 1)
    world.settle_down()
    assert preorder(world, neighbours[2]) == ("secured", None)

    assert world.organiser().post(f"/v1/campaigns/{campaign_id}/cancel").status == 200
    feed(world, "react")
    world.engine.queues[world.settings.payments_queue].append(late)
    feed(world, "pay")
    feed(world, "follow")
    world.settle_down()

    assert [preorder(world, name)[0] for name in neighbours] == ["lapsed"] * 3
