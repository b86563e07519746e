"""The Schulze ranking: what its author proves of it, and his own examples."""

from itertools import combinations, permutations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ballots.methods import ranked, schulze
from tests import examples
from tests.ballots import pure
from tests.ballots.pure import strictly

NAMES = ["a", "b", "c", "d"]
FEATURE = examples.feature("ranked", NAMES)
Groups = list[list[str]]


@st.composite
def rankings(draw: st.DrawFn) -> Groups:
    """Any ranked vote: some options, a few of them side by side."""
    groups: Groups = []
    for name in draw(st.permutations(NAMES))[: draw(st.integers(1, len(NAMES)))]:
        if groups and draw(st.booleans()):
            groups[-1].append(name)
        else:
            groups.append([name])
    return groups


STRICT = st.permutations(NAMES).map(lambda order: strictly(*order))
PROFILES = st.lists(rankings(), min_size=1, max_size=9)
STRICT_PROFILES = st.lists(STRICT, min_size=1, max_size=9)


def place(vote: Groups, option: str) -> int:
    """Which group an option is in; what is left out stands behind all others."""
    return next((number for number, group in enumerate(vote) if option in group), len(vote))


def above(cast: list[Groups], one: str, other: str) -> int:
    return sum(place(vote, one) < place(vote, other) for vote in cast)


def strengths(cast: list[Groups]) -> Any:
    return schulze.strongest_paths(ranked.matrix(pure.counters(FEATURE, cast), len(NAMES)))


def reversed_(vote: Groups) -> Groups:
    """The same preferences the other way round: what was left out comes first."""
    left_out = [name for name in NAMES if all(name not in group for group in vote)]
    return [group for group in [left_out, *vote[::-1]] if group]


def smith(cast: list[Groups]) -> set[str]:
    """The smallest set of which each beats each outside it."""
    for size in range(1, len(NAMES) + 1):
        for one in combinations(NAMES, size):
            outside = set(NAMES) - {*one}
            if all(above(cast, a, b) > above(cast, b, a) for a, b in product(one, outside)):
                return {*one}
    raise AssertionError("all of them are such a set")


@given(PROFILES)
def test_the_pairs_are_what_the_ballots_say(cast: list[Groups]):
    """Above is above on a ballot: named before, or named at all."""
    pairs = pure.decided(FEATURE, [(1, vote) for vote in cast]).pairs or {}
    assert pairs == {one: {other: above(cast, one, other) for other in NAMES if other != one} for one in NAMES}


@given(PROFILES)
def test_a_path_is_as_strong_as_the_strongest_of_all_paths(cast: list[Groups]):
    """Against every path by itself, instead of Floyd and Warshall's algorithm."""

    def link(one: str, other: str) -> int:
        ahead = above(cast, one, other)
        return ahead if ahead > above(cast, other, one) else 0

    found = strengths(cast)
    for (i, start), (j, end) in permutations(enumerate(NAMES), 2):
        between = [name for name in NAMES if name not in (start, end)]
        paths = [[start, *way, end] for size in range(3) for way in permutations(between, size)]
        assert found[i][j] == max(min(map(link, path, path[1:])) for path in paths)


@given(PROFILES)
def test_beating_is_transitive(cast: list[Groups]):
    """Schulze 2011, section 4.1: so that there is always somebody whom nobody beats."""
    strength = strengths(cast)

    def beats(one: int, other: int) -> bool:
        return bool(strength[one][other] > strength[other][one])

    for a, b, c in permutations(range(len(NAMES)), 3):
        assert not (beats(a, b) and beats(b, c)) or beats(a, c)


@given(PROFILES)
def test_whoever_beats_another_stands_before_it(cast: list[Groups]):
    strength, keys = strengths(cast), pure.standing(FEATURE, cast)
    for (i, one), (j, other) in permutations(enumerate(NAMES), 2):
        assert not strength[i][j] > strength[j][i] or keys[one] < keys[other]


@given(PROFILES)
def test_whoever_beats_each_other_in_a_pair_wins_alone(cast: list[Groups]):
    """The Condorcet winner."""
    for one in NAMES:
        if all(above(cast, one, other) > above(cast, other, one) for other in NAMES if other != one):
            assert pure.best(FEATURE, cast) == {one}


@given(PROFILES)
def test_every_winner_is_in_the_smith_set(cast: list[Groups]):
    assert pure.best(FEATURE, cast) <= smith(cast)


@given(PROFILES)
def test_the_only_winner_is_no_winner_of_the_reversed_ballots(cast: list[Groups]):
    """Reversal symmetry."""
    winners = pure.best(FEATURE, cast)
    if len(winners) == 1:
        assert winners.isdisjoint(pure.best(FEATURE, map(reversed_, cast)))


@given(PROFILES, st.data())
def test_raising_a_winner_never_makes_it_lose(cast: list[Groups], data: st.DataObject):
    """Monotonicity: on one ballot it moves up, and the others stay as they are among each other."""
    winner = data.draw(st.sampled_from(sorted(pure.best(FEATURE, cast))))
    number = data.draw(st.integers(0, len(cast) - 1))
    vote = cast[number]
    groups = [[name for name in group if name != winner] for group in vote]
    up_to = data.draw(st.integers(0, place(vote, winner)))
    raised = [group for group in [*groups[:up_to], [winner], *groups[up_to:]] if group]
    assert winner in pure.best(FEATURE, [*cast[:number], raised, *cast[number + 1 :]])


