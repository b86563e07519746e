"""The instant runoff that is shown beside a ranking: round by round, equal ranks in full."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ballots import deciding
from chalicelib.ballots.methods import runoff
from tests import examples
from tests.ballots import pure
from tests.ballots.methods.test_schulze import NAMES, PROFILES, STRICT_PROFILES, Groups, profile
from tests.ballots.pure import strictly

FEATURE = examples.feature("ranked", NAMES)


def result(cast: list[Groups]) -> Any:
    return pure.decided(FEATURE, [(1, vote) for vote in cast])


@given(PROFILES)
def test_the_recount_pass_by_pass_finds_the_rounds_that_all_ballots_at_once_give(cast: list[Groups]):
    campaign = examples.voting(features=[FEATURE])
    [found] = pure.certified(campaign, [pure.cast({"f": vote}, number) for number, vote in enumerate(cast)]).features
    assert found == result(cast)


@given(PROFILES)
def test_each_round_counts_each_ballot_for_its_best_options_that_still_stand(cast: list[Groups]):
    left = set(NAMES)
    for one in result(cast).rounds:
        backed = [next((left & {*group} for group in vote if left & {*group}), set()) for vote in cast]
        assert one.counts == {name: sum(name in names for names in backed) for name in left}
        assert one.exhausted == sum(not names for names in backed)
        assert one.counts[one.eliminated] == min(one.counts.values())
        left.remove(one.eliminated)
    assert len(left) == 1


@given(STRICT_PROFILES)
def test_without_equals_every_ballot_is_behind_one_option_or_exhausted(cast: list[Groups]):
    for one in result(cast).rounds:
        assert sum(one.counts.values()) + one.exhausted == len(cast)


@given(PROFILES)
def test_the_last_one_standing_comes_first_and_the_first_to_leave_last(cast: list[Groups]):
    found = result(cast)
    assert list(found.runoff[:0:-1]) == [one.eliminated for one in found.rounds]
    assert sorted(found.runoff) == NAMES


@given(PROFILES)
def test_of_equals_the_last_in_the_draw_leaves_and_that_is_told(cast: list[Groups]):
    found = result(cast)
    drawn = deciding.draw(deciding.seed(examples.CAMPAIGN_ID, len(cast)), FEATURE)
    told = {tie.where: tie for tie in found.ties}
    for number, one in enumerate(found.rounds, start=1):
        lowest = [name for name in drawn if one.counts.get(name) == min(one.counts.values())]
        assert one.eliminated == lowest[-1]
        tie = told.get(f"round {number}")
        assert (tie.options if tie else (one.eliminated,)) == tuple(lowest)
        assert not (tie and tie.decisive)


def test_equal_ranks_count_in_full_for_each():
    """Delemazure and Peters: not in halves, so that nobody loses by liking two."""
    found = pure.decided(examples.feature("ranked", "abc"), [(3, [["a", "b"], ["c"]]), (2, [["c"]]), (1, [["a"]])])
    assert [(one.counts, one.exhausted) for one in found.rounds or ()] == [
        ({"a": 4, "b": 3, "c": 2}, 0),
        ({"a": 4, "b": 3}, 2),
    ]


def test_a_ballot_that_names_nobody_who_stands_is_exhausted():
    assert runoff.backed(strictly("a", "b"), {"c", "d"}) == []


def test_a_runoff_is_not_monotone():
    """Why it is shown beside the result and does not make it: ten fans raise the winner, and it loses."""
    feature = examples.feature("ranked", "abc")
    before = profile((39, "abc"), (35, "bca"), (26, "cab"))
    after = profile((49, "abc"), (25, "bca"), (26, "cab"))
    assert (pure.decided(feature, before).runoff or ())[0] == "a"
    assert (pure.decided(feature, after).runoff or ())[0] == "c"
    assert [pure.decided(feature, cast).ranking[0] for cast in (before, after)] == ["a", "a"]


@given(st.integers(1, 50), st.permutations(NAMES))
def test_whom_everybody_ranks_first_is_the_last_one_standing(times: int, order: list[str]):
    assert pure.decided(FEATURE, [(times, strictly(*order))]).runoff[0] == order[0]
