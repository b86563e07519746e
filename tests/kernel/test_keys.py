"""Keys: stored items are found by them for ever, so their spelling is pinned here."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ballots import proof
from chalicelib.kernel import keys, money_keys

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
C, F = "01900000-0000-7000-8000-0000000c0001", "sub-ada"
P = f"{C}.0123456789abcdef.000"
V = "0123cdef" + 24 * "a"
AT = "2026-11-21T12:00:00.000Z"

PINNED = {
    "campaign": (keys.campaign(C), (f"C#{C}", "META")),
    "result": (keys.result(C), (f"C#{C}", "RESULT")),
    "ballot": (keys.ballot(C, V, 64), (f"C#{C}#B#0047", V)),
    "head of the list of ballots": (keys.proof(C), (f"C#{C}", "PROOF")),
    "recount": (keys.recount(C), (f"C#{C}#R", "HEAD")),
    "lane of a recount": (keys.recount_lane(C, 3, 12), (f"C#{C}#R", "L#0003#0012")),
    "tally shard": (keys.tally_shard(C, "shard-1"), (f"C#{C}#T", "S#shard-1")),
    "batch": (keys.batch(C, 7), (f"C#{C}#N", "N#0007")),
    "page": (keys.room_page(C, 7, 2, page=31), (f"C#{C}#N#0007#K#002#P#00031", "P")),
    "group of pages": (keys.room_group(C, 7, 2, group=5), (f"C#{C}#N#0007#G", "K#002#G#0005")),
    "pre-order": (keys.preorder(F, P), ("F#sub-ada", f"O#{P}")),
    "payment": (keys.payment(P), (f"Y#{P}", "META")),
    "order": (keys.order(f"{C}.1.1"), (f"M#{C}.1.1", "META")),
    "order page": (keys.order_page(f"{C}.1.1", 12), (f"M#{C}.1.1", "L#0012")),
    "manufacturer": (keys.manufacturer("maker"), ("R#maker", "META")),
    "last reconciliation": (money_keys.reconciliation(C), (f"C#{C}", "RECONCILED")),
    "event of the provider": (money_keys.provider_event("evt_1"), ("E#evt_1", "META")),
    "books of the simulated provider": (money_keys.simulated(P), (f"V#{P}", "BOOKS")),
    "transaction of the ledger": (money_keys.ledger(C, AT, "t1"), (f"C#{C}#L#09", f"{AT}#t1")),
}


@pytest.mark.parametrize(("key", "spelling"), PINNED.values(), ids=PINNED)
def test_the_keys_of_stored_items_never_move(key, spelling):
    assert tuple(key) == spelling


@pytest.mark.parametrize(("text", "over", "place"), [("", 64, 2), ("sub-ada", 64, 21), ("zażółć", 16, 3)])
def test_spreading_is_the_same_in_every_process_and_for_ever(text, over, place):
    assert keys.spread(text, over) == place


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


@given(st.lists(NAMES, min_size=1, max_size=20, unique=True))
def test_every_transaction_of_a_campaign_lies_in_one_of_the_parts_of_its_ledger(names):
    """Whoever reads all parts has read all of it."""
    parts = {money_keys.ledger_part(C, part) for part in range(money_keys.LEDGER_PARTS)}
    assert {money_keys.ledger(C, AT, name).pk for name in names} <= parts


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


@given(st.integers(1, 9999), st.integers(1, 999), st.integers(0, 99_999))
def test_where_a_page_is_can_be_read_from_its_key(number, book, page):
    """The stream tells changes by their keys: whose counters a page belongs to must be in it."""
    assert keys.read_room_page(keys.room_page(C, number, book, page=page).pk) == (C, number, book, page)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 200), st.integers(0, 9999)), unique=True))
def test_every_page_has_a_partition_of_its_own(places):
    """No page is warmed by another's crowd."""
    assert len({keys.room_page(C, number, book, page=page).pk for number, book, page in places}) == len(places)


def test_a_campaigns_pre_orders_are_found_by_their_prefix_and_no_others():
    sk = keys.preorder(F, P).sk
    assert sk.startswith(keys.preorders(C))
    assert not sk.startswith(keys.preorders(C[:-1]))
