"""What is decided at the lock: caps, minimums below the batch's, tolerances and second choices."""

from typing import Any

import pytest

from tests.cameras import batch_plan, new_campaign
from tests.people import Reply
from tests.world import World

WIDE, TELE = {"lens": "wide"}, {"lens": "tele"}
LENS_RUNS = [{"kind": "option", "feature_id": "lens", "option_id": lens, "units": 4} for lens in ("wide", "tele")]


def wish(world: World, name: str, campaign_id: str, *lines: dict[str, Any], key: str = "k1", **body: Any) -> Reply:
    path = f"/v1/campaigns/{campaign_id}/preorders"
    return world.fan(name).post(path, {"lines": list(lines), **body}, Idempotency_Key=key)


def of(variant: dict[str, str], quantity: int, **more: Any) -> dict[str, Any]:
    return {"variant": variant, "quantity": quantity, **more}


def own(world: World, name: str) -> dict[str, Any]:
    [found] = world.fan(name).get("/v1/preorders").json["items"]
    return dict(found)


def closed(world: World, campaign_id: str) -> dict[str, Any]:
    """The first batch, once the pre-sale is closed."""
    world.settle_down()
    assert world.organiser().post(f"/v1/campaigns/{campaign_id}/close").status == 200
    world.settle_down()
    return world.batches(campaign_id)[0]


def ordered(world: World, campaign_id: str) -> dict[str, int]:
    """Units by lens on the first batch's manufacturing order."""
    order = world.maker().get(f"/v1/manufacturing-orders/{campaign_id}.1.1").json
    return {line["variant"]["lens"]: line["quantity"] for line in order["lines"]}


def test_who_named_a_cap_is_in_when_the_price_falls_to_it(world: World) -> None:
    campaign_id = world.presale()
    assert wish(world, "ada", campaign_id, of(WIDE, 6)).status == 201
    capped = wish(world, "bob", campaign_id, of(WIDE, 4), only_if_unit_price_at_most_minor=9_500)
    assert capped.json["total_most_minor"] == 4 * 9_000
    batch = closed(world, campaign_id)
    assert (batch["state"], batch["final_units"], batch["final_unit_price_minor"]) == ("ordered", 10, 9_000)
    assert (own(world, "bob")["state"], own(world, "bob")["final_total_minor"]) == ("ordered", 36_000)


def test_who_named_a_lower_cap_than_the_price_leaves_and_nothing_is_paid(world: World) -> None:
    campaign_id = world.presale()
    wish(world, "ada", campaign_id, of(WIDE, 6))
    wish(world, "bob", campaign_id, of(WIDE, 3), only_if_unit_price_at_most_minor=9_999)
    batch = closed(world, campaign_id)
    assert (batch["state"], batch["final_units"], batch["final_unit_price_minor"]) == ("ordered", 6, 10_000)
    left = own(world, "bob")
    assert (left["state"], left["reason"], left["final_total_minor"]) == ("lapsed", "price_above_cap", None)
    assert own(world, "ada")["final_total_minor"] == 60_000


def test_a_quote_with_a_cap_says_whether_it_would_be_met_now(calm_world: World) -> None:
    campaign_id = calm_world.presale()
    path, line = f"/v1/campaigns/{campaign_id}/quote", of(WIDE, 4)
    asked = [{"lines": [line]}, {"lines": [line], "only_if_unit_price_at_most_minor": 9_000}]
    assert [calm_world.anybody.post(path, body).json["cap_met_now"] for body in asked] == [None, False]
    calm_world.place("ada", campaign_id, 6)
    calm_world.settle_down()
    assert calm_world.anybody.post(path, asked[1]).json["cap_met_now"] is True
    assert calm_world.anybody.post(path, asked[1]).json["total_most_minor"] == 36_000
    below = {"lines": [line], "only_if_unit_price_at_most_minor": 7_999}
    assert calm_world.anybody.post(path, below).code == "cap_below_every_price"


def test_a_lens_that_nobody_else_wants_becomes_the_second_choice(world: World) -> None:
    campaign_id = world.presale(run_minimums=LENS_RUNS)
    wish(world, "ada", campaign_id, of(WIDE, 5))
    placed = wish(world, "bob", campaign_id, of(TELE, 2, second_choice=WIDE)).json
    assert placed["total_most_minor"] == 2 * 10_500
    batch = closed(world, campaign_id)
    assert (batch["state"], batch["final_units"], ordered(world, campaign_id)) == ("ordered", 7, {"wide": 7})
    moved = own(world, "bob")
    assert moved["lines"][0]["variant"]["lens"] == "tele"
    assert [(line["variant"]["lens"], line["quantity"]) for line in moved["settled_lines"]] == [("wide", 2)]
    [move] = moved["moves"]
    assert (move["kind"], move["was"]["variant"]["lens"], move["run"], move["wanting"]) == (
        "switched",
        "tele",
        "lens=tele",
        2,
    )
    assert moved["final_total_minor"] == 20_000


def test_who_wants_only_what_is_not_made_leaves_and_is_told_how_much_was_wanting(world: World) -> None:
    campaign_id = world.presale(run_minimums=LENS_RUNS)
    wish(world, "ada", campaign_id, of(WIDE, 5))
    wish(world, "bob", campaign_id, of(TELE, 3))
    batch = closed(world, campaign_id)
    assert (batch["state"], batch["final_units"]) == ("ordered", 5)
    left = own(world, "bob")
    assert (left["state"], left["reason"]) == ("lapsed", "run_not_made")
    assert [(move["kind"], move["run"], move["wanting"]) for move in left["moves"]] == [("left", "lens=tele", 1)]


