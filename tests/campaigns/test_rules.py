"""What makes a campaign sound, and when it takes ballots."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns import rules
from chalicelib.campaigns.rules import CampaignInvalid, CampaignMissing
from tests import examples
from tests.cameras import batch_plan, new_campaign
from tests.hands import START
from tests.strategies import MOMENTS, ladders

LATER = (START + timedelta(days=1)).isoformat()


def tiers(*steps):
    return [{"from_units": units, "unit_price_minor": price} for units, price in steps]


def features(**changes):
    colour = new_campaign()["features"][0]
    return [{**colour, **changes}]


RED = {"option_id": "red", "label": "Red"}

CONTRADICTIONS = {
    "two features have the same": {"features": features() * 2},
    "two options of colour": {"features": features(options=[RED, RED])},
    "colour keeps more options": {"features": features(keep=3)},
    "must begin at 1 unit": {"price_ladder": tiers((2, 100))},
    "more units and cost less": {"price_ladder": tiers((1, 100), (10, 100))},
    "tier of the price ladder must need more": {"price_ladder": tiers((1, 100), (1, 90))},
    "each tier": {"price_ladder": tiers((1, 100), (20, 80), (10, 70))},
    "cost less than the one before": {"price_ladder": tiers((1, 100), (10, 110))},
    "minimum is above its capacity": {"batches": [batch_plan(minimum=21)]},
    "close in the future": {"batches": [batch_plan(days=0)]},
    "ship after it closes": {"batches": [{**batch_plan(), "ships_at": batch_plan()["closes_at"]}]},
    "batch must close": {"batches": [batch_plan(), batch_plan(days=-1)]},
    "lies in the past": {"voting_closes_at": START.isoformat()},
}


@pytest.mark.parametrize(("sentence", "changes"), CONTRADICTIONS.items(), ids=CONTRADICTIONS)
def test_a_contradiction_is_refused_in_a_sentence_that_names_it(sentence, changes):
    with pytest.raises(CampaignInvalid, match=sentence):
        rules.check(examples.new(**changes), START)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"voting_closes_at": LATER},
        {"batches": [batch_plan(minimum=20, capacity=20)]},
        {"features": features(keep=2)},
        {"features": features(options=[RED])},
        {"price_ladder": tiers((1, 0))},
    ],
)
def test_a_sound_campaign_passes(changes):
    rules.check(examples.new(**changes), START)


@given(ladders())
def test_every_falling_ladder_is_sound(ladder):
    rules.check(examples.new(price_ladder=ladder), START)


@pytest.mark.parametrize("state", ["draft", "voting", "settled", "preselling", "closed", "cancelled"])
def test_only_a_campaign_in_voting_takes_ballots(state):
    assert rules.accepts_ballots(examples.voting(state=state), START) == (state == "voting")


@given(MOMENTS, st.none() | MOMENTS, st.none() | MOMENTS)
def test_ballots_are_taken_until_the_first_end_and_not_at_it(now, announced, decided):
    """V4: closed voting accepts none, by the server's clock."""
    campaign = examples.voting(voting_closes_at=announced, voting_closed_at=decided)
    ends = [end for end in (announced, decided) if end is not None]
    assert rules.accepts_ballots(campaign, now) == (not ends or now < min(ends))


def test_a_campaign_is_its_own_organisers():
    campaign = examples.campaign()
    assert rules.check_owner(campaign, "sub-olga") is campaign


@pytest.mark.parametrize("campaign", [None, examples.campaign(organiser_id="sub-other")])
def test_anothers_campaign_and_none_are_refused_alike(campaign):
    """A1."""
    with pytest.raises(CampaignMissing) as caught:
        rules.check_owner(campaign, "sub-olga")
    assert caught.value.detail == CampaignMissing.sentence
