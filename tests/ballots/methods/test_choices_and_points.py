"""Plurality, approval and score: what is counted is what was said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import examples
from tests.ballots import pure

NAMES = ["a", "b", "c", "d"]
CHOICES = st.lists(st.lists(st.sampled_from(NAMES), unique=True), max_size=12)
POINTS = st.lists(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 5), min_size=1), max_size=12)


@given(CHOICES)
def test_an_approval_counts_one_for_each_chosen_option(cast: list[list[str]]):
    found = pure.decided(examples.feature("approval", NAMES), [(1, vote) for vote in cast])
    assert found.counts == {name: sum(name in vote for vote in cast) for name in NAMES}
    assert found.voters == len(cast)


@given(st.lists(st.sampled_from(NAMES)))
def test_plurality_counts_one_a_ballot(cast: list[str]):
    found = pure.decided(examples.feature("plurality", NAMES), [(1, [vote]) for vote in cast])
    assert found.counts == {name: cast.count(name) for name in NAMES}
    assert sum(found.counts.values()) == found.voters


@given(POINTS)
def test_what_is_left_out_of_a_score_counts_as_nothing(cast: list[dict[str, int]]):
    """The sum, and not the mean of those who gave points."""
    feature = examples.feature("score", NAMES)
    spelt_out = [{**dict.fromkeys(NAMES, 0), **vote} for vote in cast]
    assert pure.counters(feature, cast) == pure.counters(feature, spelt_out)
    found = pure.decided(feature, [(1, vote) for vote in cast]).counts
    assert found == {name: sum(vote.get(name, 0) for vote in cast) for name in NAMES}


@pytest.mark.parametrize("method", ["plurality", "approval", "score"])
@given(st.data())
def test_more_for_the_winner_never_makes_it_lose(method: str, data: st.DataObject):
    """Monotonicity."""
    feature = examples.feature(method, NAMES)
    space = {"plurality": st.lists(st.sampled_from(NAMES).map(lambda one: [one])), "approval": CHOICES, "score": POINTS}
    cast = data.draw(space[method].filter(bool))
    winner = data.draw(st.sampled_from(sorted(pure.best(feature, cast))))
    place = data.draw(st.integers(0, len(cast) - 1))
    raised = {
        "plurality": lambda _: [winner],
        "approval": lambda vote: [*{*vote, winner}],
        "score": lambda vote: {**vote, winner: 5},
    }[method](cast[place])
    assert winner in pure.best(feature, [*cast[:place], raised, *cast[place + 1 :]])


def test_one_voters_favourite_does_not_win_by_the_mean():
    """Five points from one beat no one who has four from three."""
    cast = [{"a": 5}, {"b": 4}, {"b": 4}, {"b": 4}]
    assert pure.decided(examples.feature("score", "ab"), [(1, vote) for vote in cast]).ranking == ("b", "a")
