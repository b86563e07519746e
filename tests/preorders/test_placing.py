"""Placing, from the first write to the last, and what is left when it breaks off. In a world in memory."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.batches import actions as batch_actions
from chalicelib.batches import store as batches
from chalicelib.preorders import following, rules
from tests.races import situations
from tests.races.conftest import quick
from tests.races.quick_world import QuickWorld
from tests.world import World

__all__ = ["quick"]


def own(world: World, fan: str = "ada") -> list[dict[str, Any]]:
    return list(world.fan(fan).get("/v1/preorders").json["items"])


def states(world: World, fan: str = "ada") -> list[str]:
    return [item["state"] for item in world.items("preorder") if item["fan_id"] == f"sub-{fan}"]


class TestBrokenOff:
    """The function died between promise and claim."""

    def test_nothing_is_held_and_nothing_is_shown(self, quick: QuickWorld):
        context = situations.promised(quick)
        assert states(quick) == ["wanted"]
        assert own(quick) == []
        [promise] = [item for item in quick.items("preorder") if item["fan_id"] == "sub-ada"]
        assert quick.fan("ada").get(f"/v1/preorders/{promise['preorder_id']}").code == "preorder_missing"
        assert quick.fan("ada").delete(f"/v1/preorders/{promise['preorder_id']}").code == "preorder_missing"
        assert quick.batch(context["campaign_id"])["held_units"] == 18

    @pytest.mark.parametrize("later", [timedelta(), timedelta(hours=3)])
    def test_the_same_key_goes_on(self, quick: QuickWorld, later: timedelta):
        context = situations.promised(quick)
        quick.clock.moment += later
        first = quick.place("ada", context["campaign_id"], 2, key="key")
        assert first.status == 201
        assert quick.place("ada", context["campaign_id"], 2, key="key").json == first.json
        quick.settle_down()
        assert len(own(quick)) == 1

    def test_another_key_counts_it_until_nobody_can_be_at_it_any_more(self, quick: QuickWorld):
        """S4: its room may be taken at this very moment; after 15 minutes it cannot."""
        context = situations.selling(quick, limit_per_fan=2)
        situations.interrupted(quick, context, situations.die)
        assert quick.place("ada", context["campaign_id"], 2, key="b").code == "limit_reached"
        quick.clock.moment += rules.LONGEST_REQUEST
        assert quick.place("ada", context["campaign_id"], 2, key="b").code == "limit_reached"
        quick.clock.forward(seconds=1)
        assert quick.place("ada", context["campaign_id"], 2, key="b").status == 201
        assert states(quick) == ["refused", "wanted"]
        assert quick.place("ada", context["campaign_id"], 2, key="key").code == "limit_reached"


class TestRefused:
    """There was no room after all."""

    def test_the_same_key_gets_room_once_there_is_some(self, quick: QuickWorld):
        context = situations.refused(quick)
        assert own(quick) == []
        assert quick.place("ada", context["campaign_id"], 2, key="key").status == 201
        quick.settle_down()
        assert [preorder["state"] for preorder in own(quick)] == ["secured"]

    def test_it_does_not_stand_in_the_way_of_another(self, quick: QuickWorld):
        context = situations.refused(quick)
        assert quick.place("ada", context["campaign_id"], 2, key="other").status == 201
        assert quick.place("ada", context["campaign_id"], 2, key="key").code == "limit_reached"


class TestGivenBack:
    """Units given back find room in a book of their own."""

    def test_who_comes_after_a_withdrawal_gets_them(self, quick: QuickWorld):
        context = situations.selling(quick, taken=18)
        campaign_id = context["campaign_id"]
        quick.fan("carl").delete(f"/v1/preorders/{context['carl']}")
        quick.settle_down()
        batch = batches.get(quick.ports.table, campaign_id, 1)
        assert [book.units for book in batch.shelf()] == [20, 18]
        assert quick.place("ada", campaign_id, 20).status == 201
        quick.settle_down()
        assert quick.place("bob", campaign_id, 1).code == "batch_full"


class TestTheEnd:
    """Sealed, cut, and decided."""

    def test_it_waits_for_payments_under_way_and_then_calls_them_off(self, quick: QuickWorld):
        context = situations.selling(quick, taken=6)
        campaign_id = context["campaign_id"]
        quick.place("ada", campaign_id, 2)
        quick.clock.forward(days=30)
        batch_actions.advance(quick.ports, campaign_id, 1)
        assert quick.batch(campaign_id)["state"] == "confirmed"
        assert quick.place("bob", campaign_id, 1).code == "batch_full"
        quick.clock.forward(minutes=15)
        batch_actions.advance(quick.ports, campaign_id, 1)
        following.follow(quick.ports, {"campaign_id": campaign_id, "number": 1, "book": 1, "page": 0})
        quick.settle_down()
        assert [(one["state"], one["reason"]) for one in own(quick)] == [("lapsed", "batch_locked")]
        assert (quick.batch(campaign_id)["state"], quick.batch(campaign_id)["final_units"]) == ("ordered", 6)

    def test_a_cut_that_came_too_early_is_undone(self, quick: QuickWorld):
        """The counters said that the batch was full; then ada went before its pages were sealed. It sells again."""
        context = situations.at_the_lock(quick, minimum=20)
        campaign_id = context["campaign_id"]
        assert quick.fan("ada").delete(f"/v1/preorders/{context['ada']}").status == 200
        batch_actions.advance(quick.ports, campaign_id, 1)
        quick.settle_down()
        batch = batches.get(quick.ports.table, campaign_id, 1)
        assert (batch.state, batch.sealing_at, batch.sealed) == ("open", None, False)
        assert quick.place("bob", campaign_id, 2).status == 201
        quick.settle_down()
        assert (quick.batch(campaign_id)["state"], quick.batch(campaign_id)["final_units"]) == ("ordered", 20)

    @pytest.mark.parametrize(("end", "reason"), [("cancel", "campaign_cancelled"), ("close", "minimum_missed")])
    def test_when_nothing_is_made_everybody_is_let_go(self, quick: QuickWorld, end: str, reason: str):
        context = situations.selling(quick, taken=3)
        campaign_id = context["campaign_id"]
        quick.place("ada", campaign_id, 1)
        assert quick.organiser().post(f"/v1/campaigns/{campaign_id}/{end}").status == 200
        quick.settle_down()
        for fan in ("ada", "carl"):
            assert [(one["state"], one["reason"]) for one in own(quick, fan)] == [("lapsed", reason)]
        assert {payment["state"] for payment in quick.items("payment")} == {"released"}
