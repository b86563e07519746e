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


def of(method, count, **changes):
    """A feature of this method with so many options."""
    options = [{"option_id": f"o{number}", "label": "L"} for number in range(count)]
    return {"features": features(method=method, options=options, **changes)}


CONTRADICTIONS = {
    "two features have the same": {"features": features() * 2},
    "two options of colour": {"features": features(options=[RED, RED])},
    "colour keeps more options": {"features": features(keep=3)},
    "more than the 30 options that a ranked vote takes": of("ranked", 31),
    "needs 2 options": of("ranked", 1),
    "needs 3 options": of("best_worst", 2),
    "a budget, which is for approvals": of("plurality", 3, budget=2),
    "at most one for each option": of("approval", 3, budget=4),
    "for plurality, approval and score": of("ranked", 3, keep_over_percent=50),
    "what is over a share": of("best_worst", 3, keep_over_percent=50),
    "instead of `keep`": of("approval", 3, keep_over_percent=50, keep=2),
    "must begin at 1 unit": {"price_ladder": tiers((2, 100))},
    "more units and cost less": {"price_ladder": tiers((1, 100), (10, 100))},
    "tier of the price ladder must need more": {"price_ladder": tiers((1, 100), (1, 90))},
    "each tier": {"price_ladder": tiers((1, 100), (20, 80), (10, 70))},
    "cost less than the one before": {"price_ladder": tiers((1, 100), (10, 110))},
    "minimum is above its capacity": {"batches": [batch_plan(minimum=21)]},
    "close in the future": {"batches": [batch_plan(days=0)]},
    "ship after it closes": {"batches": [{**batch_plan(), "ships_at": batch_plan()["closes_at"]}]},
    "waiting for its money when it is to ship": {"on_drop_outs": {"longer_grace_days": 14}, "grace_days": 30},
    "waiting for its money": {"on_drop_outs": {"top_up_hours": 336}, "grace_days": 30},
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
        {"on_drop_outs": {"longer_grace_days": 3, "top_up_hours": 48}},
        {"grace_days": 30},
        {"batches": [batch_plan(minimum=20, capacity=20)]},
        {"features": features(keep=2)},
        {"features": features(options=[RED])},
        {"price_ladder": tiers((1, 0))},
        of("ranked", 30),
        of("ranked", 2),
        of("best_worst", 3),
        of("best_worst", 200),
        of("approval", 3, budget=3, quorum=1),
        *(of(method, 3, keep_over_percent=99) for method in ("plurality", "approval", "score")),
    ],
)
def test_a_sound_campaign_passes(changes):
    rules.check(examples.new(**changes), START)


@given(ladders())
def test_every_falling_ladder_is_sound(ladder):
    rules.check(examples.new(price_ladder=ladder), START)


@pytest.mark.parametrize(
    ("voters", "buckets"),
    [(1, 64), (256_000, 64), (260_000, 128), (10**6, 256), (16_384_000, 4_096), (10**8, 4_096)],
)
def test_a_launch_day_has_room_for_its_voters(voters, buckets):
    assert rules.ballot_buckets(voters) == buckets


@given(st.integers(1, 100_000_000))
def test_buckets_are_a_power_of_two_and_never_more_crowded_than_planned(voters):
    buckets = rules.ballot_buckets(voters)
    assert buckets & (buckets - 1) == 0
    assert voters // buckets <= rules.VOTERS_PER_BUCKET or buckets == rules.MOST_BUCKETS


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
