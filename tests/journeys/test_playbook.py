"""A batch misses its minimum: what was agreed is played, step by step, each once, and told."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import news
from tests.cameras import batch_plan
from tests.hands import START
from tests.journeys.test_edits import edit
from tests.journeys.test_lock import TELE, WIDE, of, ordered, own, wish
from tests.races.quick_world import QuickWorld
from tests.world import World

EXTEND, TOP_UP = {"kind": "extend", "days": 10}, {"kind": "top_up", "hours": 48}
NEXT_TIER = {"kind": "next_tier", "minimum": 3}
FOLD = {"kind": "fold", "feature_id": "lens", "from_option": "tele", "into_option": "wide"}
TELE_RUN = {"kind": "option", "feature_id": "lens", "option_id": "tele", "units": 4}
ENDS = START + timedelta(days=30)


def agreed(world: World, *steps: dict[str, Any], **changes: Any) -> str:
    """A pre-sale with this playbook: one batch of 5 to 20, at 10,000 from the first unit, 9,500 from 5 and 8,000
    from 20."""
    prices = [(1, 10_000), (5, 9_500), (20, 8_000)]
    ladder = [{"from_units": units, "unit_price_minor": price} for units, price in prices]
    plan = {"batches": [batch_plan()], "price_ladder": ladder, "playbook": list(steps), **changes}
    return world.presale(**plan)


def over(world: World, days: float = 30) -> None:
    """So many days from the start: the closing time has passed."""
    world.settle_down()
    world.clock.moment = START + timedelta(days=days, minutes=1)
    world.tick()


def batch(world: World, campaign_id: str) -> dict[str, Any]:
    return world.batches(campaign_id)[0]


def played(world: World, campaign_id: str) -> list[str]:
    return [play["sentence"] for play in batch(world, campaign_id)["played"]]


def topped_up(world: World, campaign_id: str, quantity: int, organiser: str = "olga", lens: Any = WIDE) -> str:
    path, line = f"/v1/campaigns/{campaign_id}/batches/1/top-up", {"variant": lens, "quantity": quantity}
    code = world.organiser(organiser).post(path, {"lines": [line]}).code
    world.settle_down()
    return code


def test_an_extended_batch_is_open_again_and_can_still_be_made(world: World) -> None:
    campaign_id = agreed(world, EXTEND)
    assert batch(world, campaign_id)["next_play"] == "extend"
    wish(world, "ada", campaign_id, of(WIDE, 3))
    over(world)
    after = batch(world, campaign_id)
    assert (after["state"], after["closes_at"], after["next_play"]) == ("open", "2026-12-31T12:00:00.000Z", "refund")
    assert played(world, campaign_id) == ["playbook.extend"]
    assert wish(world, "bob", campaign_id, of(WIDE, 4)).status == 201
    over(world, days=40)
    assert (batch(world, campaign_id)["state"], batch(world, campaign_id)["final_units"]) == ("ordered", 7)
    assert own(world, "ada")["final_total_minor"] == 3 * 9_500


def test_an_extended_batch_that_misses_again_is_refunded(world: World) -> None:
    campaign_id = agreed(world, EXTEND)
    wish(world, "ada", campaign_id, of(WIDE, 3))
    over(world)
    assert batch(world, campaign_id)["state"] == "open"
    over(world, days=40)
    assert batch(world, campaign_id)["state"] == "short"
    assert played(world, campaign_id) == ["playbook.extend", "playbook.refund"]
    assert (own(world, "ada")["state"], own(world, "ada")["reason"]) == ("lapsed", "minimum_missed")


def test_who_is_in_an_extended_batch_can_still_leave(world: World) -> None:
    campaign_id = agreed(world, EXTEND)
    placed = wish(world, "ada", campaign_id, of(WIDE, 3)).json["preorder_id"]
    over(world)
    assert world.fan("ada").delete(f"/v1/preorders/{placed}").json["state"] == "withdrawn"
    world.settle_down()
    assert batch(world, campaign_id)["held_units"] == 0


def test_who_is_in_an_extended_batch_can_still_change_it(world: World) -> None:
    """The pages that were sealed at the first end take what needs no room."""
    campaign_id = agreed(world, EXTEND)
    wish(world, "ada", campaign_id, of(WIDE, 3))
    over(world)
    mine = own(world, "ada")["preorder_id"]
    assert edit(world, "ada", mine, {"lines": [of(TELE, 2)]}).status == 200
    wish(world, "bob", campaign_id, of(WIDE, 4))
    over(world, days=40)
    assert edit(world, "ada", mine, {"lines": [of(TELE, 1)]}).code == "preorder_ended"
    made = batch(world, campaign_id)
    assert (made["state"], made["final_units"], ordered(world, campaign_id)) == ("ordered", 6, {"tele": 2, "wide": 4})


def test_the_organiser_takes_what_is_missing(world: World) -> None:
    campaign_id = agreed(world, TOP_UP)
    wish(world, "ada", campaign_id, of(WIDE, 3))
    assert topped_up(world, campaign_id, 2) == "top_up_not_due"
    over(world)
    assert (batch(world, campaign_id)["state"], batch(world, campaign_id)["waiting_until"]) == (
        "open",
        "2026-12-23T12:00:00.000Z",
    )
    assert topped_up(world, campaign_id, 2, organiser="eve") == "campaign_missing"
    assert topped_up(world, campaign_id, 18) == "top_up_too_large"
    assert topped_up(world, campaign_id, 2) == "ok"
    assert topped_up(world, campaign_id, 2) == "ok"
    assert topped_up(world, campaign_id, 3) == "topped_up"
    made = batch(world, campaign_id)
    assert (made["state"], made["secured_units"], made["final_units"]) == ("ordered", 3, 5)
    assert [line["quantity"] for line in made["top_up"]] == [2]
    assert ordered(world, campaign_id) == {"wide": 5}
    assert own(world, "ada")["final_total_minor"] == 3 * 9_500


def test_what_the_organiser_takes_is_folded_like_everybody_s(world: World) -> None:
    """O3."""
    campaign_id = agreed(world, TOP_UP, FOLD, run_minimums=[TELE_RUN])
    wish(world, "ada", campaign_id, of(WIDE, 4))
    over(world)
    assert topped_up(world, campaign_id, 2, lens=TELE) == "ok"
    over(world, days=32)
    made = batch(world, campaign_id)
    assert (made["state"], made["final_units"]) == ("ordered", 6)
    assert [line["variant"]["lens"] for line in made["top_up"]] == ["wide"]
    assert ordered(world, campaign_id) == {"wide": 6}


def test_what_the_organiser_takes_is_not_made_without_its_run(world: World) -> None:
    """O3: the lower minimum is reached without it."""
    campaign_id = agreed(world, TOP_UP, NEXT_TIER, run_minimums=[TELE_RUN])
    wish(world, "ada", campaign_id, of(WIDE, 4), only_if_unit_price_at_most_minor=10_000)
    over(world)
    assert topped_up(world, campaign_id, 1, lens=TELE) == "ok"
    over(world, days=32)
    made = batch(world, campaign_id)
    assert (made["state"], made["final_units"], made["top_up"]) == ("ordered", 4, [])
    assert ordered(world, campaign_id) == {"wide": 4}


def test_a_top_up_that_nobody_makes_in_time_leads_to_the_refund(world: World) -> None:
    campaign_id = agreed(world, TOP_UP)
    wish(world, "ada", campaign_id, of(WIDE, 3))
    over(world)
    over(world, days=31.9)
    assert batch(world, campaign_id)["state"] == "open"
    over(world, days=32)
    assert (batch(world, campaign_id)["state"], own(world, "ada")["reason"]) == ("short", "minimum_missed")
    assert topped_up(world, campaign_id, 2) == "top_up_not_due"


def test_fewer_units_are_made_for_those_whose_cap_allows_their_price(world: World) -> None:
    campaign_id = agreed(world, NEXT_TIER)
    shown = wish(world, "ada", campaign_id, of(WIDE, 3), only_if_unit_price_at_most_minor=10_000).json
    assert shown["total_most_minor"] == 30_000
    assert wish(world, "bob", campaign_id, of(WIDE, 1)).json["total_most_minor"] == 9_500
    over(world)
    made = batch(world, campaign_id)
    assert (made["state"], made["final_units"], made["final_unit_price_minor"]) == ("ordered", 3, 10_000)
    assert (made["minimum"], made["lowered_minimum"]) == (5, 3)
    assert own(world, "ada")["final_total_minor"] == 30_000
    assert (own(world, "bob")["state"], own(world, "bob")["reason"]) == ("lapsed", "price_above_cap")


def test_no_price_is_lowered_to_that_too_few_accept(world: World) -> None:
    campaign_id = agreed(world, NEXT_TIER)
    wish(world, "ada", campaign_id, of(WIDE, 4))
    over(world)
    assert batch(world, campaign_id)["state"] == "short"
    assert played(world, campaign_id) == ["playbook.next_tier_passed", "playbook.refund"]


def test_folded_variants_become_their_sister(world: World) -> None:
    """3 tele and 3 wide are 6 units, but each lens needs 4."""
    runs = [{"kind": "option", "feature_id": "lens", "option_id": lens, "units": 4} for lens in ("wide", "tele")]
    campaign_id = agreed(world, FOLD, run_minimums=runs)
    wish(world, "ada", campaign_id, of(WIDE, 3))
    wish(world, "bob", campaign_id, of(TELE, 3))
    over(world)
    assert played(world, campaign_id) == ["playbook.fold"]
    assert (batch(world, campaign_id)["final_units"], ordered(world, campaign_id)) == (6, {"wide": 6})
    folded = own(world, "bob")
    assert [move["kind"] for move in folded["moves"]] == ["folded"]
    assert (folded["final_total_minor"], folded["total_most_minor"]) == (3 * 9_500, 3 * 10_000)


def test_all_steps_are_played_in_order(world: World) -> None:
    campaign_id = agreed(world, EXTEND, TOP_UP, FOLD, NEXT_TIER)
    wish(world, "ada", campaign_id, of(WIDE, 2))
    for days in (30, 40, 42):
        over(world, days=days)
    assert batch(world, campaign_id)["state"] == "short"
    steps = ["extend", "top_up", "fold", "next_tier_passed", "refund"]
    assert played(world, campaign_id) == [f"playbook.{step}" for step in steps]


@pytest.mark.parametrize("step", ["close", "cancel"])
def test_a_campaign_that_ends_while_a_step_is_waited_for_ends_its_batch(world: World, step: str) -> None:
    campaign_id = agreed(world, TOP_UP)
    wish(world, "ada", campaign_id, of(WIDE, 2))
    over(world)
    assert world.organiser().post(f"/v1/campaigns/{campaign_id}/{step}").status == 200
    over(world, days=32)
    assert batch(world, campaign_id)["state"] == {"close": "short", "cancel": "cancelled"}[step]
    assert own(world, "ada")["state"] == "lapsed"


def test_an_extension_after_a_top_up_leaves_its_units_taken(world: World) -> None:
    campaign_id = agreed(world, TOP_UP, EXTEND, batches=[batch_plan(minimum=15)])
    wish(world, "ada", campaign_id, of(WIDE, 3))
    over(world)
    assert topped_up(world, campaign_id, 4) == "ok"
    over(world, days=32)
    assert played(world, campaign_id) == ["playbook.top_up", "playbook.extend"]
    assert wish(world, "bob", campaign_id, of(WIDE, 14)).code == "batch_full"
    assert wish(world, "bob", campaign_id, of(WIDE, 13), key="k2").status == 201
    world.settle_down()
    over(world, days=42)
    assert (batch(world, campaign_id)["state"], batch(world, campaign_id)["final_units"]) == ("ordered", 20)


def test_each_step_is_announced_once(watched_world: QuickWorld) -> None:
    campaign_id = agreed(watched_world, EXTEND, FOLD)
    wish(watched_world, "ada", campaign_id, of(WIDE, 2))
    for days in (30, 40):
        over(watched_world, days=days)
    written = {"ApproximateCreationDateTime": START.timestamp()}
    told = [news.news("test", record["dynamodb"] | written) for record in watched_world.engine.stream]
    played = [(one.id, one.data["play"]) for one in told if one and one.type == "groundswell.batch.played"]
    steps = ["extend", "fold"]
    assert played == [(f"{campaign_id}/1/played/{place}", f"playbook.{step}") for place, step in enumerate(steps)]
    assert [one.id for one in told if one and one.type == "groundswell.batch.short"] == [f"{campaign_id}/1/short"]
