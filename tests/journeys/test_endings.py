"""How campaigns and batches end: by the clock, by the organiser, below the minimum."""

from datetime import timedelta
from itertools import count

import pytest

from chalicelib.batches import actions as batches
from chalicelib.campaigns import actions as campaigns
from tests.cameras import batch_plan
from tests.hands import START
from tests.races.quick_world import QuickWorld
from tests.races.racing import CutIn
from tests.world import World


def preorder(world: World, name: str) -> tuple[str, str | None]:
    [found] = world.fan(name).get("/v1/preorders").json["items"]
    return found["state"], found["reason"]


def organise(world: World, campaign_id: str, step: str) -> str:
    return world.organiser().post(f"/v1/campaigns/{campaign_id}/{step}").code


def test_a_missed_minimum_releases_everybody_and_says_so(world: World) -> None:
    """B4, M5: at the closing time, not before; told to the fan, and on the batch."""
    campaign_id = world.presale(limit_per_fan=4)
    for name in ("ada", "bob"):
        assert world.place(name, campaign_id, 2).status == 201
    world.settle_down()
    world.clock.forward(days=29)
    world.tick()
    assert world.batches(campaign_id)[0]["state"] == "open"
    world.clock.forward(days=2)
    world.tick()
    first, second = world.batches(campaign_id)
    assert (first["state"], first["held_units"], first["final_units"], first["units_to_minimum"]) == ("short", 0, 4, 1)
    assert second["state"] == "open"
    assert {preorder(world, name) for name in ("ada", "bob")} == {("lapsed", "minimum_missed")}
    assert {payment["state"] for payment in world.items("payment")} == {"released"}
    again = world.place("ada", campaign_id, 4, key="k2")
    assert (again.status, again.json["batch_number"]) == (201, 2)


def test_a_batch_that_made_its_minimum_locks_at_the_closing_time(world: World) -> None:
    """B1, B5: at the tier of what it has."""
    campaign_id = world.presale()
    world.place("ada", campaign_id, 6)
    world.settle_down()
    world.clock.forward(days=31)
    world.tick()
    batch = world.batches(campaign_id)[0]
    assert (batch["state"], batch["final_units"], batch["final_unit_price_minor"]) == ("ordered", 6, 10_000)
    assert preorder(world, "ada") == ("ordered", None)


def test_ticking_on_for_ever_orders_once(world: World) -> None:
    """O1, B2"""
    campaign_id = world.presale()
    world.place("ada", campaign_id, 6)
    world.settle_down()
    for _ in range(4):
        world.clock.forward(days=31)
        world.tick()
    assert [batch["state"] for batch in world.batches(campaign_id)] == ["ordered", "short"]
    assert len(world.items("order")) == 1


def test_nothing_is_taken_after_the_closing_time_even_before_the_clock_has_looked(world: World) -> None:
    campaign_id = world.presale(batches=[batch_plan()])
    world.clock.forward(days=30)
    assert world.place("ada", campaign_id, 1).code == "batch_full"


def test_closing_locks_what_made_its_minimum_and_releases_the_rest(world: World) -> None:
    campaign_id = world.presale(batches=[batch_plan(capacity=10), batch_plan(days=60)])
    for name, quantity in (("ada", 7), ("bob", 4)):
        world.place(name, campaign_id, quantity)
    world.settle_down()
    assert organise(world, campaign_id, "close") == "ok"
    world.settle_down()
    assert [batch["state"] for batch in world.batches(campaign_id)] == ["ordered", "short"]
    assert preorder(world, "ada") == ("ordered", None)
    assert preorder(world, "bob") == ("lapsed", "minimum_missed")
    assert world.place("cyd", campaign_id, 1).code == "campaign_not_preselling"
    assert organise(world, campaign_id, "close") == "campaign_not_preselling"
    assert organise(world, campaign_id, "cancel") == "campaign_ended"


def test_closing_before_the_payments_are_in_waits_for_them(world: World) -> None:
    """M7: a payment under way is not taken for a failure."""
    campaign_id = world.presale(batches=[batch_plan()])
    world.place("ada", campaign_id, 7)
    assert organise(world, campaign_id, "close") == "ok"
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "ordered"


