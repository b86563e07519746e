"""From a vote to a pre-order to the line of an order, and back."""

from typing import Any

from tests.cameras import batch_plan
from tests.world import World

WIDE, TELE = {"lens": "wide"}, {"lens": "tele"}


def preordered(world: World, name: str, campaign_id: str, *lines: tuple[dict[str, str], int]) -> str:
    body = {"lines": [{"variant": variant, "quantity": quantity} for variant, quantity in lines]}
    reply = world.fan(name).post(f"/v1/campaigns/{campaign_id}/preorders", body, Idempotency_Key="k")
    assert reply.status == 201, reply.text
    return str(reply.json["preorder_id"])


def thread(world: World, name: str, preorder_id: str) -> dict[str, Any]:
    reply = world.fan(name).get(f"/v1/preorders/{preorder_id}/thread")
    assert reply.status == 200, reply.text
    return dict(reply.json)


def test_a_fan_follows_the_own_vote_into_the_order(world: World) -> None:
    """voter0 has voted for red and both lenses; eve has not voted."""
    campaign_id = world.presale(ballots=2, batches=[batch_plan(capacity=10)])
    voter = preordered(world, "voter0", campaign_id, (TELE, 4), (WIDE, 2))
    stranger = preordered(world, "eve", campaign_id, (WIDE, 4))
    world.settle_down()
    told = thread(world, "voter0", voter)
    assert (told["voted"], told["ballots"], told["state"]) == (True, 2, "ordered")
    assert [(f["feature_id"], f["voted"], f["kept"]) for f in told["features"]] == [
        ("colour", ["red"], ["red"]),
        ("lens", ["wide", "tele"], ["wide", "tele"]),
    ]
    order = world.maker().get(f"/v1/manufacturing-orders/{told['batch']['order_id']}").json
    by_line = {line["line"]: line["variant"] for line in order["lines"]}
    assert [(by_line[line["order_line"]], line["quantity"]) for line in told["lines"]] == [
        ({"colour": "red", **TELE}, 4),
        ({"colour": "red", **WIDE}, 2),
    ]
    shown = world.fan("voter0").get(f"/v1/preorders/{voter}").json
    assert [line["order_line"] for line in shown["lines"]] == [line["order_line"] for line in told["lines"]]
    assert thread(world, "eve", stranger)["voted"] is False
    assert world.fan("eve").get(f"/v1/preorders/{voter}/thread").code == "preorder_missing"


def test_before_the_order_the_thread_ends_at_the_batch(world: World) -> None:
    campaign_id = world.presale(batches=[batch_plan()])
    preorder_id = preordered(world, "ada", campaign_id, (WIDE, 2))
    world.settle_down()
    told = thread(world, "ada", preorder_id)
    assert (told["state"], told["batch"]["number"], told["batch"]["order_id"]) == ("secured", 1, None)
    assert [line["order_line"] for line in told["lines"]] == [None]


def test_each_order_line_leads_back_to_its_pre_orders_page_by_page(world: World) -> None:
    campaign_id = world.presale(batches=[batch_plan(capacity=20)])
    placed = {name: preordered(world, name, campaign_id, (WIDE, 1), (TELE, 1)) for name in "abcdefg"}
    preordered(world, "whole", campaign_id, (TELE, 6))
    world.settle_down()
    world.clock.forward(days=31)
    world.tick()
    order_id = world.batches(campaign_id)[0]["order_id"]
    order = world.organiser().get(f"/v1/manufacturing-orders/{order_id}").json
    for line in order["lines"]:
        path, found, cursor = f"/v1/manufacturing-orders/{order_id}/lines/{line['line']}/preorders", [], ""
        while True:
            page = world.organiser().get(f"{path}?limit=3{cursor}").json
            assert len(page["items"]) <= 3
            found += page["items"]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert sum(one["quantity"] for one in found) == line["quantity"]
        ids = [one["preorder_id"] for one in found]
        assert len(set(ids)) == len(ids)
        assert set(placed.values()) <= set(ids)
    path = f"/v1/manufacturing-orders/{order_id}/lines"
    assert world.organiser().get(f"{path}/9/preorders").code == "line_missing"
    assert world.organiser("oscar").get(f"{path}/1/preorders").code == "order_missing"
    assert world.organiser().get(f"{path}/1/preorders?cursor=x").code == "cursor_invalid"


def test_the_organiser_sees_votes_beside_units(world: World) -> None:
    campaign_id = world.presale(ballots=3, batches=[batch_plan()])
    preordered(world, "voter0", campaign_id, (WIDE, 3), (TELE, 1))
    preordered(world, "voter1", campaign_id, (WIDE, 2))
    gone = preordered(world, "voter2", campaign_id, (WIDE, 2))
    preordered(world, "eve", campaign_id, (TELE, 5))
    world.settle_down()
    world.fan("voter2").delete(f"/v1/preorders/{gone}")
    world.settle_down()
    told = world.organiser().get(f"/v1/campaigns/{campaign_id}/demand").json
    totals = {name: told[name] for name in ("ballots", "units", "fans", "fans_who_voted", "cut")}
    assert totals == {"ballots": 3, "units": 11, "fans": 3, "fans_who_voted": 2, "cut": False}
    [colour, lens] = told["features"]
    assert next((one["option_id"], one["votes"], one["units"]) for one in colour["options"]) == ("red", 3, 11)
    assert {one["option_id"]: (one["votes"], one["units"]) for one in lens["options"]} == {
        "wide": (3, 5),
        "tele": (3, 6),
        **{one["option_id"]: (0, 0) for one in lens["options"] if one["option_id"] not in ("wide", "tele")},
    }
    assert world.organiser("oscar").get(f"/v1/campaigns/{campaign_id}/demand").code == "campaign_missing"


def test_a_demand_of_too_many_pages_says_that_it_is_cut(world: World) -> None:
    campaign_id = world.presale(batches=[batch_plan(capacity=15 * 201)])
    preordered(world, "voter0", campaign_id, (WIDE, 1))
    told = world.organiser().get(f"/v1/campaigns/{campaign_id}/demand").json
    assert (told["pages_read"], told["cut"]) == (200, True)
    world.settle_down()
