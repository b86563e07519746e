"""Idempotency keys: the same question has the same answer, for ever (F29, L4)."""

import json
from collections.abc import Callable

import pytest

from tests.cameras import batch_plan
from tests.people import Reply
from tests.races.quick_world import QuickWorld
from tests.world import World


def organise(step: str) -> Callable[[World, str, Reply], None]:
    def act(world: World, campaign_id: str, _first: Reply) -> None:
        assert world.organiser().post(f"/v1/campaigns/{campaign_id}/{step}").status == 200
        world.settle_down()

    return act


def fill(world: World, campaign_id: str, _first: Reply) -> None:
    for name in ("bob", "cyd"):
        world.place(name, campaign_id, 20)
    assert world.place("dan", campaign_id, 20).code == "batch_full"


def lock(world: World, campaign_id: str, first: Reply) -> None:
    world.place("bob", campaign_id, 14)
    world.settle_down()
    assert world.fan("ada").get(f"/v1/preorders/{first.json['preorder_id']}").json["state"] == "ordered"


def withdraw(world: World, campaign_id: str, first: Reply) -> None:
    assert world.fan("ada").delete(f"/v1/preorders/{first.json['preorder_id']}").status == 200


def use_up_the_limit(world: World, campaign_id: str, _first: Reply) -> None:
    assert world.place("ada", campaign_id, 14, key="other").status == 201


def pass_the_end(world: World, campaign_id: str, _first: Reply) -> None:
    world.clock.forward(days=365)
    world.tick()


EVENTS = [fill, lock, withdraw, use_up_the_limit, pass_the_end, organise("close"), organise("cancel")]
NAMES = ["full", "locked", "withdrawn", "limit used up", "a year later", "closed", "cancelled"]


@pytest.mark.parametrize("event", EVENTS, ids=NAMES)
def test_asked_again_it_answers_the_very_same_bytes(
    world: QuickWorld, event: Callable[[World, str, Reply], None]
) -> None:
    campaign_id = world.presale()
    first = world.place("ada", campaign_id, 6)
    assert (first.status, first.json["state"]) == (201, "placed")
    world.settle_down()
    event(world, campaign_id, first)
    again = world.place("ada", campaign_id, 6)
    assert (again.status, again.text) == (201, first.text)
    world.settle_down()
    assert world.place("ada", campaign_id, 6).text == first.text
    assert len([p for p in world.items("preorder") if p["fan_id"] == "sub-ada"]) == 1 + (event is use_up_the_limit)


@pytest.mark.parametrize("change", [{"quantity": 7}, {"accepts_total_minor": 10**9}, {"payment_method": "other"}])
def test_another_body_under_the_same_key_is_refused(calm_world: QuickWorld, change: dict[str, object]) -> None:
    campaign_id = calm_world.presale()
    first = calm_world.place("ada", campaign_id, 6)
    refused = calm_world.place("ada", campaign_id, **{"quantity": 6, **change})
    assert (refused.status, refused.code) == (409, "idempotency_key_reused")
    assert calm_world.place("ada", campaign_id, 6).text == first.text


def test_the_same_key_of_another_fan_or_campaign_is_another_preorder(calm_world: QuickWorld) -> None:
    one, other = calm_world.presale(), calm_world.presale()
    replies = [calm_world.place(name, at, 2) for name, at in (("ada", one), ("bob", one), ("ada", other))]
    assert [reply.status for reply in replies] == [201] * 3
    assert len({reply.json["preorder_id"] for reply in replies}) == 3


def test_a_refused_request_uses_no_key_up(calm_world: QuickWorld) -> None:
    campaign_id = calm_world.presale(batches=[batch_plan()])
    blocking = calm_world.place("bob", campaign_id, 20).json["preorder_id"]
    assert calm_world.place("ada", campaign_id, 6).code == "batch_full"
    calm_world.fan("bob").delete(f"/v1/preorders/{blocking}")
    calm_world.settle_down()
    assert calm_world.place("ada", campaign_id, 6).status == 201


def test_the_same_body_written_in_another_order_is_the_same_body(calm_world: QuickWorld) -> None:
    """Neither spaces nor the order of fields make it another pre-order, at any depth."""
    campaign_id = calm_world.presale()
    path = f"/v1/campaigns/{campaign_id}/preorders"
    texts = [
        '{"lines":[{"variant":{"lens":"wide","colour":"red"},"quantity":1}],"accepts_total_minor":99999}',
        '{"accepts_total_minor": 99999, "lines": [{"quantity": 1, "variant": {"colour": "red", "lens": "wide"}}]}',
    ]
    assert json.loads(texts[0]) == json.loads(texts[1])
    replies = [calm_world.fan("ada").call("POST", path, text.encode(), Idempotency_Key="k") for text in texts]
    assert [reply.code for reply in replies] == ["ok", "ok"]
    assert replies[0].text == replies[1].text
