"""The waiting list: what becomes free is offered in the order of joining, and given on when it is not taken."""

from typing import Any

from tests.cameras import batch_plan
from tests.people import Reply
from tests.world import World


def sold_out(world: World, *, rest: int = 5, **changes: Any) -> tuple[str, str]:
    """A campaign with one batch, full: ada has 15 units of it, and bob some whose payment is under way. Answers the
    ids of campaign and bob's pre-order."""
    campaign_id = world.presale(batches=[batch_plan(capacity=15 + rest)], **changes)
    world.place("ada", campaign_id, 15)
    world.settle_down()
    placed = world.place("bob", campaign_id, rest, payment_method="card_declined").json["preorder_id"]
    without_payments(world)
    assert world.place("eve", campaign_id).code == "batch_full"
    return campaign_id, placed


def without_payments(world: World) -> None:
    """Everything is delivered but what asks the payment provider."""
    sources = [source for source in world.pump.sources if source.name != "pay"]
    for _ in range(500):
        if not sum(source.turn() for source in sources) and not any(source.pending for source in sources):
            return
    raise AssertionError("it does not come to rest")


def join(world: World, name: str, campaign_id: str, quantity: int = 1, key: str = "w1", **body: Any) -> Reply:
    lines = [{"variant": {"lens": "wide"}, "quantity": quantity}]
    path = f"/v1/campaigns/{campaign_id}/waiting"
    reply = world.fan(name).post(path, {"lines": lines, **body}, Idempotency_Key=key)
    world.clock.forward(seconds=1)
    return reply


def joined(world: World, campaign_id: str, wishes: dict[str, int], **body: Any) -> None:
    for name, quantity in wishes.items():
        assert join(world, name, campaign_id, quantity, **body).status == 201
    without_payments(world)


def entry(world: World, name: str, campaign_id: str) -> Any:
    return world.fan(name).get(f"/v1/campaigns/{campaign_id}/waiting").json


def offered(world: World, campaign_id: str, *names: str) -> dict[str, int]:
    """Who has an offer of how many units."""
    found = {name: entry(world, name, campaign_id)["offer"] for name in names}
    return {name: offer["units"] for name, offer in found.items() if offer}


def states(world: World, campaign_id: str, *names: str) -> list[str]:
    return [entry(world, name, campaign_id)["state"] for name in names]


def leave(world: World, name: str, campaign_id: str) -> Reply:
    return world.fan(name).delete(f"/v1/campaigns/{campaign_id}/waiting")


def pass_time(world: World, **duration: float) -> None:
    world.clock.forward(**duration)
    world.tick()


def test_what_becomes_free_is_offered_in_the_order_of_joining(world: World) -> None:
    campaign_id, _ = sold_out(world)
    joined(world, campaign_id, {"cyd": 2, "dan": 2, "fay": 2, "gus": 1})
    assert [entry(world, name, campaign_id)["place"] for name in ("cyd", "dan", "gus")] == [1, 2, 4]
    world.settle_down()
    assert offered(world, campaign_id, "cyd", "dan", "fay", "gus") == {"cyd": 2, "dan": 2, "fay": 1}
    assert entry(world, "gus", campaign_id)["place"] == 1


def test_to_pre_order_is_to_accept_and_nobody_else_gets_in(world: World) -> None:
    campaign_id, _ = sold_out(world)
    joined(world, campaign_id, {"cyd": 5})
    world.settle_down()
    assert world.place("eve", campaign_id, key="k2").code == "batch_full"
    placed = world.place("cyd", campaign_id, 5)
    assert (placed.status, placed.json["batch_number"]) == (201, 1)
    assert world.place("cyd", campaign_id, 5).json == placed.json, "the same key: the first answer"
    assert world.place("eve", campaign_id, key="k3").code == "batch_full"
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "ordered"
    pass_time(world, hours=24)
    assert states(world, campaign_id, "cyd") == ["taken"]


def test_an_offer_shows_what_it_would_cost_and_until_when_it_stands(world: World) -> None:
    campaign_id, _ = sold_out(world, offer_hours=48)
    joined(world, campaign_id, {"cyd": 9})
    world.settle_down()
    made = entry(world, "cyd", campaign_id)["offer"]
    assert made["units"] == 5
    assert [line["quantity"] for line in made["lines"]] == [5]
    placed = world.place("cyd", campaign_id, 5, accepts_total_minor=made["total_most_minor"])
    assert (placed.json["total_most_minor"], placed.json["ships_at"]) == (made["total_most_minor"], made["ships_at"])
    assert world.anybody.get(f"/v1/campaigns/{campaign_id}").json["offer_hours"] == 48
    world.settle_down()


def test_silence_gives_the_place_to_the_next(world: World) -> None:
    campaign_id, _ = sold_out(world)
    joined(world, campaign_id, {"cyd": 5, "dan": 5})
    world.settle_down()
    pass_time(world, hours=23, minutes=59)
    assert offered(world, campaign_id, "cyd", "dan") == {"cyd": 5}
    pass_time(world, minutes=1)
    assert states(world, campaign_id, "cyd", "dan") == ["lapsed", "offered"]
    assert world.place("cyd", campaign_id, 5, key="late").code == "batch_full"
    assert world.place("dan", campaign_id, 5).status == 201
    world.settle_down()
    assert world.batches(campaign_id)[0]["final_units"] == 20


