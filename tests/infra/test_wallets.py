"""Which cards a crowd has: all that can befall a card where there are enough fans, where there are few what fits."""

import random
from collections import Counter

import pytest

from chalicelib.campaigns.model import NewCampaign
from chalicelib.plumbing.gateway.cards import CARDS
from infra.local import fans, sample, wallets
from infra.local.wallets import PLAIN, UNUSUAL

CAMPAIGN = NewCampaign.model_validate(sample.campaign()).model_dump(mode="json")


def dealt(count: int) -> Counter[wallets.Wallet]:
    return Counter(wallets.dealt(count, random.Random(1)))


def test_the_provider_knows_every_card() -> None:
    assert {wallet.card for wallet in (*UNUSUAL, PLAIN)} <= CARDS.keys()


@pytest.mark.parametrize("count", [20, 21, 100, 300])
def test_a_crowd_of_twenty_has_one_of_each_at_least(count: int) -> None:
    found = dealt(count)
    assert found.total() == count
    assert found.keys() == {*UNUSUAL, PLAIN}
    assert all(found[wallet] <= max(1, 0.02 * count) for wallet in UNUSUAL), "small shares"


def test_the_smallest_crowd_has_some_and_most_pay_with_a_plain_card() -> None:
    assert dealt(5) == {PLAIN: 3, UNUSUAL[0]: 1, UNUSUAL[1]: 1}


@pytest.mark.parametrize("count", [5, 8, 20, 100, 300])
def test_the_minimum_is_reached_whoever_is_dropped(count: int) -> None:
    """Each of them wants one unit; the first batch holds one for each fan of the crowd."""
    never_paid = sum(number for wallet, number in dealt(count).items() if "later" in wallet.card)
    batch = sample.campaign(count)["batches"][0]
    assert batch["capacity"] - never_paid >= batch["minimum"]


def test_who_has_an_unusual_card_wants_one_unit_of_the_first_batch_and_stays() -> None:
    crowd = fans.gather(CAMPAIGN, 100)
    unusual = [fan for fan in crowd if not fan.wallet.is_plain]
    assert len(unusual) == 2 * len(UNUSUAL)
    assert all((fan.quantity, fan.withdraws, fan.cap_minor) == (1, False, None) for fan in unusual)
    assert all(fan.has_code for fan in unusual)


def test_the_same_seed_is_the_same_crowd() -> None:
    assert fans.gather(CAMPAIGN, 20) == fans.gather(CAMPAIGN, 20)
    assert fans.gather(CAMPAIGN, 20) != fans.gather(CAMPAIGN, 20, seed=2)
