"""The certified result: most ballots first, ties in an order that everybody can repeat (V2)."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ballots import rules
from chalicelib.ballots.model import FeatureResult, Result
from chalicelib.campaigns.model import Campaign
from tests import examples
from tests.hands import START
from tests.strategies import SLUGS

COUNTS = st.dictionaries(SLUGS, st.integers(0, 4), min_size=1, max_size=6)


def campaign_of(counts: dict[str, int], keep: int) -> Campaign:
    options = [{"option_id": option, "label": option} for option in counts]
    feature = {"feature_id": "f", "title": "F", "method": "approval", "keep": keep, "options": options}
    return examples.voting(features=[feature])


def certify(counts: dict[str, int], keep: int, ballots: int = 9) -> Result:
    return rules.certify(campaign_of(counts, keep), {"f": counts}, ballots, START)


def decided(counts: dict[str, int], keep: int = 1, ballots: int = 9) -> FeatureResult:
    return certify(counts, keep, ballots).features[0]


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
    found = decided(counts, keep)
    assert found.kept == found.ranking[:keep]
    assert rules.selectable(certify(counts, keep)) == {"f": found.kept}


@given(COUNTS, st.data())
def test_a_tie_is_told_exactly_when_it_decided_what_is_kept(counts, data):
    keep = data.draw(st.integers(1, len(counts)))
    found = decided(counts, keep)
    lost = [option for option in counts if option not in found.kept]
    decisive = any(counts[option] == min(counts[kept] for kept in found.kept) for option in lost)
    assert (found.tie_note is not None) == decisive


@given(st.lists(SLUGS, min_size=3, max_size=6, unique=True), st.data())
def test_a_tie_note_names_all_that_were_tied_and_the_seed(names, data):
    """One is ahead, so that the tie is for the other places."""
    keep = data.draw(st.integers(2, len(names) - 1))
    ahead, *tied = names
    found = decided({**dict.fromkeys(tied, 3), ahead: 5}, keep)
    assert found.tie_note == (
        f"{', '.join(sorted(tied))} have 3 ballots each; ordered by sha256 of {examples.CAMPAIGN_ID}:9:feature:option"
    )


def test_the_seed_is_known_to_nobody_before_the_count():
    assert rules.seed("c1", 7) == "c1:7"
    assert rules.seed("c1", 8) != rules.seed("c1", 7)


def test_another_seed_breaks_the_same_tie_otherwise():
    """Over many counts both of two tied options come first about as often."""
    firsts = [decided({"red": 3, "blue": 3}, ballots=ballots).ranking[0] for ballots in range(200)]
    assert 70 < firsts.count("red") < 130


def test_features_are_decided_apart():
    campaign = examples.voting()
    counts = {"colour": {"red": 1, "blue": 2}, "lens": {"wide": 0, "tele": 5, "macro": 3}}
    found = rules.certify(campaign, counts, 8, START)
    assert rules.selectable(found) == {"colour": ("blue",), "lens": ("tele", "macro")}
    assert (found.ballots, found.certified_at) == (8, START)
