"""A ship date slips after the lock: who chooses the money gets it, and the organiser carries it."""

from typing import Any

import pytest

from tests.journeys.test_money import first_batch, ledger, moved, over, payment, placed, preorder, put_card, rest, sale
from tests.journeys.test_promises import RULE, choose, move
from tests.world import World


def slipping(world: World, *, bobs_card: str = "card", **rule: Any) -> tuple[str, str, str]:
    """Ada's five units and Bob's three are locked; with sound cards they are ordered. Answers the campaign and the
    pre-orders."""
    campaign_id = sale(world, on_slip={**RULE, **rule})
    ada, bob = placed(world, "ada", campaign_id, 5), placed(world, "bob", campaign_id, 3, bobs_card)
    over(world)
    return campaign_id, ada, bob


def reasons(world: World, name: str) -> list[str]:
    return [refund["reason"] for refund in payment(world, name)["refunds"]]


def test_who_chooses_the_money_for_what_is_ordered_gets_all_of_it_once(world: World) -> None:
    campaign_id, ada, bob = slipping(world)
    assert move(world, campaign_id, 90).status == 200
    assert choose(world, "ada", ada, "wait").status == 200
    for _ in range(2):
        assert choose(world, "bob", bob, "refund").json["refund_wanted"] is True
    over(world, days=3)
    rest(world)
    assert (moved(world, "ada"), moved(world, "bob")) == ((50_000, 0), (30_000, 30_000))
    assert (reasons(world, "bob"), preorder(world, "bob")) == (["slipped"], ("ordered", None))
    assert ledger(world, campaign_id) == {"provider": 50_000, "manufacturer": -80_000, "organiser": 30_000}


def test_who_says_nothing_gets_it_where_that_was_announced(world: World) -> None:
    campaign_id, ada, _ = slipping(world, silence="refund")
    move(world, campaign_id, 90)
    choose(world, "ada", ada, "wait")
    world.settle_down()
    assert moved(world, "bob") == (30_000, 0)
    over(world, days=3)
    rest(world)
    assert (moved(world, "ada"), moved(world, "bob")) == ((50_000, 0), (30_000, 30_000))


@pytest.mark.parametrize("bobs", ["card", "card_declined"])
def test_while_it_is_collected_nobody_knows_yet_whether_it_is_made(world: World, bobs: str) -> None:
    """F20: Ada has paid and wants it back; Bob pays in the end, so that it is made, or never does."""
    campaign_id, ada, bob = slipping(world, bobs_card="card_declines_later")
    move(world, campaign_id, 90)
    assert choose(world, "ada", ada, "refund").json["refund_wanted"] is True
    rest(world)
    assert (preorder(world, "ada")[0], moved(world, "ada")) == ("paid", (50_000, 0))
    put_card(world, "bob", bob, bobs)
    world.settle_down()
    over(world, days=8)
    rest(world)
    assert first_batch(world, campaign_id)["state"] == "ordered"
    assert (reasons(world, "ada"), moved(world, "ada")) == (["slipped"], (50_000, 50_000))


def test_what_the_organiser_has_given_back_before_is_not_given_back_again(world: World) -> None:
    campaign_id, ada, bob = slipping(world)
    move(world, campaign_id, 90)
    some = {"amount_minor": 4_000, "reason": "Sorry for the wait"}
    reply = world.organiser().post(f"/v1/preorders/{bob}/refunds", some, **{"Idempotency-Key": "k"})
    assert reply.status == 201, reply.text
    choose(world, "bob", bob, "refund")
    rest(world)
    rest(world)
    assert (moved(world, "bob"), reasons(world, "bob")) == ((30_000, 30_000), ["Sorry for the wait", "slipped"])
    assert moved(world, "ada") == (50_000, 0)
    assert ada
