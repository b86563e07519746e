"""A manufacturer that does not take the order at once: retries, dead letters, and delivery in the end."""

import pytest

from chalicelib.manufacturing import store
from chalicelib.manufacturing.model import Manufacturer
from chalicelib.plumbing.outbound import EndpointSilent
from tests.cameras import batch_plan
from tests.races.quick_world import QuickWorld
from tests.world import World


def ordered(world: World) -> str:
    """The id of an order that has just been raised; it has not been sent yet."""
    campaign_id = world.presale(batches=[batch_plan(capacity=5)])
    assert world.place("ada", campaign_id, 5).status == 201
    return f"{campaign_id}.1.1"


def order(world: World, order_id: str) -> dict[str, object]:
    found = world.maker().get(f"/v1/manufacturing-orders/{order_id}")
    assert found.status == 200
    return dict(found.json)


@pytest.mark.parametrize(
    "failures",
    [
        [EndpointSilent("timeout")],
        [500],
        [302],
        [429, 503],
        [EndpointSilent("refused"), 500, 404, EndpointSilent("endless body")],
    ],
    ids=["silent", "500", "redirect", "busy", "four in a row"],
)
def test_a_failed_delivery_is_repeated_with_the_same_bytes(
    world: QuickWorld, failures: list[int | EndpointSilent]
) -> None:
    """O2, W2: the same id and body to the byte; the timestamp may differ."""
    order_id = ordered(world)
    world.endpoint.replies = list(failures)
    world.settle_down()
    sent = {(url, headers["webhook-id"], body) for url, headers, body in world.endpoint.calls}
    assert len(sent) == 1
    assert len(world.endpoint.calls) > len(failures)
    shown = order(world, order_id)
    assert shown["delivered_at"] is not None
    assert shown["delivery_problem"] is None
    assert shown["delivery_attempts"] == len(failures) + 1


def test_the_bytes_stay_the_same_after_the_manufacturer_has_answered(calm_world: QuickWorld) -> None:
    """O2: it shows the order as issued, whatever has become of it."""
    world = calm_world
    order_id = ordered(world)
    world.endpoint.replies = [500] * 5
    world.settle_down()
    world.maker().post(f"/v1/manufacturing-orders/{order_id}/answer", {"answer": "accepted", "note": "on it"})
    world.clock.forward(days=3)
    world.sqs.redrive(world.settings.orders_queue)
    world.settle_down()
    assert len({body for _, _, body in world.endpoint.calls}) == 1
    assert len({headers["webhook-timestamp"] for _, headers, _ in world.endpoint.calls}) == 2
    shown = order(world, order_id)
    assert (shown["state"], shown["delivered_at"] is not None) == ("accepted", True)


def test_after_five_tries_it_is_a_dead_letter_and_the_order_says_why(world: QuickWorld) -> None:
    """L1: parked with a reason that the organiser can read."""
    order_id = ordered(world)
    world.endpoint.replies = [500] * 50
    world.settle_down()
    assert {order_id in letter.body for letter in world.engine.dead[world.settings.orders_queue]} == {True}
    shown = order(world, order_id)
    assert (shown["delivered_at"], shown["delivery_problem"]) == (None, "status_500")
    assert len(world.endpoint.calls) >= 5


def test_a_redriven_dead_letter_is_delivered_once_days_later_even_if_redriven_twice(world: QuickWorld) -> None:
    """L3, F13"""
    order_id = ordered(world)
    world.endpoint.replies = [500] * 50
    world.settle_down()
    world.endpoint.calls, world.endpoint.replies = [], []
    world.clock.forward(days=5)
    world.engine.dead[world.settings.orders_queue] *= 2
    world.sqs.redrive(world.settings.orders_queue)
    world.settle_down()
    assert len(world.endpoint.calls) == 1
    assert order(world, order_id)["delivered_at"] is not None


def test_an_endpoint_that_is_gone_is_sent_nothing_more_until_it_is_registered_again(world: QuickWorld) -> None:
    """W2: 410 disables."""
    order_id = ordered(world)
    world.endpoint.replies = [410]
    world.settle_down()
    assert len(world.endpoint.calls) == 1
    assert order(world, order_id)["delivery_problem"] == "endpoint_disabled"
    world.register_maker()
    world.sqs.redrive(world.settings.orders_queue)
    world.settle_down()
    assert len(world.endpoint.calls) == 2
    assert order(world, order_id)["delivered_at"] is not None


def test_a_deaf_manufacturer_delays_no_other(world: QuickWorld) -> None:
    """W2: two makers, one of them dead."""
    world.register_maker("deaf")

    def post(url: str, *, headers: dict[str, str], body: bytes, hear=world.endpoint.post) -> object:
        if "deaf" in url:
            raise EndpointSilent("timeout")
        return hear(url, headers=headers, body=body)

    world.endpoint.post = post  # type: ignore[method-assign,assignment]
    world.overwrite({**world.raw("R#deaf", "META"), "endpoint_url": {"S": "https://deaf.example/"}})
    for maker_id in ("deaf", "maker"):
        campaign_id = world.presale(batches=[batch_plan(capacity=5)], manufacturer_id=maker_id)
        world.place("ada", campaign_id, 5)
    world.settle_down()
    delivered = {o["manufacturer_id"]: "delivered_at" in o for o in world.items("order")}
    assert delivered == {"deaf": False, "maker": True}


def test_registering_a_maker_sends_no_empty_condition(calm_world: QuickWorld) -> None:
    """DynamoDB refuses an empty ConditionExpression; moto does not."""
    maker = Manufacturer(manufacturer_id="new", name="New", endpoint_url="https://new.example/")
    calm_world.ports.table.commit(store.registering(maker))
    assert store.find_manufacturer(calm_world.ports.table, "new") == maker