@pytest.mark.parametrize("state", ["draft", "voting", "settled", "preselling"])
def test_cancelling_in_any_state_ends_it_for_good(world: World, state: str) -> None:
    begin = {"draft": world.campaign, "voting": world.voting, "settled": world.voting, "preselling": world.presale}
    campaign_id = begin[state]()
    if state == "settled":
        world.settle(campaign_id)
    if state == "preselling":
        world.place("ada", campaign_id, 7)
        world.settle_down()
    assert organise(world, campaign_id, "cancel") == "ok"
    world.settle_down()
    for step in ("cancel", "open-voting", "settle", "open-presale", "close"):
        assert organise(world, campaign_id, step) in (
            "campaign_ended",
            "campaign_not_draft",
            "voting_closed",
            "campaign_not_settled",
            "campaign_not_preselling",
        )
    assert world.vote("ada", campaign_id, colour=["red"]).code == "voting_closed"
    assert world.place("bob", campaign_id, 1).code == "campaign_not_preselling"
    if state == "preselling":
        assert {batch["state"] for batch in world.batches(campaign_id)} == {"cancelled"}
        assert preorder(world, "ada") == ("lapsed", "campaign_cancelled")


def test_cancelling_while_payments_are_under_way_says_that_it_was_cancelled(world: World) -> None:
    """The fan is told why, whichever of payment and cancellation is heard of first."""
    campaign_id = world.presale()
    world.place("ada", campaign_id, 7)
    assert organise(world, campaign_id, "cancel") == "ok"
    world.settle_down()
    assert preorder(world, "ada") == ("lapsed", "campaign_cancelled")


def test_cancelling_while_voting_is_being_counted_leaves_no_result(world: World) -> None:
    campaign_id = world.voting()
    world.vote("ada", campaign_id, colour=["red"])
    assert organise(world, campaign_id, "settle") == "ok"
    assert organise(world, campaign_id, "cancel") == "ok"
    world.settle_down()
    assert world.anybody.get(f"/v1/campaigns/{campaign_id}/result").code == "result_missing"
    assert world.anybody.get(f"/v1/campaigns/{campaign_id}").json["state"] == "cancelled"


def test_an_ordered_batch_stays_ordered_when_the_campaign_is_cancelled(world: World) -> None:
    campaign_id = world.presale()
    world.place("ada", campaign_id, 20)
    world.place("bob", campaign_id, 3)
    world.settle_down()
    assert organise(world, campaign_id, "cancel") == "ok"
    world.settle_down()
    assert [batch["state"] for batch in world.batches(campaign_id)] == ["ordered", "cancelled"]
    assert preorder(world, "bob") == ("lapsed", "campaign_cancelled")


def test_voting_ends_by_the_clock(world: World) -> None:
    """V4: a closed poll accepts none, also before the clock has looked."""
    ends = START + timedelta(hours=1)
    campaign_id = world.voting(voting_closes_at=ends.isoformat())
    assert world.vote("ada", campaign_id, colour=["blue"]).status == 200
    world.clock.moment = ends - timedelta(milliseconds=1)
    assert world.vote("bob", campaign_id, colour=["blue"]).status == 200
    world.tick()
    assert world.anybody.get(f"/v1/campaigns/{campaign_id}").json["state"] == "voting"
    world.clock.moment = ends
    assert world.vote("cyd", campaign_id, colour=["red"]).code == "voting_closed"
    world.clock.forward(minutes=1)
    world.tick()
    result = world.anybody.get(f"/v1/campaigns/{campaign_id}/result").json
    assert (result["ballots"], result["features"][0]["kept"]) == (2, ["blue"])
    assert world.anybody.get(f"/v1/campaigns/{campaign_id}").json["state"] == "settled"


def test_nothing_is_locked_once_its_campaign_was_cancelled(watched_world: QuickWorld) -> None:
    """M4: whoever was about to lock a batch finds that out, at whichever call the organiser was heard."""
    world, start = watched_world, watched_world.moment()
    for at in count(1):
        campaign_id = world.presale()
        world.place("ada", campaign_id, 6)
        world.settle_down()
        world.clock.forward(days=31)
        before: list[str] = []

        def cancelled(campaign_id: str = campaign_id, before: list[str] = before) -> None:
            before.append(world.batch(campaign_id)["state"])
            campaigns.cancel(world.ports, "sub-olga", campaign_id)

        world.engine.hook = cut = CutIn(at, cancelled)
        batches.advance(world.ports, campaign_id, 1)
        world.engine.hook = None
        world.settle_down()
        if not cut.done:
            break
        assert "ordered" not in before, "it is collected first"
        assert world.batch(campaign_id)["state"] == "cancelled", f"call {at}"
        world.back_to(start)
    assert at > 5
