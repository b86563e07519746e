"""The recount of what a lock decided: settled lines, the organiser's own units, who was moved, let go or offered."""

from typing import Any

import pytest

from infra.local import outcomes, recount
from tests.journeys.test_lock import LENS_RUNS, TELE, WIDE, closed, of, own, wish
from tests.journeys.test_playbook import NEXT_TIER, TOP_UP, agreed, over, topped_up
from tests.journeys.test_waiting import joined, sold_out
from tests.world import World


class Told:
    """The API of a world as the recount asks it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def must(self, _method: str, path: str, **_: Any) -> Any:
        return self.world.organiser().get(path).json


def items(world: World) -> list[dict[str, Any]]:
    return recount.stored_items(world.dynamodb, world.settings.table_name)


def compared(world: World, campaign_id: str, *names: str, waiting: tuple[str, ...] = ()) -> recount.Figures:
    """The recounted figures, once the API and these fans have said the same."""
    stored = recount.recounted(items(world), campaign_id)
    entries = [world.fan(name).get(f"/v1/campaigns/{campaign_id}/waiting").json for name in waiting]
    told = recount.told(
        Told(world),  # type: ignore[arg-type]
        campaign_id,
        organiser_token="",
        entries=entries,
        preorders=[own(world, name) for name in names],
    )
    assert recount.disagreements(stored, told | {"ballots": stored["ballots"], "votes": stored["votes"]}) == []
    return stored


def test_raised_and_switched_lines_are_counted_as_they_are_made(world: World) -> None:
    campaign_id = world.presale(run_minimums=LENS_RUNS)
    wish(world, "ada", campaign_id, of(WIDE, 5))
    wish(world, "bob", campaign_id, of(TELE, 2, second_choice=WIDE))
    closed(world, campaign_id)
    stored = compared(world, campaign_id, "ada", "bob")
    assert stored["batch 1 order units"] == 7
    assert stored["moves"] == {"switched for lens=tele": 1}
    assert [line for line in stored["batch 1 order lines"] if "tele" in line] == []


def test_who_was_let_go_is_counted_with_the_reason(world: World) -> None:
    campaign_id = world.presale(run_minimums=LENS_RUNS)
    wish(world, "ada", campaign_id, of(WIDE, 6))
    wish(world, "bob", campaign_id, of(TELE, 1))
    closed(world, campaign_id)
    stored = compared(world, campaign_id, "ada", "bob")
    assert stored["left"] == {"run_not_made": 1}
    assert stored["batch 1 order units"] == 6
    [bob] = outcomes.touched(items(world), campaign_id)
    assert own(world, "bob")["preorder_id"] == bob


def test_what_the_organiser_takes_is_on_the_order_at_the_batch_s_price(world: World) -> None:
    campaign_id = agreed(world, TOP_UP)
    wish(world, "ada", campaign_id, of(WIDE, 3))
    over(world)
    assert topped_up(world, campaign_id, 2) == "ok"
    stored = compared(world, campaign_id, "ada")
    assert (stored["batch 1 secured units"], stored["batch 1 order units"]) == (3, 5)
    assert stored["batch 1 order total"] == 5 * 9_500


def test_a_top_up_of_a_batch_that_is_not_made_counts_nowhere(world: World) -> None:
    campaign_id = agreed(world, TOP_UP, NEXT_TIER)
    wish(world, "ada", campaign_id, of(WIDE, 1))
    over(world)
    topped_up(world, campaign_id, 1)
    over(world, days=32)
    stored = compared(world, campaign_id, "ada")
    assert stored["batch 1 state"] == "short"
    assert stored["left"] == {"minimum_missed": 1}


def test_an_offer_that_was_taken_is_counted_as_taken(world: World) -> None:
    campaign_id, _ = sold_out(world)
    joined(world, campaign_id, {"cyd": 3, "dan": 2, "fay": 2})
    world.settle_down()
    assert compared_entries(world, campaign_id) == {"offered": 2, "waiting": 1}
    world.place("cyd", campaign_id, 3)
    world.settle_down()
    assert compared_entries(world, campaign_id) == {"taken": 1, "offered": 1, "waiting": 1}


def compared_entries(world: World, campaign_id: str) -> Any:
    return compared(world, campaign_id, "ada", "bob", waiting=("cyd", "dan", "fay"))["waiting list"]


@pytest.mark.parametrize("change", [{"settled_lines": None}, {"moves": []}])
def test_a_lost_settlement_is_noticed(world: World, change: dict[str, Any]) -> None:
    campaign_id = world.presale(run_minimums=LENS_RUNS)
    wish(world, "ada", campaign_id, of(WIDE, 5))
    wish(world, "bob", campaign_id, of(TELE, 2, second_choice=WIDE))
    closed(world, campaign_id)
    whole = items(world)
    damaged = [{**item, **change} if item.get("settled_lines") else item for item in whole]
    before, after = (recount.recounted(each, campaign_id) for each in (whole, damaged))
    assert recount.disagreements(before, after) != []
