"""What is on a ballot, and which ballots count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ballots import rules
from chalicelib.ballots.model import Ballot
from chalicelib.ballots.rules import BallotInvalid
from chalicelib.campaigns.rules import VotingClosed
from tests import examples
from tests.hands import START
from tests.strategies import MOMENTS

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
def test_every_stored_ballot_counts_whatever_its_clock_said(cast, end):
    """V3, V4: it was accepted while voting was open; the settler's clock may differ from the one that took it."""
    ended = examples.voting(voting_closed_at=end)
    stored = [ballot(votes, at) for votes, at in cast]
    assert rules.counted(ended, stored) == rules.counted(CAMPAIGN, stored)
    assert rules.counted(ended, stored)[1] == len(cast)


def test_every_option_is_counted_even_if_nobody_chose_it():
    counts, _ = rules.counted(CAMPAIGN, [])
    assert counts == {"colour": {"red": 0, "blue": 0}, "lens": {"wide": 0, "tele": 0, "macro": 0}}
