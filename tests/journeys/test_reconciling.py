"""M6: once a day our ledger is compared with the provider's books, both ways."""

import pytest

from chalicelib.payments import reconciling
from chalicelib.plumbing.gateway.port import Amount, Charge
from tests.journeys.conftest import OpenWorld
from tests.journeys.test_money import DEPOSIT, moved, over, placed, rest, sale
from tests.races.quick_world import QuickWorld


def compared(world: QuickWorld, campaign_id: str) -> tuple[int, list[tuple[str, str]]]:
    world.clock.forward(minutes=20)
    reconciling.reconcile(world.ports)
    world.settle_down()
    reply = world.organiser().get(f"/v1/campaigns/{campaign_id}/reconciliation")
    assert reply.status == 200, reply.text
    assert reply.json["differing"] == len(reply.json["differences"])
    return reply.json["compared"], [(one["kind"], one["movement"]) for one in reply.json["differences"]]


def test_what_agrees_differs_in_nothing(world: QuickWorld) -> None:
    campaign_id = sale(world, payment_plan=DEPOSIT)
    placed(world, "ada", campaign_id, 6)
    gone = placed(world, "bob", campaign_id, 2)
    world.fan("bob").delete(f"/v1/preorders/{gone}")
    world.settle_down()
    rest(world)
    assert compared(world, campaign_id) == (3, [])
    over(world)
    assert compared(world, campaign_id) == (1, [])


def test_a_charge_of_ours_that_the_provider_does_not_have_is_told(calm_world: QuickWorld) -> None:
    world = calm_world
    campaign_id = sale(world, payment_plan=DEPOSIT)
    placed(world, "ada", campaign_id, 6)
    kept, world.shelf.kept = world.shelf.kept, {}
    assert compared(world, campaign_id) == (0, [("unknown_to_provider", "charge")])
    world.shelf.kept = kept


def test_a_charge_that_we_do_not_know_is_told_and_given_back(open_world: OpenWorld) -> None:
    """M5: somebody has charged at the provider behind our back; it is looked up, found too much, and goes back. The
    M-rows would not stand that, so this story ends without them."""
    with open_world(None) as world:
        campaign_id = sale(world)
        preorder_id = placed(world, "ada", campaign_id, 6)
        world.provider.charge(Charge("k", preorder_id, "balance", Amount(500, "EUR"), "card"))
        assert compared(world, campaign_id) == (1, [("unknown_to_us", "charge")])
        rest(world)
        assert moved(world, "ada") == (500, 500)
        assert compared(world, campaign_id) == (2, [])


def test_it_is_for_the_organiser_alone_and_says_when_it_has_not_been(calm_world: QuickWorld) -> None:
    world = calm_world
    campaign_id = sale(world)
    path = f"/v1/campaigns/{campaign_id}/reconciliation"
    assert world.organiser().get(path).code == "not_reconciled"
    assert world.organiser("eve").get(path).code == "campaign_missing"


@pytest.mark.parametrize("days", [1, 4])
def test_the_clock_does_it_once_a_day(calm_world: QuickWorld, days: int) -> None:
    world = calm_world
    campaign_id = sale(world, payment_plan=DEPOSIT)
    placed(world, "ada", campaign_id, 6)
    world.clock.forward(days=days)
    [schedule] = [one for one in world.pump.schedules if one.name == "reconcile_payments"]
    schedule.fire()
    world.settle_down()
    shown = world.organiser().get(f"/v1/campaigns/{campaign_id}/reconciliation")
    assert shown.status == (200 if days == 1 else 404), "nothing has moved of late"
