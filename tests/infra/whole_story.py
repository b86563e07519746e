"""The story in which every function makes every call that it can make: from the first vote to an order that nobody
takes, with all endings between."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.plumbing.bus import Bus
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.queues import Queues
from chalicelib.plumbing.secrets import Secrets
from chalicelib.plumbing.table import Table
from tests.cameras import batch_plan
from tests.hands import START
from tests.permissions import Watched
from tests.races.quick_world import OneSecret, QuickWorld
from tests.world import World


class Listeners:
    """A bus that takes everything."""

    def put_events(self, **_: Any) -> dict[str, int]:
        return {"FailedEntryCount": 0}


class Forgetful(Queues):
    """Looks each queue's address up again, as every function must do for itself."""

    def send(self, queue: str, message: dict[str, str | int], *, delay_seconds: int = 0) -> None:
        self.addresses.clear()
        super().send(queue, message, delay_seconds=delay_seconds)


def watched(world: QuickWorld) -> Ports:
    """The world's ports, over clients whose calls are judged as boto3's are."""
    ports, settings = world.ports, world.settings
    return replace(
        ports,
        table=Table(Watched("dynamodb", world.dynamodb), settings.table_name, ports.clock, ports.ids),  # type: ignore[arg-type]
        queues=Forgetful(lambda: Watched("sqs", world.sqs)),  # type: ignore[arg-type,return-value]
        secrets=Secrets(lambda: Watched("secretsmanager", OneSecret()), ports.clock),  # type: ignore[arg-type,return-value]
        bus=Bus(lambda: Watched("events", Listeners()), settings.event_bus),
    )


def feed(world: World, name: str) -> None:
    """Only this handler gets what is its, until it has nothing left to do."""
    [source] = [source for source in world.pump.sources if source.name == name]
    while source.turn():
        pass


def from_vote_to_answered_order(world: QuickWorld) -> None:
    campaign_id = world.presale(ballots=2)
    assert world.place("ada", campaign_id, 12).status == 201
    assert world.place("bob", campaign_id, 8).status == 201
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "ordered"
    assert len(world.endpoint.calls) == 1


def voting_ends_by_the_clock(world: World) -> None:
    ends = world.clock.moment + timedelta(hours=1)
    world.voting(voting_closes_at=ends.isoformat())
    world.clock.moment = ends
    world.tick()


def the_clock_orders_one_batch_and_finds_another_short(world: QuickWorld) -> None:
    campaign_id = world.presale(batches=[batch_plan(), batch_plan(capacity=7)])
    world.place("ada", campaign_id, 20)
    world.place("bob", campaign_id, 6, key="k2")
    late = world.presale(batches=[batch_plan(minimum=2), batch_plan()])
    world.place("cyd", late, 1)
    world.settle_down()
    world.clock.forward(days=31)
    world.tick()
    assert [batch["state"] for batch in world.batches(campaign_id)] == ["ordered", "ordered"]
    assert world.batches(late)[0]["state"] == "short"


def a_payment_comes_after_its_batch_was_decided(world: QuickWorld) -> None:
    campaign_id = world.presale(batches=[plan_from(world)])
    world.place("dan", campaign_id, 7)
    feed(world, "react")
    world.clock.forward(days=31)
    world.pump.tick()
    for name in ("react", "follow", "pay", "react"):
        feed(world, name)
    assert world.fan("dan").get("/v1/preorders").json["items"][0]["reason"] == "minimum_missed"
    world.settle_down()


def a_fan_comes_back_and_withdraws_before_the_payment_is_heard_of(world: QuickWorld) -> None:
    campaign_id = world.presale(batches=[plan_from(world)])
    assert world.place("gil", campaign_id, 2).status == 201
    second = world.place("gil", campaign_id, 1, key="k2").json["preorder_id"]
    for name in ("react", "pay"):
        feed(world, name)
    assert world.fan("gil").delete(f"/v1/preorders/{second}").status == 200
    world.settle_down()
    assert world.batches(campaign_id)[0]["held_units"] == 2


def the_organiser_closes_before_the_end(world: QuickWorld) -> None:
    campaign_id = world.presale(batches=[plan_from(world)])
    world.place("eve", campaign_id, 7)
    world.settle_down()
    assert world.organiser().post(f"/v1/campaigns/{campaign_id}/close").status == 200
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "ordered"


def a_place_becomes_free_for_the_waiting_list(world: QuickWorld) -> None:
    """One takes it, one lets it go by, one declines, one leaves."""
    campaign_id = world.presale(batches=[plan_from(world, capacity=8)])
    world.place("ida", campaign_id, 4)
    world.settle_down()
    world.place("jan", campaign_id, 4, key="k2", payment_method="card_declined")
    feed(world, "react")
    path, wanted = f"/v1/campaigns/{campaign_id}/waiting", {"lines": [{"variant": {"lens": "wide"}, "quantity": 1}]}
    for name in ("kim", "lea", "mia", "noa", "oda"):
        assert world.fan(name).post(path, wanted, Idempotency_Key="w").status == 201
    assert world.fan("oda").delete(path).json["state"] == "left"
    world.settle_down()
    assert world.place("kim", campaign_id).status == 201
    assert world.fan("lea").delete(path).json["state"] == "left"
    world.clock.forward(days=1)
    world.tick()
    assert [world.fan(name).get(path).json["state"] for name in ("kim", "mia")] == ["taken", "lapsed"]


def the_manufacturer_is_gone(world: World) -> None:
    """The last of the story: its message would come back for ever."""
    campaign_id = world.presale(batches=[plan_from(world, capacity=5)])
    world.place("fay", campaign_id, 5)
    world.endpoint.replies = [410]
    for name in ("react", "pay", "react"):
        feed(world, name)
    [deliver] = [source for source in world.pump.sources if source.name == "deliver"]
    assert deliver.turn() == 1
    assert world.items("manufacturer")[0]["enabled"] is False


def plan_from(world: World, **changes: Any) -> dict[str, Any]:
    """A batch that closes 30 days from now, wherever the story has come to."""
    return batch_plan(days=(world.clock.moment - START).days + 30, **changes)


STORY = (
    from_vote_to_answered_order,
    voting_ends_by_the_clock,
    the_clock_orders_one_batch_and_finds_another_short,
    a_payment_comes_after_its_batch_was_decided,
    a_fan_comes_back_and_withdraws_before_the_payment_is_heard_of,
    the_organiser_closes_before_the_end,
    a_place_becomes_free_for_the_waiting_list,
    the_manufacturer_is_gone,
)
