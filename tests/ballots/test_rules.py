"""What is on a ballot, and which ballots count."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ballots import rules
from chalicelib.ballots.model import Ballot
from chalicelib.ballots.rules import BallotInvalid
from chalicelib.campaigns.rules import VotingClosed
from tests import examples
from tests.strategies import MOMENTS
from tests.world import START

CAMPAIGN = examples.voting()
VOTES = st.fixed_dictionaries(
    {},
    optional={
        "colour": st.sampled_from(["red", "blue"]).map(lambda option: (option,)),
        "lens": st.lists(st.sampled_from(["wide", "tele", "macro"]), unique=True).map(tuple),
    },
)


def ballot(votes, cast_at=START, fan_id="sub-ada"):
    return Ballot(campaign_id=examples.CAMPAIGN_ID, fan_id=fan_id, votes=votes, version=1, cast_at=cast_at)


@given(VOTES)
def test_votes_for_what_is_on_the_ballot_are_accepted(votes):
    rules.accept(CAMPAIGN, votes, START)


@pytest.mark.parametrize(
    "votes",
    [
        {"colour": ()},
        {"colour": ("red", "blue")},
        {"colour": ("green",)},
        {"colour": ("wide",)},
        {"colour": ("Red",)},
        {"lens": ("wide", "wide")},
        {"lens": ("wide", "zoom")},
        {"size": ("s",)},
        {"colour": ("red",), "size": ()},
    ],
)
def test_votes_for_anything_else_are_refused(votes):
    with pytest.raises(BallotInvalid):
        rules.accept(CAMPAIGN, votes, START)


def test_approving_of_nothing_is_a_vote():
    rules.accept(CAMPAIGN, {"lens": ()}, START)


def test_a_late_ballot_is_refused_as_late_however_wrong_it_is():
    ended = examples.voting(voting_closed_at=START)
    with pytest.raises(VotingClosed):
        rules.accept(ended, {"size": ()}, START)


@given(st.lists(VOTES))
def test_taking_out_what_was_put_in_leaves_nothing(ballots):
    counts = rules.blank(CAMPAIGN)
    for votes in ballots:
        rules.add(counts, votes)
    for votes in reversed(ballots):
        rules.add(counts, votes, times=-1)
    assert counts == rules.blank(CAMPAIGN)


@given(st.lists(VOTES), st.randoms())
def test_the_recount_does_not_know_the_order_of_ballots(ballots, chance):
    """V2, anonymity: the same ballots give the same count to anybody."""
    shuffled = chance.sample(ballots, len(ballots))
    assert rules.counted(CAMPAIGN, map(ballot, shuffled)) == rules.counted(CAMPAIGN, map(ballot, ballots))


@given(st.lists(VOTES))
def test_each_vote_is_counted_once(ballots):
    counts, number = rules.counted(CAMPAIGN, map(ballot, ballots))
    assert number == len(ballots)
    for feature_id, options in counts.items():
        assert sum(options.values()) == sum(len(votes.get(feature_id, ())) for votes in ballots)


@given(st.lists(st.tuples(VOTES, MOMENTS)), MOMENTS)
def test_ballots_cast_at_or_after_the_end_do_not_count(cast, end):
    """V4."""
    ended = examples.voting(voting_closed_at=end)
    in_time = [votes for votes, at in cast if at < end]
    found = rules.counted(ended, [ballot(votes, at) for votes, at in cast])
    assert found == rules.counted(CAMPAIGN, map(ballot, in_time))


@given(MOMENTS, st.timedeltas(-timedelta(seconds=2), timedelta(seconds=2)))
def test_a_ballot_counts_exactly_when_it_was_accepted(end, distance):
    """V3, V4: no acknowledged ballot is lost, and none that was refused is counted."""
    cast_at = end + timedelta(milliseconds=distance // timedelta(milliseconds=1))
    ended = examples.voting(voting_closed_at=end)
    try:
        rules.accept(ended, {"colour": ("red",)}, cast_at)
        accepted = True
    except VotingClosed:
        accepted = False
    _, number = rules.counted(ended, [ballot({"colour": ("red",)}, cast_at)])
    assert number == accepted


def test_every_option_is_counted_even_if_nobody_chose_it():
    counts, _ = rules.counted(CAMPAIGN, [])
    assert counts == {"colour": {"red": 0, "blue": 0}, "lens": {"wide": 0, "tele": 0, "macro": 0}}
