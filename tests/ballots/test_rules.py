"""What is on a ballot, who may cast it, and which ballots count."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ballots import rules
from chalicelib.ballots.rules import BallotInvalid, Voter, VoterIneligible
from chalicelib.campaigns.rules import VotingClosed
from tests import examples
from tests.ballots import electorate, pure
from tests.hands import START
from tests.strategies import MOMENTS

CAMPAIGN = examples.voting()
OF_EACH = examples.voting(features=examples.one_of_each())
ADA = Voter(voter_id="0123cdef" * 4)
DAY = timedelta(days=1)


@st.composite
def ballots(draw: st.DrawFn):
    """Sound votes on some features, and the voter whose they are."""
    number = draw(st.integers(0, 2**32))
    return electorate.ballot(Random(number), OF_EACH.features, f"{number:032x}")


@given(st.integers(0, 2**32))
def test_votes_for_what_is_on_the_ballot_are_accepted(number):
    voter = Voter(voter_id=f"{number:032x}")
    rules.accept(OF_EACH, voter, electorate.ballot(Random(number), OF_EACH.features, voter.voter_id), START)


@pytest.mark.parametrize(
    "votes",
    [
        {"colour": []},
        {"colour": ["red", "blue"]},
        {"colour": ["green"]},
        {"colour": ["wide"]},
        {"colour": ["Red"]},
        {"lens": ["wide", "wide"]},
        {"lens": ["wide", "zoom"]},
        {"size": ["s"]},
        {"colour": ["red"], "size": []},
        {"colour": ["red"], "lens": [["wide"]]},
    ],
)
def test_votes_for_anything_else_are_refused(votes):
    with pytest.raises(BallotInvalid):
        rules.accept(CAMPAIGN, ADA, votes, START)


def test_a_refusal_names_the_feature_and_says_what_it_takes():
    with pytest.raises(BallotInvalid, match=r"^lens takes a list of its own options, each at most once\.$"):
        rules.accept(CAMPAIGN, ADA, {"lens": ["wide", "wide"]}, START)


def test_approving_of_nothing_is_a_vote():
    rules.accept(CAMPAIGN, ADA, {"lens": []}, START)


def test_a_late_ballot_is_refused_as_late_however_wrong_it_is():
    ended = examples.voting(voting_closed_at=START, eligibility={"verified_email": True})
    with pytest.raises(VotingClosed):
        rules.accept(ended, ADA, {"size": []}, START)


def test_somebody_who_may_not_vote_is_told_that_whatever_the_ballot_says():
    with pytest.raises(VoterIneligible):
        rules.accept(examples.voting(eligibility={"verified_email": True}), ADA, {"size": []}, START)


class TestEligibility:
    """Who may vote: each rule on both sides of its edge."""

    def may_vote(self, who: Voter, opened_at=START, **asked) -> bool:
        campaign = examples.voting(eligibility=asked, voting_opened_at=opened_at)
        try:
            rules.accept(campaign, who, {"colour": ["red"]}, START + 30 * DAY)
        except VoterIneligible:
            return False
        return True

    def test_everybody_may_where_nothing_is_asked(self):
        assert self.may_vote(ADA)

    @pytest.mark.parametrize("verified", [True, False])
    def test_an_address_must_be_verified_where_that_is_asked(self, verified):
        assert self.may_vote(Voter("v", email_verified=verified), verified_email=True) == verified

    @pytest.mark.parametrize("ordered", [True, False])
    def test_an_earlier_customer_is_one_with_an_order(self, ordered):
        assert self.may_vote(Voter("v", ordered=ordered), earlier_customer=True) == ordered

    @pytest.mark.parametrize("late", [-1, 0, 1])
    def test_an_account_is_old_enough_from_that_many_days_before_the_opening_on(self, late):
        """To the second; that the ballot is cast a month later does not make it older."""
        made = START - 7 * DAY + timedelta(seconds=late)
        assert self.may_vote(Voter("v", registered_at=made), account_days=7) == (late <= 0)

    def test_an_account_made_after_the_opening_is_too_young_even_for_no_days(self):
        """0 days: the account must have been there when voting opened."""
        assert self.may_vote(Voter("v", registered_at=START), account_days=0)
        assert not self.may_vote(Voter("v", registered_at=START + timedelta(seconds=1)), account_days=0)

    def test_an_account_of_unknown_age_is_not_old_enough(self):
        assert not self.may_vote(ADA, account_days=0)

    def test_without_a_moment_of_opening_the_days_count_from_the_campaigns_creation(self):
        """Campaigns of before the rule."""
        old, young = (Voter("v", registered_at=START - days * DAY) for days in (8, 6))
        assert self.may_vote(old, opened_at=None, account_days=7)
        assert not self.may_vote(young, opened_at=None, account_days=7)

    @pytest.mark.parametrize("missing", ["email_verified", "ordered", "registered_at"])
    def test_all_rules_hold_together(self, missing):
        whole = {"email_verified": True, "ordered": True, "registered_at": START - 8 * DAY}
        asked = {"verified_email": True, "earlier_customer": True, "account_days": 7}
        assert self.may_vote(Voter("v", **whole), **asked)
        assert not self.may_vote(
            Voter("v", **{name: known for name, known in whole.items() if name != missing}), **asked
        )


class TestHidden:
    """Until when the live counts are kept back, and from whom."""

    ENDS = START + DAY

    def hidden(self, shown: str, *, voted: bool = False, now=START, **changes):
        campaign = examples.voting(tally_shown=shown, voting_closes_at=self.ENDS, **changes)
        return rules.hidden(campaign, now, voted=voted)

    @pytest.mark.parametrize(
        ("shown", "voted", "hidden"),
        [
            ("always", False, None),
            ("always", True, None),
            ("after_voting", False, "until_voted"),
            ("after_voting", True, None),
            ("after_close", False, "until_closed"),
            ("after_close", True, "until_closed"),
        ],
    )
    def test_while_voting_is_open(self, shown, voted, hidden):
        assert self.hidden(shown, voted=voted) == hidden

    @pytest.mark.parametrize("shown", ["always", "after_voting", "after_close"])
    def test_from_the_end_on_nothing_is_hidden(self, shown):
        """No ballot can be cast any more that would look at it."""
        assert self.hidden(shown, now=self.ENDS) is None
        assert self.hidden(shown, state="settled") is None
        assert (self.hidden(shown, now=self.ENDS - timedelta(milliseconds=1)) is None) == (shown == "always")


@given(st.lists(ballots()))
def test_taking_out_what_was_put_in_leaves_nothing(cast):
    counts = rules.blank(OF_EACH.features)
    for votes in cast:
        rules.add(counts, OF_EACH.features, votes)
    for votes in reversed(cast):
        rules.add(counts, OF_EACH.features, votes, times=-1)
    assert counts == rules.blank(OF_EACH.features)


@given(st.lists(ballots(), max_size=8), st.randoms())
def test_the_recount_does_not_know_the_order_of_ballots(cast, chance):
    """V2, anonymity: the same ballots give the same figures to anybody."""
    shuffled = chance.sample(cast, len(cast))
    one, other = (pure.certified(OF_EACH, [pure.cast(v, n) for n, v in enumerate(votes)]) for votes in (cast, shuffled))
    assert one.features == other.features


@given(st.lists(ballots(), max_size=8))
def test_each_vote_is_counted_once(cast):
    found = pure.recounted(OF_EACH, [pure.cast(votes, number) for number, votes in enumerate(cast)])
    assert found.ballots == len(cast)
    for feature_id, counters in found.counts.items():
        assert counters[0] == sum(feature_id in votes for votes in cast)
    for feature_id in ("plurality", "approval"):
        assert sum(found.counts[feature_id][1:]) == sum(len(votes.get(feature_id, ())) for votes in cast)


@given(st.lists(st.tuples(ballots(), MOMENTS), max_size=6), MOMENTS)
def test_every_stored_ballot_counts_whatever_its_clock_said(cast, end):
    """V3, V4: it was accepted while voting was open; the settler's clock may differ from the one that took it."""
    ended = OF_EACH.model_copy(update={"voting_closed_at": end})
    stored = [pure.cast(v, n).model_copy(update={"cast_at": at}) for n, (v, at) in enumerate(cast)]
    assert pure.recounted(ended, stored) == pure.recounted(OF_EACH, stored)
    assert pure.recounted(ended, stored).ballots == len(cast)


def test_every_option_is_counted_even_if_nobody_chose_it():
    assert pure.recounted(CAMPAIGN, []).counts == {"colour": [0, 0, 0], "lens": [0, 0, 0, 0]}


def test_counts_of_what_the_campaign_does_not_have_are_left_out():
    """A part of the tally from another time must not stop the count of what is there."""
    counts = rules.blank(CAMPAIGN.features)
    rules.sum_up(counts, {"gone": [1, 1], "colour": [9], "lens": [2, 1, 1, 0]})
    assert counts == {"colour": [0, 0, 0], "lens": [2, 1, 1, 0]}
