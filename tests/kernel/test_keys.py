"""Keys: stored items are found by them for ever, so their spelling is pinned here."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ballots import proof
from chalicelib.kernel import keys

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
C, F, P = "01900000-0000-7000-8000-0000000c0001", "sub-ada", "01900000-0000-7000-8000-0000000f0001"
V = "0123cdef" + 24 * "a"

PINNED = {
    "campaign": (keys.campaign(C), (f"C#{C}", "META")),
    "result": (keys.result(C), (f"C#{C}", "RESULT")),
    "ballot": (keys.ballot(C, V, 64), (f"C#{C}#B#0047", V)),
    "head of the list of ballots": (keys.proof(C), (f"C#{C}", "PROOF")),
    "recount": (keys.recount(C), (f"C#{C}#R", "HEAD")),
    "lane of a recount": (keys.recount_lane(C, 3, 12), (f"C#{C}#R", "L#0003#0012")),
    "tally shard": (keys.tally_shard(C, "shard-1"), (f"C#{C}#T", "S#shard-1")),
    "batch": (keys.batch(C, 7), (f"C#{C}#N", "N#0007")),
    "claim": (keys.claim(C, 7, fan_id=F, preorder_id=P), (f"C#{C}#N#0007#P#0005", P)),
    "pre-order": (keys.preorder(F, P), ("F#sub-ada", f"O#{P}")),
    "attempt": (keys.attempt(F, C, "k1"), ("F#sub-ada", "K#0649c74b26ca38740659ad2dc9f55827")),
    "limit": (keys.fan_limit(F, C), ("F#sub-ada", f"L#{C}")),
    "payment": (keys.payment(P), (f"Y#{P}", "META")),
    "order": (keys.order(f"{C}.1.1"), (f"M#{C}.1.1", "META")),
    "order page": (keys.order_page(f"{C}.1.1", 12), (f"M#{C}.1.1", "L#0012")),
    "manufacturer": (keys.manufacturer("maker"), ("R#maker", "META")),
}


@pytest.mark.parametrize(("key", "spelling"), PINNED.values(), ids=PINNED)
def test_the_keys_of_stored_items_never_move(key, spelling):
    assert tuple(key) == spelling


@pytest.mark.parametrize(("text", "over", "place"), [("", 64, 2), ("sub-ada", 64, 21), ("zażółć", 16, 3)])
def test_spreading_is_the_same_in_every_process_and_for_ever(text, over, place):
    assert keys.spread(text, over) == place


def test_the_number_of_pages_stays_as_stored_keys_have_it():
    assert keys.CLAIM_PAGES == 16


@given(NAMES, st.integers(1, 1000))
def test_a_place_lies_within_its_range(text, over):
    assert 0 <= keys.spread(text, over) < over


def test_many_fans_spread_over_all_buckets():
    """The hottest bucket takes less than twice its share: no partition is hot while others idle."""
    voters = [proof.voter_id("salt", f"fan-{number}") for number in range(6400)]
    places = Counter(keys.ballot(C, voter, 64).pk for voter in voters)
    assert places.keys() == {keys.ballot_bucket(C, place) for place in range(64)}
    assert max(places.values()) < 200


@given(st.integers(0, 2**128 - 1), st.integers(0, 12).map(lambda power: 2**power))
def test_the_bucket_of_a_ballot_is_the_one_that_anybody_can_compute_from_its_voter_id(number, buckets):
    """As docs/BALLOTS.md tells it: the first eight digits as a number, modulo the number of buckets."""
    voter = f"{number:032x}"
    assert keys.ballot(C, voter, buckets) == (f"C#{C}#B#{(number >> 96) % buckets:04d}", voter)


def test_the_campaign_of_a_ballot_is_read_from_its_key():
    assert keys.campaign_of(keys.ballot(C, V, 64).pk) == C


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 63)), min_size=2, unique=True))
def test_the_lanes_of_one_pass_stand_together(places):
    """A pass is one query: its prefix finds its own lanes and no other's."""
    for number, lane in places:
        found = [place for place in places if keys.recount_lane(C, *place).sk.startswith(keys.recount_lanes(number))]
        assert (number, lane) in found
        assert {one for one, _ in found} == {number}


@given(st.lists(st.integers(0, 9999), min_size=2, unique=True))
def test_numbered_keys_sort_by_their_number(numbers):
    assert [int(keys.batch(C, n).sk[2:]) for n in sorted(numbers)] == sorted(numbers)
    assert sorted(keys.batch(C, n).sk for n in numbers) == [keys.batch(C, n).sk for n in sorted(numbers)]


@given(NAMES, NAMES)
def test_idempotency_keys_of_clients_never_meet_unless_equal(one, other):
    assert (keys.attempt(F, C, one) == keys.attempt(F, C, other)) == (one == other)


def test_one_key_used_in_two_campaigns_is_two_attempts():
    assert keys.attempt(F, C, "k1") != keys.attempt(F, P, "k1")


def test_no_text_of_a_client_stands_in_an_attempt_key():
    assert len(keys.attempt(F, C, "x" * 64).sk) == len(keys.attempt(F, C, "#").sk) == 34
