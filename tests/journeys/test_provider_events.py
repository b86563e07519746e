"""The provider's events: heard once or never, in any order; never believed without their signature (W3, F19)."""

from datetime import timedelta

import pytest

from chalicelib.plumbing.gateway.port import Event
from tests.hands import START
from tests.journeys.test_money import over, payment, placed, preorder, sale
from tests.people import Reply
from tests.races.quick_world import QuickWorld

DAY = timedelta(days=1)


def post(world: QuickWorld, headers: dict[str, str], body: bytes) -> Reply:
    named = {name.replace("-", "_"): value for name, value in headers.items()}
    return world.anybody.call("POST", "/v1/payments/events", body, **named)


def tell(world: QuickWorld, event: Event) -> Reply:
    """The provider posts an event, signed at this moment."""
    headers, body = world.provider.signed(event, world.clock.now())
    return post(world, headers, body)


def confirmed(world: QuickWorld) -> str:
    """Ada has confirmed with her bank; we have not heard of it."""
    campaign_id = sale(world)
    preorder_id = placed(world, "ada", campaign_id, 6, "card_authenticate")
    action = payment(world, "ada")["action"]
    world.anybody.post("/v1/payments/simulated/confirm", {"action": action, "approve": True})
    return preorder_id


def test_what_the_holder_has_confirmed_is_heard_from_the_provider(world: QuickWorld) -> None:
    confirmed(world)
    for event in world.provider.events(START - DAY):
        assert tell(world, event).status == 200
    assert payment(world, "ada")["state"] == "action_required", "the door answers at once, the queue does the work"
    world.settle_down()
    assert preorder(world, "ada")[0] == "secured"


def test_the_order_of_events_does_not_matter_and_a_repetition_is_no_news(world: QuickWorld) -> None:
    """M8, W3."""
    confirmed(world)
    events = world.provider.events(START - DAY)
    for event in [*reversed(events), *events, events[0]]:
        tell(world, event)
        world.settle_down()
    assert preorder(world, "ada")[0] == "secured"
    kept = world.items("provider_event")
    assert len(kept) == len({event.event_id for event in events})
    assert {item["state"] for item in kept} == {"heard"}


def test_old_news_moves_nothing_back(world: QuickWorld) -> None:
    """M8: the events of the first try come days later, when all is paid."""
    campaign_id = sale(world)
    preorder_id = placed(world, "ada", campaign_id, 6, "card_declines_later")
    over(world)
    assert payment(world, "ada")["state"] == "overdue"
    world.fan("ada").put(f"/v1/preorders/{preorder_id}/payment", {"payment_method": "card"})
    world.settle_down()
    assert payment(world, "ada")["state"] == "paid"
    world.clock.forward(days=3)
    for event in world.provider.events(START - DAY):
        tell(world, event)
    world.settle_down()
    assert (payment(world, "ada")["state"], preorder(world, "ada")[0]) == ("paid", "ordered")


@pytest.mark.parametrize("wrong", ["other body", "other secret", "no header", "old", "from the future"])
def test_what_is_not_signed_is_not_heard(calm_world: QuickWorld, wrong: str) -> None:
    """W3: over the body as received, five minutes in both directions."""
    world = calm_world
    confirmed(world)
    event, now = world.provider.events(START - DAY)[-1], world.clock.now()
    moments = {"old": now - timedelta(seconds=301), "from the future": now + timedelta(seconds=301)}
    headers, body = world.provider.signed(event, moments.get(wrong, now))
    if wrong == "other body":
        body += b" "
    if wrong == "other secret":
        headers = {name: value[:-4] + "0000" for name, value in headers.items()}
    if wrong == "no header":
        headers = {}
    reply = post(world, headers, body)
    assert (reply.status, reply.code) == (403, "event_forged")
    world.settle_down()
    assert world.items("provider_event") == []
    assert payment(world, "ada")["state"] == "action_required"


def test_five_minutes_are_tolerated(calm_world: QuickWorld) -> None:
    world = calm_world
    confirmed(world)
    event, now = world.provider.events(START - DAY)[-1], world.clock.now()
    for seconds in (-300, 300):
        assert post(world, *world.provider.signed(event, now + timedelta(seconds=seconds))).status == 200


def test_an_event_about_something_unknown_is_kept_and_tried_again_for_three_days(calm_world: QuickWorld) -> None:
    world = calm_world
    sale(world)
    event = Event("evt_1", "payment_intent.succeeded", "pi_nobody", "", world.clock.now())
    assert tell(world, event).status == 200
    world.settle_down()
    for hours in range(73):
        [kept] = world.items("provider_event")
        assert kept["state"] == ("unknown" if hours < 72 else "parked"), hours
        over(world, days=1.001 / 24)
    [kept] = world.items("provider_event")
    assert "gsi2pk" not in kept, "somebody has to look"


def test_an_event_that_comes_before_our_own_note_is_heard_once_there_is_one(calm_world: QuickWorld) -> None:
    """F19: before the API's answer."""
    world = calm_world
    campaign_id = sale(world)
    reply = world.place("ada", campaign_id, 6)
    early = Event("evt_2", "setup_intent.succeeded", "seti_x", reply.json["preorder_id"], world.clock.now())
    tell(world, early)
    world.settle_down()
    over(world, days=1.01 / 24)
    [kept] = world.items("provider_event")
    assert (kept["state"], preorder(world, "ada")[0]) == ("heard", "secured")
