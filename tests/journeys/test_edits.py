"""Fans change what they have pre-ordered, until their batch is locked."""

from typing import Any

import pytest

from chalicelib.kernel import keys
from tests.cameras import batch_plan
from tests.journeys.test_late_payments import feed
from tests.people import Reply
from tests.races.quick_world import QuickWorld
from tests.world import World

WIDE, TELE = {"lens": "wide"}, {"lens": "tele"}


def wanted(*lines: tuple[dict[str, str], int], **more: Any) -> dict[str, Any]:
    return {"lines": [{"variant": variant, "quantity": quantity} for variant, quantity in lines], **more}


def edit(world: World, name: str, preorder_id: str, body: dict[str, Any]) -> Reply:
    return world.fan(name).call("PATCH", f"/v1/preorders/{preorder_id}", body)


def placed(world: World, name: str, campaign_id: str, quantity: int, **body: Any) -> str:
    reply = world.place(name, campaign_id, quantity, **body)
    assert reply.status == 201, reply.text
    return str(reply.json["preorder_id"])


def units(world: World, campaign_id: str) -> list[tuple[int, int]]:
    return [(b["held_units"], b["secured_units"]) for b in world.batches(campaign_id)]


def amount(world: World, preorder_id: str) -> int:
    return int(world.ports.table.get(keys.payment(preorder_id))["amount_most_minor"])


def test_fewer_units_are_given_back_and_cost_less(world: World) -> None:
    """S1, S2, M2: what is given back finds room again, and no more is authorised than it can cost."""
    campaign_id = world.presale(batches=[batch_plan()])
    preorder_id = placed(world, "ada", campaign_id, 18)
    world.settle_down()
    reply = edit(world, "ada", preorder_id, wanted((WIDE, 5)))
    assert (reply.status, reply.json["units"], reply.json["total_most_minor"]) == (200, 5, 50_000), reply.text
    world.settle_down()
    assert units(world, campaign_id) == [(5, 5)]
    assert amount(world, preorder_id) == 50_000
    assert world.place("bob", campaign_id, 15).status == 201


def test_more_units_take_more_room_while_the_payment_is_not_secured(world: World) -> None:
    campaign_id = world.presale(batches=[batch_plan()])
    preorder_id = placed(world, "ada", campaign_id, 3)
    reply = edit(world, "ada", preorder_id, wanted((WIDE, 19), accepts_total_minor=190_000))
    assert (reply.status, reply.json["units"], reply.json["state"]) == (200, 19, "placed"), reply.text
    world.settle_down()
    assert units(world, campaign_id) == [(19, 19)]
    assert amount(world, preorder_id) == 190_000
    assert world.place("bob", campaign_id, 2).code == "batch_full"


def test_another_variant_is_what_will_be_made(world: World) -> None:
    """O3: the order asks for what was wanted last."""
    campaign_id = world.presale(batches=[batch_plan()])
    preorder_id = placed(world, "ada", campaign_id, 6)
    assert edit(world, "ada", preorder_id, wanted((TELE, 4), (WIDE, 2), accepts_total_minor=99_999)).status == 200
    world.settle_down()
    world.clock.forward(days=31)
    world.tick()
    order = world.maker().get(f"/v1/manufacturing-orders/{world.batches(campaign_id)[0]['order_id']}").json
    assert [(line["variant"]["lens"], line["quantity"]) for line in order["lines"]] == [("tele", 4), ("wide", 2)]
    shown = world.fan("ada").get(f"/v1/preorders/{preorder_id}").json
    assert (shown["state"], shown["final_total_minor"]) == ("ordered", order["total_minor"])


def test_what_was_paid_in_full_goes_down_and_up_again_within_what_was_paid(world: World) -> None:
    campaign_id = world.presale(batches=[batch_plan()], payment_plan={"kind": "prepay"})
    preorder_id = placed(world, "ada", campaign_id, 4)
    world.settle_down()
    for quantity in (1, 4, 2, 3):
        reply = edit(world, "ada", preorder_id, wanted((WIDE, quantity), accepts_total_minor=40_000))
        assert reply.status == 200, reply.text
        world.settle_down()
        assert units(world, campaign_id) == [(quantity, quantity)]
    beyond = edit(world, "ada", preorder_id, wanted((WIDE, 5), accepts_total_minor=50_000))
    assert beyond.code == "beyond_authorised"
    assert world.fan("ada").delete(f"/v1/preorders/{preorder_id}").json["state"] == "withdrawn"
    world.settle_down()
    assert units(world, campaign_id) == [(0, 0)]