@given(PROFILES, st.permutations(NAMES))
def test_what_everybody_prefers_stands_before(cast: list[Groups], order: list[str]):
    """Pareto: every ballot is made to rank one above another."""
    better, worse = order[:2]
    agreed = [[[better], *([name for name in group if name != better] for group in vote)] for vote in cast]
    agreed = [[group for group in vote if group] for vote in agreed]
    keys = pure.standing(FEATURE, agreed)
    assert keys[better] < keys[worse]


@given(PROFILES, st.sampled_from(NAMES), st.randoms())
def test_a_clone_takes_nothing_from_the_others(cast: list[Groups], cloned: str, chance: Any):
    """Independence of clones: beside a copy that each fan puts next to it, it wins or loses as it did alone."""

    def doubled(vote: Groups) -> Groups:
        both = chance.sample([cloned, "copy"], 2)
        found: Groups = []
        for group in vote:
            if group == [cloned]:
                found += [[both[0]], [both[1]]]
            else:
                found.append([*group, "copy"] if cloned in group else group)
        return found

    before = pure.best(FEATURE, cast)
    after = pure.best(examples.feature("ranked", [*NAMES, "copy"]), map(doubled, cast))
    assert after - {cloned, "copy"} == before - {cloned}
    assert bool(after & {cloned, "copy"}) == (cloned in before)


@given(STRICT_PROFILES)
def test_the_first_choice_of_more_than_half_wins(cast: list[Groups]):
    for one in NAMES:
        if 2 * sum(vote[0] == [one] for vote in cast) > len(cast):
            assert pure.best(FEATURE, cast) == {one}
            assert pure.decided(FEATURE, [(1, vote) for vote in cast]).runoff[0] == one


@given(PROFILES)
def test_borda_sums_up_to_nothing(cast: list[Groups]):
    """Each preference is one for somebody and one against somebody else."""
    borda = pure.decided(FEATURE, [(1, vote) for vote in cast]).borda or {}
    assert sum(borda.values()) == 0
    for one in NAMES:
        others = [name for name in NAMES if name != one]
        assert borda[one] == sum(above(cast, one, other) - above(cast, other, one) for other in others)


@given(STRICT_PROFILES)
def test_where_all_are_ranked_borda_orders_as_the_classic_points_do(cast: list[Groups]):
    borda = pure.decided(FEATURE, [(1, vote) for vote in cast]).borda or {}
    points = {name: sum(len(NAMES) - 1 - place(vote, name) for vote in cast) for name in NAMES}
    assert borda == {name: 2 * points[name] - len(cast) * (len(NAMES) - 1) for name in NAMES}


def profile(*lines: tuple[int, str]) -> list[tuple[int, Groups]]:
    return [(times, strictly(*order)) for times, order in lines]


# Schulze 2011: example 1 (section 3.1), with its strengths of paths.
EXAMPLE_1 = profile(
    *((5, "ACBED"), (5, "ADECB"), (8, "BEDAC"), (3, "CABED"), (7, "CAEBD"), (2, "CBADE"), (7, "DCEBA"), (8, "EBADC"))
)
EXAMPLE_1_PATHS = {"A": "28 28 30 24", "B": "25 28 33 24", "C": "25 29 29 24", "D": "25 28 28 24", "E": "25 28 28 31"}
TENNESSEE = profile((42, "MNCK"), (26, "NCKM"), (15, "CKNM"), (17, "KCNM"))


def test_schulzes_first_example_is_ranked_as_he_does():
    feature = examples.feature("ranked", "ABCDE")
    found = pure.decided(feature, EXAMPLE_1)
    assert found.ranking == tuple("EACBD")
    assert found.ties[:1] == () or found.ties[0].where != "ranking"
    paths = schulze.strongest_paths(ranked.matrix(pure.weighed(feature, EXAMPLE_1), 5))
    assert {
        name: " ".join(str(n) for j, n in enumerate(paths[i]) if i != j) for i, name in enumerate("ABCDE")
    } == EXAMPLE_1_PATHS


def test_the_capital_of_tennessee_is_nashville_but_knoxville_by_runoff():
    found = pure.decided(examples.feature("ranked", "MNCK"), TENNESSEE)
    assert found.ranking == tuple("NCKM")
    assert (found.runoff or ())[0] == "K"
    assert [one.eliminated for one in found.rounds or ()] == ["C", "N", "M"]
    assert found.counts == {"M": 42, "N": 26, "C": 15, "K": 17}
    assert found.borda == {"N": 2 * 194 - 300, "C": 2 * 173 - 300, "M": 2 * 126 - 300, "K": 2 * 107 - 300}


@pytest.mark.parametrize("times", [1, 7])
def test_a_perfect_circle_is_a_tie_of_all(times: int):
    feature = examples.feature("ranked", "abc")
    found = pure.decided(feature, profile((times, "abc"), (times, "bca"), (times, "cab")))
    [tie] = [tie for tie in found.ties if tie.where == "ranking"]
    assert set(tie.options) == {"a", "b", "c"}
    assert tie.decisive
    assert found.ranking == tie.options
