"""The certified result: the best first, ties in an order that everybody can repeat, and what is kept by which rule
(V2)."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ballots import deciding
from chalicelib.ballots.deciding import Runoff
from chalicelib.ballots.model import FeatureResult, Result
from chalicelib.campaigns.model import Feature
from tests import examples
from tests.ballots import pure
from tests.hands import START
from tests.strategies import SLUGS

COUNTS = st.dictionaries(SLUGS, st.integers(0, 4), min_size=1, max_size=6)
ROOT = "f" * 64


def approval(counts: dict[str, int], **changes: Any) -> Feature:
    return examples.feature("approval", counts, **changes)


def decided(counts: dict[str, int], *, voters: int = 9, ballots: int = 9, **changes: Any) -> FeatureResult:
    seed = deciding.seed(examples.CAMPAIGN_ID, ballots)
    return deciding.decide(approval(counts, **changes), [voters, *counts.values()], seed, Runoff())


def certify(counts: dict[str, list[int]], ballots: int = 9) -> Result:
    given_ = {"ballots": ballots, "root": ROOT, "runs": {}, "now": START}
    return deciding.certify(examples.CAMPAIGN_ID, examples.voting().features, counts, **given_)


def tie_order(option: str, ballots: int) -> str:
    """As anybody outside would compute it from the published seed."""
    return hashlib.sha256(f"{examples.CAMPAIGN_ID}:{ballots}:f:{option}".encode()).hexdigest()


@given(COUNTS)
def test_the_ranking_is_every_option_once_with_most_ballots_first(counts):
    ranking = decided(counts).ranking
    assert sorted(ranking) == sorted(counts)
    assert [counts[option] for option in ranking] == sorted(counts.values(), reverse=True)


@given(COUNTS, st.integers(0, 10_000))
def test_ties_stand_in_the_order_of_the_published_seed_and_of_nothing_else(counts, ballots):
    """V2: an independent program comes to the same order from the seed."""
    expected = sorted(counts, key=lambda option: (-counts[option], tie_order(option, ballots)))
    assert list(decided(counts, ballots=ballots).ranking) == expected


@given(COUNTS, st.randoms())
def test_the_order_in_which_options_are_listed_or_read_back_does_not_count(counts, chance):
    """Neutrality: no option gains from its place on the ballot."""
    shuffled = dict(chance.sample(sorted(counts.items()), len(counts)))
    assert decided(shuffled).ranking == decided(counts).ranking


@given(st.lists(SLUGS, min_size=2, max_size=5, unique=True), st.data())
def test_without_a_tie_a_name_does_not_count(names, data):
    """Neutrality: renaming the options renames the result."""
    counts = {name: place for place, name in enumerate(names)}
    others = data.draw(st.permutations(names))
    renamed = {others[place]: place for place in range(len(names))}
    assert [renamed[option] for option in decided(renamed).ranking] == [
        counts[option] for option in decided(counts).ranking
    ]


@given(COUNTS, st.data())
def test_one_more_ballot_never_hurts_the_option_that_it_is_for(counts, data):
    """Monotony, under the same seed."""
    option = data.draw(st.sampled_from(sorted(counts)))
    before = decided(counts).ranking.index(option)
    assert decided({**counts, option: counts[option] + 1}).ranking.index(option) <= before


@given(COUNTS, st.data())
def test_what_is_kept_is_the_head_of_the_ranking(counts, data):
    keep = data.draw(st.integers(1, len(counts)))
    found = decided(counts, keep=keep)
    assert (found.kept, found.decided_by) == (found.ranking[:keep], "keep")


@given(COUNTS, st.data())
def test_a_tie_is_decisive_exactly_when_it_decided_what_is_kept(counts, data):
    keep = data.draw(st.integers(1, len(counts)))
    found = decided(counts, keep=keep)
    lost = [option for option in counts if option not in found.kept]
    decisive = any(counts[option] == min(counts[kept] for kept in found.kept) for option in lost)
    assert any(tie.decisive for tie in found.ties) == decisive


@given(COUNTS)
def test_every_group_of_equals_is_told_in_the_order_of_the_draw_and_nothing_else_is(counts):
    found = decided(counts)
    equals = [[o for o in counts if counts[o] == votes] for votes in sorted({*counts.values()}, reverse=True)]
    expected = [tuple(sorted(group, key=lambda o: tie_order(o, 9))) for group in equals if len(group) > 1]
    assert [tie.options for tie in found.ties] == expected
    assert {tie.where for tie in found.ties} <= {"ranking"}


class TestKept:
    """The first rule that applies: quorum, share, number."""

    @pytest.mark.parametrize(("voters", "decided_by"), [(0, "no_quorum"), (4, "no_quorum"), (5, "keep"), (6, "keep")])
    def test_below_the_quorum_nothing_is_decided_and_all_is_kept(self, voters, decided_by):
        found = decided({"a": 3, "b": 1, "c": 0}, voters=voters, quorum=5)
        assert found.decided_by == decided_by
        assert found.kept == (("a", "b", "c") if decided_by == "no_quorum" else ("a",))
        assert found.ranking == ("a", "b", "c")

    @pytest.mark.parametrize(("votes", "kept"), [(50, ("a",)), (51, ("a", "b")), (100, ("a", "b"))])
    def test_a_share_is_reached_above_it_and_not_at_it(self, votes, kept):
        found = decided({"a": 100, "b": votes}, voters=100, keep_over_percent=50)
        assert (set(found.kept), found.decided_by) == ({*kept}, "over_percent")

    def test_the_share_of_a_score_is_one_of_all_points_that_could_be_given(self):
        feature = examples.feature("score", "ab", keep_over_percent=50)
        for points, kept in [(25, ("a",)), (26, ("a", "b"))]:
            found = deciding.decide(feature, [10, 50, points], "seed", Runoff())
            assert (found.kept, found.decided_by) == (kept, "over_percent")

    def test_where_none_is_over_the_share_the_first_is_kept(self):
        found = decided({"a": 1, "b": 2}, voters=100, keep_over_percent=50)
        assert (found.kept, found.decided_by) == (("b",), "over_percent")

    def test_where_none_is_over_the_share_and_the_first_two_are_equal_the_draw_was_decisive(self):
        found = decided({"a": 2, "b": 2}, voters=100, keep_over_percent=50)
        assert [tie.decisive for tie in found.ties] == [True]

    def test_equals_over_the_share_are_kept_together(self):
        found = decided({"a": 60, "b": 60, "c": 1}, voters=100, keep_over_percent=50)
        assert (set(found.kept), [tie.decisive for tie in found.ties]) == ({"a", "b"}, [False])

    def test_the_quorum_comes_before_the_share(self):
        found = decided({"a": 3, "b": 0}, voters=3, quorum=4, keep_over_percent=50)
        assert (set(found.kept), found.decided_by) == ({"a", "b"}, "no_quorum")

    def test_a_quorum_counts_the_voters_of_its_feature_and_not_all_ballots(self):
        assert decided({"a": 1, "b": 0}, voters=1, ballots=1_000, quorum=2).decided_by == "no_quorum"


def test_the_seed_is_known_to_nobody_before_the_count():
    assert deciding.seed("c1", 7) == "c1:7"
    assert deciding.seed("c1", 8) != deciding.seed("c1", 7)


def test_another_seed_breaks_the_same_tie_otherwise():
    """Over many counts both of two tied options come first about as often."""
    firsts = [decided({"red": 3, "blue": 3}, ballots=ballots).ranking[0] for ballots in range(200)]
    assert 70 < firsts.count("red") < 130


def test_features_are_decided_apart():
    found = certify({"colour": [3, 1, 2], "lens": [8, 0, 5, 3]}, 8)
    assert deciding.selectable(found) == {"colour": ("blue",), "lens": ("tele", "macro")}
    assert (found.ballots, found.certified_at, found.root) == (8, START, ROOT)


def test_two_features_with_the_same_options_are_drawn_apart():
    """A draw of one feature says nothing of another: else one lucky name would win all ties of a campaign."""
    firsts = {deciding.draw("seed", examples.feature("approval", "ab", feature_id=f"f{n}"))[0] for n in range(20)}
    assert firsts == {"a", "b"}


def test_only_a_ranking_has_a_runoff_and_borda_beside_it():
    campaign = examples.voting(features=examples.one_of_each())
    found = pure.certified(campaign, [pure.cast({"ranked": [["a"], ["b"]], "plurality": ["a"]})])
    for feature in found.features:
        is_ranked = feature.method == "ranked"
        assert [bool(beside) for beside in (feature.rounds, feature.runoff, feature.borda, feature.pairs)] == [
            is_ranked
        ] * 4