def test_a_declined_offer_goes_to_the_next_at_once(world: World) -> None:
    campaign_id, _ = sold_out(world)
    joined(world, campaign_id, {"cyd": 5, "dan": 3})
    world.settle_down()
    assert leave(world, "cyd", campaign_id).json["state"] == "left"
    assert leave(world, "cyd", campaign_id).json["state"] == "left"
    world.settle_down()
    assert offered(world, campaign_id, "dan") == {"dan": 3}


def test_who_takes_a_part_leaves_the_rest_to_the_next(world: World) -> None:
    campaign_id, _ = sold_out(world)
    joined(world, campaign_id, {"cyd": 5, "dan": 5})
    world.settle_down()
    placed = world.place("cyd", campaign_id, 2).json["preorder_id"]
    world.settle_down()
    assert leave(world, "cyd", campaign_id).json["state"] == "taken"
    world.settle_down()
    assert offered(world, campaign_id, "dan") == {"dan": 3}
    assert world.fan("cyd").delete(f"/v1/preorders/{placed}").json["state"] == "withdrawn", "not locked in by that"
    world.settle_down()


def test_all_or_none_is_passed_over_until_enough_has_come_together(world: World) -> None:
    campaign_id, _ = sold_out(world, rest=3)
    joined(world, campaign_id, {"cyd": 5}, all_or_none=True)
    joined(world, campaign_id, {"dan": 1})
    world.settle_down()
    assert offered(world, campaign_id, "cyd", "dan") == {"dan": 1}
    assert world.place("eve", campaign_id, key="k2").code == "batch_full", "kept while somebody waits for it"
    [preorder] = world.fan("ada").get("/v1/preorders").json["items"]
    world.fan("ada").delete(f"/v1/preorders/{preorder['preorder_id']}")
    world.settle_down()
    assert offered(world, campaign_id, "cyd", "dan") == {"cyd": 5, "dan": 1}


def test_when_nobody_waits_any_more_everybody_gets_in_again(world: World) -> None:
    campaign_id, _ = sold_out(world)
    joined(world, campaign_id, {"cyd": 2})
    world.settle_down()
    assert world.place("eve", campaign_id, 3, key="k2").status == 201, "nobody waits for the other three"
    leave(world, "cyd", campaign_id)
    world.settle_down()
    assert world.place("gus", campaign_id, 2).status == 201
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "ordered"


def test_who_leaves_the_list_is_not_asked(world: World) -> None:
    campaign_id, _ = sold_out(world)
    joined(world, campaign_id, {"cyd": 5, "dan": 5})
    assert leave(world, "cyd", campaign_id).json["state"] == "left"
    world.settle_down()
    assert offered(world, campaign_id, "cyd", "dan") == {"dan": 5}


def test_a_batch_that_the_fan_would_not_accept_is_not_offered_and_blocks_nobody(world: World) -> None:
    campaign_id, _ = sold_out(world)
    joined(world, campaign_id, {"cyd": 5}, accepts_total_minor=1)
    world.settle_down()
    assert offered(world, campaign_id, "cyd") == {}
    assert world.place("eve", campaign_id, 5, key="k2").status == 201


def test_joining_twice_is_once_and_another_entry_is_refused(world: World) -> None:
    campaign_id, _ = sold_out(world)
    first, again = (join(world, "cyd", campaign_id, 2) for _ in range(2))
    assert (first.status, again.json) == (201, first.json)
    assert join(world, "cyd", campaign_id, 3).code == "idempotency_key_reused"
    assert join(world, "cyd", campaign_id, 3, key="w2").code == "already_waiting"
    leave(world, "cyd", campaign_id)
    assert join(world, "cyd", campaign_id, 3, key="w2").status == 201


def test_nobody_waits_while_there_is_room_or_before_or_after_the_sale(world: World) -> None:
    campaign_id = world.presale(batches=[batch_plan()])
    assert join(world, "cyd", campaign_id).code == "room_left"
    assert join(world, "cyd", campaign_id, 21).code == "limit_reached"
    assert entry(world, "cyd", campaign_id)["code"] == "entry_missing"
    assert join(world, "cyd", world.voting()).code == "campaign_not_preselling"


def test_the_end_of_the_sale_ends_the_waiting_and_the_offers(world: World) -> None:
    campaign_id, _ = sold_out(world)
    joined(world, campaign_id, {"cyd": 2, "dan": 5, "fay": 1})
    world.settle_down()
    world.organiser().post(f"/v1/campaigns/{campaign_id}/close")
    world.settle_down()
    assert world.place("cyd", campaign_id, 2).code == "campaign_not_preselling"
    pass_time(world, hours=24)
    assert states(world, campaign_id, "cyd", "dan", "fay") == ["lapsed", "lapsed", "lapsed"]
    assert world.batches(campaign_id)[0]["final_units"] == 15


def test_an_offer_does_not_outlast_its_batch(world: World) -> None:
    campaign_id, _ = sold_out(world)
    joined(world, campaign_id, {"cyd": 2})
    world.clock.forward(days=29, hours=20)
    world.settle_down()
    assert entry(world, "cyd", campaign_id)["offer"]["until"] == world.batches(campaign_id)[0]["closes_at"]
