"""What holds of every method: who voted, in which order, and what options are called does not count."""

from collections.abc import Callable
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ballots import methods, rules
from chalicelib.campaigns.model import Feature, Method
from tests import examples
from tests.ballots import electorate, pure

METHODS = get_args(Method)
NAMES = ["a", "b", "c", "d", "e"]
SEEDS = st.integers(0, 2**32)
each_method = pytest.mark.parametrize("method", METHODS)


def ballots(feature: Feature, seed: int, number: int = 9) -> list[Any]:
    chance = Random(seed)
    return [electorate.vote(chance, feature, f"{voter:032x}") for voter in range(number)]


def renamed(vote: Any, name: Callable[[str], str]) -> Any:
    """The same vote under other names, whatever its form."""
    match vote:
        case str():
            return name(vote)
        case {"shown": shown}:
            return {**vote, "shown": [*map(name, shown)], "best": name(vote["best"]), "worst": name(vote["worst"])}
        case dict():
            return {name(option): points for option, points in vote.items()}
    return [renamed(part, name) for part in vote]


@each_method
@given(SEEDS)
def test_votes_at_random_are_sound(method: str, seed: int):
    """So that the properties below speak of votes that are taken."""
    feature = examples.feature(method, NAMES)
    for voter, vote in enumerate(ballots(feature, seed)):
        assert methods.of(feature).problem(feature, vote, f"{voter:032x}") is None


@each_method
@given(SEEDS, st.randoms())
def test_the_order_of_ballots_does_not_count(method: str, seed: int, chance: Random):
    """Anonymity."""
    feature = examples.feature(method, NAMES)
    cast = ballots(feature, seed)
    assert pure.counters(feature, chance.sample(cast, len(cast))) == pure.counters(feature, cast)


@each_method
@given(SEEDS, st.permutations(NAMES))
def test_renaming_the_options_renames_the_standing(method: str, seed: int, others: list[str]):
    """Neutrality: no option gains by its name, ties or not."""
    feature, name = examples.feature(method, NAMES), dict(zip(NAMES, others, strict=True)).__getitem__
    cast = ballots(feature, seed)
    before, after = pure.standing(feature, cast), pure.standing(feature, renamed(cast, name))
    assert {name(option): key for option, key in before.items()} == after


@each_method
@given(SEEDS, st.permutations(NAMES))
def test_the_place_of_an_option_in_the_feature_does_not_count(method: str, seed: int, order: list[str]):
    feature, other = (examples.feature(method, names) for names in (NAMES, order))
    cast = ballots(feature, seed)
    one, two = (pure.decided(f, [(1, vote) for vote in cast]) for f in (feature, other))
    assert (one.ranking, one.kept, one.ties, one.runoff) == (two.ranking, two.kept, two.ties, two.runoff)
    assert pure.standing(feature, cast) == pure.standing(other, cast)


@each_method
@given(SEEDS, SEEDS)
def test_adding_and_taking_out_leaves_nothing(method: str, seed: int, shuffling: int):
    """As the fold does it: a changed mind is taken out after others have come in."""
    feature = examples.feature(method, NAMES)
    found, cast = methods.blank(feature), ballots(feature, seed)
    for times in (1, -1):
        for vote in Random(shuffling * times).sample(cast, len(cast)):
            methods.of(feature).add(found, vote, methods.places(feature), times)
        assert any(found) == (times == 1)


@each_method
@given(SEEDS, st.integers(0, 9))
def test_the_sum_of_two_counts_is_the_count_of_all(method: str, seed: int, first: int):
    """As tally parts and lanes are put together."""
    feature = examples.feature(method, NAMES)
    cast = ballots(feature, seed)
    whole = {"f": pure.counters(feature, cast[:first])}
    rules.sum_up(whole, {"f": pure.counters(feature, cast[first:])})
    assert whole["f"] == pure.counters(feature, cast)


@each_method
@given(SEEDS, st.integers(2, 5))
def test_a_vote_counted_so_many_times_is_so_many_votes(method: str, seed: int, times: int):
    """As the recount counts equal votes."""
    feature = examples.feature(method, NAMES)
    cast = ballots(feature, seed, 3)
    assert pure.weighed(feature, [(times, vote) for vote in cast]) == pure.counters(feature, cast * times)


@each_method
@given(SEEDS, st.integers(0, 9))
def test_voters_are_counted_once_each(method: str, seed: int, number: int):
    feature = examples.feature(method, NAMES)
    assert pure.counters(feature, ballots(feature, seed, number))[0] == number


@each_method
def test_without_ballots_all_options_are_equal(method: str):
    feature = examples.feature(method, NAMES)
    assert pure.best(feature, []) == set(NAMES)
    assert set(pure.decided(feature, []).ranking) == set(NAMES)


@each_method
@given(SEEDS)
def test_the_ranking_is_every_option_once_the_best_first(method: str, seed: int):
    feature = examples.feature(method, NAMES)
    cast = ballots(feature, seed)
    found, keys = pure.decided(feature, [(1, vote) for vote in cast]), pure.standing(feature, cast)
    assert sorted(found.ranking) == NAMES
    assert [keys[option] for option in found.ranking] == sorted(keys.values())
