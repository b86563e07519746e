"""Best-worst scaling: how often best less how often worst, of how often shown; and who is shown what."""

from collections import Counter
from fractions import Fraction
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ballots import methods, proof
from chalicelib.ballots.methods import screens
from tests import examples
from tests.ballots import electorate, pure

NAMES = ["a", "b", "c", "d", "e", "f"]
FEATURE = examples.feature("best_worst", NAMES)
VOTERS = st.integers(0, 2**128 - 1).map(lambda number: f"{number:032x}")
MANY = 2_000


@given(st.integers(0, 2**32))
def test_the_figures_are_what_the_answers_say(seed: int):
    chance = Random(seed)
    answers = [one for voter in range(5) for one in electorate.vote(chance, FEATURE, f"{voter:032x}")]
    found = pure.decided(FEATURE, [(1, [one]) for one in answers])
    assert found.best == {name: sum(one["best"] == name for one in answers) for name in NAMES}
    assert found.worst == {name: sum(one["worst"] == name for one in answers) for name in NAMES}
    assert found.shown == {name: sum(name in one["shown"] for one in answers) for name in NAMES}
    assert found.counts == {name: found.best[name] - found.worst[name] for name in NAMES}


@given(st.integers(0, 2**32))
def test_a_score_lies_between_always_worst_and_always_best(seed: int):
    chance = Random(seed)
    cast = [electorate.vote(chance, FEATURE, f"{voter:032x}") for voter in range(9)]
    found = pure.decided(FEATURE, [(1, vote) for vote in cast])
    best, worst, shown = found.best or {}, found.worst or {}, found.shown or {}
    assert all(0 <= best[name] + worst[name] <= shown[name] for name in NAMES)
    assert sum(best.values()) == sum(worst.values()) == sum(map(len, cast))
    assert all(-1 <= key <= 1 for key in pure.standing(FEATURE, cast).values())
    scores = [Fraction(best[name] - worst[name], shown[name] or 1) for name in found.ranking]
    assert scores == sorted(scores, reverse=True)


def test_a_score_is_exact_and_not_rounded():
    """1/3 and 2/6 are a tie; 333333333/1000000000 is not."""
    feature = examples.feature("best_worst", "abc")
    counters = [0, 1, 2, 333_333_333, 0, 0, 0, 3, 6, 1_000_000_000]
    one, other, less = methods.of(feature).standing(counters, list("abc"))
    assert one == other < less


def test_what_was_never_shown_stands_at_nought():
    answer = {"shown": ["a", "b", "c", "d"], "best": "a", "worst": "b"}
    keys = pure.standing(FEATURE, [[answer]])
    assert keys["a"] < keys["e"] == keys["c"] == 0 < keys["b"]


@given(VOTERS, st.integers(3, 40))
def test_a_fan_is_shown_the_same_whenever_they_ask(voter: str, options: int):
    feature = examples.feature("best_worst", [f"o{number}" for number in range(options)])
    assert screens.design(feature, voter) == screens.design(feature.model_copy(), voter)


@given(VOTERS, st.integers(3, 70))
def test_no_option_is_shown_once_more_than_another_or_twice_on_a_screen(voter: str, options: int):
    names = [f"o{number}" for number in range(options)]
    shown = screens.design(examples.feature("best_worst", names), voter)
    showings = Counter(option for screen in shown for option in screen)
    assert max(showings[name] for name in names) - min(showings[name] for name in names) <= 1
    assert all(len({*screen}) == len(screen) == min(4, options) for screen in shown)
    assert 1 <= len(shown) <= 15


@given(VOTERS, st.integers(3, 70))
def test_no_screen_is_asked_twice(voter: str, options: int):
    """A fan who answers every screen of theirs has a sound vote."""
    feature = examples.feature("best_worst", [f"o{number}" for number in range(options)])
    shown = screens.design(feature, voter)
    assert len({frozenset(screen) for screen in shown}) == len(shown)


@pytest.mark.parametrize("options", [5, 8, 12])
def test_a_fan_sees_every_option_about_three_times(options: int):
    feature = examples.feature("best_worst", [f"o{number}" for number in range(options)])
    showings = Counter(option for screen in screens.design(feature, "0" * 32) for option in screen)
    assert set(showings.values()) <= {3, 4}


def test_over_many_fans_every_pair_meets_about_as_often():
    """Within a tenth of the mean: nobody is compared with a few only."""
    feature = examples.feature("best_worst", [*NAMES, "g", "h"])
    met: Counter[tuple[str, ...]] = Counter()
    for fan in range(MANY):
        for screen in screens.design(feature, proof.voter_id("salt", f"fan-{fan}")):
            met.update(combinations(sorted(screen), 2))
    mean = sum(met.values()) / len(met)
    assert len(met) == 28
    assert all(0.9 * mean < meetings < 1.1 * mean for meetings in met.values())


def test_another_fan_is_shown_something_else():
    shown = {screens.design(FEATURE, proof.voter_id("salt", f"fan-{fan}")) for fan in range(100)}
    assert len(shown) == 100


def test_another_feature_is_shown_in_another_order():
    other = FEATURE.model_copy(update={"feature_id": "other"})
    assert screens.design(FEATURE, "0" * 32) != screens.design(other, "0" * 32)
