"""Batches fill, spill over, give room back and confirm."""

from tests.cameras import batch_plan
from tests.world import World


def states(world: World, campaign_id: str) -> list[tuple[str, int, int]]:
    return [(b["state"], b["held_units"], b["secured_units"]) for b in world.batches(campaign_id)]


def test_what_does_not_fit_goes_to_the_next_batch_as_a_whole(world: World) -> None:
    """B3: each pre-order is in exactly one batch."""
    campaign_id = world.presale()
    placed = [world.place(name, campaign_id, quantity).json for name, quantity in (("ada", 15), ("bob", 6), ("cyd", 5))]
    assert [one["batch_number"] for one in placed] == [1, 2, 1]
    assert placed[0]["ships_at"] < placed[1]["ships_at"]
    world.settle_down()
    assert states(world, campaign_id) == [("ordered", 20, 20), ("confirmed", 6, 6)]
    assert world.place("dan", campaign_id, 1).json["batch_number"] == 2


def test_two_batches_of_one_campaign_become_two_orders_with_their_own_price(world: World) -> None:
    """O1, B5: one order a batch; the tier of the one is not that of the other."""
    campaign_id = world.presale(batches=[batch_plan(capacity=20), batch_plan(capacity=12, days=60)])
    for name, quantity in (("ada", 20), ("bob", 12)):
        assert world.place(name, campaign_id, quantity).status == 201
    world.settle_down()
    batches = world.batches(campaign_id)
    assert [(b["state"], b["final_unit_price_minor"]) for b in batches] == [("ordered", 8_000), ("ordered", 9_000)]
    orders = world.maker().get("/v1/manufacturing-orders").json["items"]
    assert {order["order_id"] for order in orders} == {b["order_id"] for b in batches}


def test_all_in_a_batch_pay_one_price_and_nobody_more_than_was_shown(world: World) -> None:
    """M3: the first to come were shown the highest price, and pay the same as the last."""
    campaign_id = world.presale()
    placed = [world.place(name, campaign_id, 5).json for name in ("ada", "bob", "cyd", "dan")]
    assert {one["total_most_minor"] for one in placed} == {50_000}
    world.settle_down()
    shown = [world.fan(name).get("/v1/preorders").json["items"][0] for name in ("ada", "bob", "cyd", "dan")]
    assert {one["final_total_minor"] for one in shown} == {40_000}


def test_lines_of_several_variants_are_summed_on_the_order(world: World) -> None:
    """O3"""
    campaign_id = world.presale(batches=[batch_plan(capacity=10)])
    wide, tele = {"lens": "wide"}, {"colour": "red", "lens": "tele"}
    for name, lines in (("ada", [(wide, 2), (tele, 3)]), ("bob", [(tele, 1), (tele, 2), (wide, 2)])):
        body = {"lines": [{"variant": variant, "quantity": quantity} for variant, quantity in lines]}
        reply = world.fan(name).post(f"/v1/campaigns/{campaign_id}/preorders", body, Idempotency_Key="k")
        assert reply.status == 201, reply.text
    world.settle_down()
    order = world.maker().get(f"/v1/manufacturing-orders/{world.batches(campaign_id)[0]['order_id']}").json
    lines = [(line["variant"]["lens"], line["quantity"], line["unit_price_minor"]) for line in order["lines"]]
    assert lines == [("tele", 6, 9_500), ("wide", 4, 9_000)]


def test_a_withdrawal_gives_room_and_limit_back_so_that_a_bigger_order_fits(world: World) -> None:
    """S1, S2: given back once, and taken again by the units that were given."""
    campaign_id = world.presale(batches=[batch_plan()], limit_per_fan=15)
    first = world.place("ada", campaign_id, 15).json["preorder_id"]
    world.settle_down()
    assert world.place("bob", campaign_id, 6).code == "batch_full"
    assert world.place("ada", campaign_id, 1, key="k2").code == "limit_reached"
    assert world.fan("ada").delete(f"/v1/preorders/{first}").json["state"] == "withdrawn"
    assert world.fan("ada").delete(f"/v1/preorders/{first}").json["state"] == "withdrawn"
    world.settle_down()
    assert states(world, campaign_id) == [("open", 0, 0)]
    assert world.place("bob", campaign_id, 6).status == 201
    assert world.place("ada", campaign_id, 14, key="k3").status == 201


def test_up_down_and_up_over_the_minimum_is_one_confirmation(world: World) -> None:
    """B2: confirmed_at stays that of the first crossing."""
    campaign_id = world.presale()
    first = world.place("ada", campaign_id, 5).json["preorder_id"]
    world.settle_down()
    crossed = world.batches(campaign_id)[0]
    assert (crossed["state"], crossed["units_to_minimum"]) == ("confirmed", 0)
    world.clock.forward(hours=1)
    world.fan("ada").delete(f"/v1/preorders/{first}")
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "open"
    world.clock.forward(hours=1)
    world.place("bob", campaign_id, 6)
    world.settle_down()
    again = world.batches(campaign_id)[0]
    assert (again["state"], again["confirmed_at"]) == ("confirmed", crossed["confirmed_at"])


def test_a_declined_card_lapses_and_gives_its_room_back(world: World) -> None:
    """B4, M5"""
    campaign_id = world.presale(batches=[batch_plan()])
    assert world.place("ada", campaign_id, 20, payment_method="card_declined").status == 201
    assert world.place("bob", campaign_id, 1).code == "batch_full"
    world.settle_down()
    [lapsed] = world.fan("ada").get("/v1/preorders").json["items"]
    assert (lapsed["state"], lapsed["reason"]) == ("lapsed", "payment_declined")
    assert states(world, campaign_id) == [("open", 0, 0)]
    assert world.place("ada", campaign_id, 20, key="k2").status == 201


def test_what_was_locked_cannot_be_withdrawn_any_more(world: World) -> None:
    """B1: no way back from the lock."""
    campaign_id = world.presale()
    placed = world.place("ada", campaign_id, 20).json["preorder_id"]
    world.settle_down()
    assert world.fan("ada").delete(f"/v1/preorders/{placed}").code in ("batch_locked", "preorder_ended")
    assert world.fan("ada").get(f"/v1/preorders/{placed}").json["state"] == "ordered"