def test_what_is_refused_changes_nothing(world: World) -> None:
    campaign_id = world.presale(batches=[batch_plan()], limit_per_fan=12)
    preorder_id = placed(world, "ada", campaign_id, 5)
    placed(world, "ada", campaign_id, 4, key="k2")
    accepted = {"accepts_total_minor": 999_999}
    assert edit(world, "ada", preorder_id, wanted((WIDE, 9), **accepted)).code == "limit_reached"
    placed(world, "bob", campaign_id, 10)
    refused = {
        "batch_full": wanted((WIDE, 7), **accepted),
        "total_above_accepted": wanted((WIDE, 6)),
        "variant_unavailable": wanted(({"lens": "macro"}, 1)),
    }
    for code, body in refused.items():
        assert edit(world, "ada", preorder_id, body).code == code
    assert edit(world, "eve", preorder_id, wanted((WIDE, 1))).code == "preorder_missing"
    assert world.fan("ada").get(f"/v1/preorders/{preorder_id}").json["units"] == 5
    world.settle_down()
    assert units(world, campaign_id) == [(19, 19)]


def test_the_same_change_again_is_one_change_and_the_first_answer_stays(world: World) -> None:
    campaign_id = world.presale(batches=[batch_plan()])
    first = world.place("ada", campaign_id, 6)
    preorder_id = first.json["preorder_id"]
    for _ in range(3):
        assert edit(world, "ada", preorder_id, wanted((WIDE, 2))).json["units"] == 2
    assert world.place("ada", campaign_id, 6).json == first.json
    world.settle_down()
    assert edit(world, "ada", preorder_id, wanted((WIDE, 2))).json["units"] == 2
    assert world.place("ada", campaign_id, 6).json == first.json
    assert world.ports.table.get(keys.preorder("sub-ada", preorder_id))["edits"] == 1


def test_nothing_is_changed_after_the_lock_or_the_end(world: World) -> None:
    """B1"""
    campaign_id = world.presale()
    locked, gone = placed(world, "ada", campaign_id, 18), placed(world, "bob", campaign_id, 2)
    world.settle_down()
    assert edit(world, "ada", locked, wanted((WIDE, 1))).code in ("batch_locked", "preorder_ended")
    other = placed(world, "bob", campaign_id, 2, key="k2")
    world.fan("bob").delete(f"/v1/preorders/{other}")
    assert edit(world, "bob", other, wanted((WIDE, 1))).code == "preorder_ended"
    assert edit(world, "bob", gone, wanted((WIDE, 2))).status == 200, "it is so already"
    late = placed(world, "cyd", campaign_id, 2)
    world.settle_down()
    world.clock.forward(days=90)
    assert edit(world, "cyd", late, wanted((WIDE, 1))).code == "batch_locked"


def test_a_payment_under_way_for_another_amount_does_not_count(calm_world: QuickWorld) -> None:
    """M2: the provider has answered what was asked before; it is asked again."""
    world = calm_world
    campaign_id = world.presale(batches=[batch_plan()])
    preorder_id = placed(world, "ada", campaign_id, 2)
    feed(world, "react")
    asked = world.ports.table.get(keys.payment(preorder_id))
    assert edit(world, "ada", preorder_id, wanted((WIDE, 5), accepts_total_minor=50_000)).status == 200
    assert asked["amount_most_minor"] == 20_000
    world.settle_down()
    assert (amount(world, preorder_id), units(world, campaign_id)) == (50_000, [(5, 5)])


@pytest.mark.parametrize("quantity", [1, 7])
def test_a_change_between_reading_and_securing_is_not_lost(calm_world: QuickWorld, quantity: int) -> None:
    """The one who secures meets other claims than it expects, and looks again."""
    world = calm_world
    campaign_id = world.presale(batches=[batch_plan()])
    preorder_id = placed(world, "ada", campaign_id, 4)
    feed(world, "react")
    feed(world, "pay")
    reply = edit(world, "ada", preorder_id, wanted((WIDE, quantity), accepts_total_minor=70_000))
    assert reply.status == 200
    world.settle_down()
    assert units(world, campaign_id) == [(quantity, quantity)]