def test_two_up_to_five_becomes_as_many_as_the_run_needs(world: World) -> None:
    campaign_id = world.presale(run_minimums=LENS_RUNS)
    wish(world, "ada", campaign_id, of(WIDE, 5))
    placed = wish(world, "bob", campaign_id, of(TELE, 2, up_to=5)).json
    assert (placed["units"], placed["total_most_minor"]) == (2, 5 * 10_500)
    batch = closed(world, campaign_id)
    assert (batch["final_units"], ordered(world, campaign_id)) == (9, {"wide": 5, "tele": 4})
    raised = own(world, "bob")
    assert [line["quantity"] for line in raised["settled_lines"]] == [4]
    assert (raised["state"], raised["final_total_minor"]) == ("ordered", 4 * 10_500)
    assert own(world, "ada")["settled_lines"] is None


def test_a_part_is_bought_from_its_minimum_on(world: World) -> None:
    """Tele takes four screws more than wide: 12 wide are 48, and 2 tele are 16."""
    campaign_id = world.presale(run_minimums=[{"kind": "part", "sku": "LENS-28", "units": 6}])
    wish(world, "ada", campaign_id, of(TELE, 6))
    wish(world, "bob", campaign_id, of(WIDE, 5))
    batch = closed(world, campaign_id)
    assert (batch["final_units"], own(world, "bob")["reason"]) == (6, "run_not_made")


def test_tolerance_can_bring_the_batch_itself_over_its_minimum(world: World) -> None:
    campaign_id = world.presale()
    wish(world, "ada", campaign_id, of(WIDE, 3, up_to=6))
    batch = closed(world, campaign_id)
    assert (batch["state"], batch["final_units"], batch["confirmed_at"] is not None) == ("ordered", 5, True)
    assert own(world, "ada")["final_total_minor"] == 50_000


def test_a_batch_of_which_no_run_can_be_made_falls_short(world: World) -> None:
    campaign_id = world.presale(run_minimums=[{"kind": "variant", "units": 9}])
    wish(world, "ada", campaign_id, of(WIDE, 5))
    wish(world, "bob", campaign_id, of(TELE, 5))
    assert closed(world, campaign_id)["state"] == "short"
    assert own(world, "ada")["reason"] == "minimum_missed"


def test_a_full_batch_whose_runs_are_missed_waits_for_its_end(world: World) -> None:
    campaign_id = world.presale(batches=[batch_plan(capacity=10)], run_minimums=[{"kind": "variant", "units": 9}])
    wish(world, "ada", campaign_id, of(WIDE, 5))
    wish(world, "bob", campaign_id, of(TELE, 5))
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] in ("open", "confirmed")
    world.clock.forward(days=31)
    world.tick()
    assert world.batches(campaign_id)[0]["state"] == "short"


def test_the_limit_holds_for_what_a_line_can_become(calm_world: World) -> None:
    campaign_id = calm_world.presale(limit_per_fan=6)
    assert wish(calm_world, "ada", campaign_id, of(WIDE, 2, up_to=7)).code == "limit_reached"
    assert wish(calm_world, "ada", campaign_id, of(WIDE, 2, up_to=5)).status == 201
    assert wish(calm_world, "ada", campaign_id, of(WIDE, 2), key="k2").code == "limit_reached"
    assert wish(calm_world, "ada", campaign_id, of(WIDE, 1), key="k3").status == 201


@pytest.mark.parametrize("more", [{"up_to": 1}, {"second_choice": WIDE}])
def test_wishes_that_contradict_themselves_are_refused(calm_world: World, more: dict[str, Any]) -> None:
    campaign_id = calm_world.presale()
    assert wish(calm_world, "ada", campaign_id, of(WIDE, 2, **more)).code == "wish_invalid"


def test_an_order_that_was_left_open_can_be_withdrawn_and_edited_like_any_other(world: World) -> None:
    campaign_id = world.presale()
    body = {"only_if_unit_price_at_most_minor": 9_000}
    placed = wish(world, "ada", campaign_id, of(TELE, 2, up_to=3, second_choice=WIDE), **body)
    again = wish(world, "ada", campaign_id, of(TELE, 2, up_to=3, second_choice=WIDE), **body)
    assert (placed.status, again.json) == (201, placed.json)
    world.settle_down()
    assert own(world, "ada")["state"] == "secured"
    path = f"/v1/preorders/{placed.json['preorder_id']}"
    changes = {"lines": [of(TELE, 1, up_to=3, second_choice=WIDE)]}
    edited = [world.fan("ada").call("PATCH", path, changes) for _ in range(2)]
    assert [one.json["lines"][0]["unit_price_at_most_minor"] for one in edited] == [9_000, 9_000]
    assert edited[0].json["lines"][0]["open_since"] == placed.json["lines"][0]["open_since"]
    assert world.fan("ada").delete(path).json["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"run_minimums": [{"kind": "part", "sku": "GLASS", "units": 5}]}, "GLASS"),
        ({"run_minimums": [{"kind": "option", "feature_id": "lens", "option_id": "zoom", "units": 5}]}, "zoom"),
        ({"run_minimums": [{"kind": "variant", "units": 5}, {"kind": "variant", "units": 6}]}, "two run minimums"),
        ({"playbook": [{"kind": "roll"}, {"kind": "extend", "days": 1}]}, "after a roll"),
        ({"playbook": [{"kind": "next_tier", "minimum": 5}]}, "fewer units"),
    ],
)
def test_a_campaign_that_cannot_keep_what_it_agrees_to_is_refused(
    calm_world: World, changes: dict[str, Any], told: str
) -> None:
    reply = calm_world.organiser().post("/v1/campaigns", new_campaign(**changes))
    assert reply.code == "campaign_invalid"
    assert told in reply.text
