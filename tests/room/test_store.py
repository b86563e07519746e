"""Pages in the table: each write once as it should be, and once for each condition that refuses it."""

import pytest

from chalicelib.kernel.refusals import Busy, Conflict
from chalicelib.room import store
from chalicelib.room.model import Claim, Counts, Sheet, Spot
from chalicelib.room.rules import PAGE_UNITS, NoRoom
from tests import examples
from tests.examples import CAMPAIGN_ID, REF
from tests.stored import Stored

BOOK = examples.book(20, 12)
SPOT = Spot(1, 1, 0)
OTHER = "fedcba9876543210_000"


class Gone(Conflict):
    """An example of a refusal."""


def take(claim: Claim | None = None, page: int = 0):
    return store.claiming(CAMPAIGN_ID, BOOK, claim or examples.claim(), page=page)


def give_back(claim: Claim, *, only_unsealed: bool = False):
    return store.giving_back(CAMPAIGN_ID, SPOT, claim, refusal=Gone, only_unsealed=only_unsealed)


def secure(claim: Claim):
    return store.securing(CAMPAIGN_ID, SPOT, claim, refusal=Gone)


def collect(claim: Claim):
    return store.collecting(CAMPAIGN_ID, SPOT, claim, refusal=Gone)


def sheet(stored: Stored, page: int = 0) -> Sheet:
    [found] = store.read(stored.table, CAMPAIGN_ID, [Spot(1, 1, page)], consistent=True)
    return found


def other(units: int) -> Claim:
    return examples.claim(ref=OTHER, fan_id="sub-bob", units=units, wants=f"00*{units}")


class TestClaiming:
    """The moment at which a pre-order exists."""

    def test_a_page_needs_no_making(self, stored: Stored):
        assert sheet(stored) == Sheet(SPOT)
        stored.commit(take())
        assert sheet(stored) == Sheet(SPOT, Counts(1, 3, 0, 0), claims={REF: examples.claim()})

    def test_the_last_room_can_be_taken_and_no_more(self, stored: Stored):
        """S1."""
        stored.commit(take(other(9)))
        stored.assert_refused(NoRoom, take(examples.claim(units=4)))
        stored.commit(take())
        assert sheet(stored).counts.taken == 12

    def test_the_last_page_is_as_small_as_it_is(self, stored: Stored):
        stored.assert_refused(NoRoom, take(other(9), page=1))
        stored.commit(take(other(8), page=1))

    def test_a_twin_gets_nothing_more(self, stored: Stored):
        """F29: one claim, whatever comes twice."""
        stored.commit(take())
        stored.assert_refused(NoRoom, take())

    def test_not_even_when_the_first_was_given_back(self, stored: Stored):
        stored.commit(take())
        stored.commit(give_back(examples.claim()))
        stored.assert_refused(NoRoom, take())

    def test_a_sealed_page_takes_nobody(self, stored: Stored):
        stored.commit(store.sealing(CAMPAIGN_ID, BOOK, sheet(stored)))
        stored.assert_refused(NoRoom, take())

    def test_a_claim_in_pieces_is_all_or_none(self, stored: Stored):
        stored.commit(take(other(6), page=1))
        stored.assert_refused(NoRoom, take(examples.claim(units=12)), take(examples.claim(units=3, wants=""), page=1))
        stored.commit(take(examples.claim(units=12)), take(examples.claim(units=2, wants=""), page=1))


class TestMoves:
    """placed -> secured -> collected, and from anywhere back."""

    def test_securing_makes_its_units_count(self, stored: Stored):
        stored.commit(take())
        stored.commit(secure(examples.claim()))
        assert sheet(stored).counts == Counts(2, 3, 3, 0)
        assert sheet(stored).claims[REF].state == "secured"

    def test_collecting_makes_its_units_paid_for_and_they_still_count(self, stored: Stored):
        stored.commit(take())
        stored.commit(secure(examples.claim()))
        stored.commit(collect(examples.claim(state="secured")))
        assert sheet(stored).counts == Counts(3, 3, 3, 0, collected=3)
        assert sheet(stored).claims[REF].state == "collected"

    @pytest.mark.parametrize("state", ["placed", "collected", "back"])
    def test_collecting_counts_once_and_only_what_is_secured(self, stored: Stored, state):
        """S2, M3."""
        stored.commit(take(examples.claim(state=state)))
        stored.assert_refused(Gone, collect(examples.claim(state="secured")))

    def test_what_is_paid_for_is_collected_after_the_seal(self, stored: Stored):
        stored.commit(take())
        stored.commit(secure(examples.claim()))
        stored.commit(store.sealing(CAMPAIGN_ID, BOOK, sheet(stored)))
        stored.commit(collect(examples.claim(state="secured")))
        assert sheet(stored).counts == Counts(4, 12, 3, 9, collected=3)

    def test_giving_back_what_was_collected_takes_it_from_both(self, stored: Stored):
        """M5: its units neither count nor are paid for any more."""
        stored.commit(take())
        stored.commit(secure(examples.claim()))
        stored.commit(collect(examples.claim(state="secured")))
        stored.commit(give_back(examples.claim(state="collected")))
        assert sheet(stored).counts == Counts(4, 3, 0, 3, collected=0)
        assert sheet(stored).claims[REF].state == "back"
        stored.assert_refused(NoRoom, take(other(10)))

    def test_what_was_collected_is_not_given_back_as_if_it_were_only_secured(self, stored: Stored):
        """S3: its units would stay paid for on a page that has them no more."""
        stored.commit(take(examples.claim(state="collected")))
        stored.assert_refused(Gone, give_back(examples.claim(state="secured")))

    @pytest.mark.parametrize("state", ["secured", "collected", "back"])
    def test_securing_counts_once_and_only_what_is_placed(self, stored: Stored, state):
        """S2."""
        stored.commit(take(examples.claim(state=state)))
        stored.assert_refused(Gone, secure(examples.claim()))

    @pytest.mark.parametrize(("state", "secured"), [("placed", 0), ("secured", 3)])
    def test_giving_back_leaves_the_page_as_full_as_it_was(self, stored: Stored, state, secured):
        """Who was told that it is full stays right."""
        stored.commit(take())
        if secured:
            stored.commit(secure(examples.claim()))
        stored.commit(give_back(examples.claim(state=state)))
        counts = sheet(stored).counts
        assert (counts.taken, counts.secured, counts.back, counts.held) == (3, 0, 3, 0)
        stored.assert_refused(NoRoom, take(other(10)))

    @pytest.mark.parametrize("state", ["secured", "collected", "back"])
    def test_room_is_given_back_once_and_only_as_it_was_read(self, stored: Stored, state):
        """S3."""
        stored.commit(take(examples.claim(state=state)))
        stored.assert_refused(Gone, give_back(examples.claim()))

    def test_nothing_is_given_back_where_nothing_is(self, stored: Stored):
        stored.assert_refused(Gone, give_back(examples.claim()))

    def test_after_the_seal_only_who_does_not_mind_gives_back(self, stored: Stored):
        stored.commit(take())
        stored.commit(store.sealing(CAMPAIGN_ID, BOOK, sheet(stored)))
        stored.assert_refused(Gone, give_back(examples.claim(), only_unsealed=True))
        stored.commit(give_back(examples.claim()))
        assert sheet(stored).counts == Counts(3, 12, 0, 12)

    def test_a_payment_under_way_is_secured_after_the_seal(self, stored: Stored):
        stored.commit(take())
        stored.commit(store.sealing(CAMPAIGN_ID, BOOK, sheet(stored)))
        stored.commit(secure(examples.claim()))
        assert sheet(stored).counts == Counts(3, 12, 3, 9)


class TestSealing:
    """Filling a page up for good."""

    def test_what_nobody_took_is_given_back_at_once(self, stored: Stored):
        stored.commit(take())
        stored.commit(store.sealing(CAMPAIGN_ID, BOOK, sheet(stored)))
        found = sheet(stored)
        assert found.sealed
        assert found.counts == Counts(2, 12, 0, 9)
        assert found.claims == {REF: examples.claim()}

    def test_a_claim_that_came_since_the_page_was_read_is_not_lost(self, stored: Stored):
        empty = sheet(stored)
        stored.commit(take())
        stored.assert_refused(Busy, store.sealing(CAMPAIGN_ID, BOOK, empty))

    def test_a_page_is_sealed_once(self, stored: Stored):
        empty = sheet(stored)
        stored.commit(store.sealing(CAMPAIGN_ID, BOOK, empty))
        stored.assert_refused(Busy, store.sealing(CAMPAIGN_ID, BOOK, empty))
        stored.assert_refused(Busy, store.sealing(CAMPAIGN_ID, BOOK, sheet(stored)))


def test_every_page_is_read_once_and_in_order_however_many_there_are(stored: Stored):
    """B3: none is lost or doubled where one call ends and the next begins."""
    books = (examples.book(230, 1), examples.book(3, 1, number=2))
    for page in (0, 99, 100, 229):
        claim = examples.claim(ref=f"{page:016x}_000", units=1)
        stored.commit(store.claiming(CAMPAIGN_ID, books[0], claim, page=page))
    found = list(store.every_sheet(stored.table, CAMPAIGN_ID, books))
    assert [one.spot for one in found] == [Spot(1, book.number, page) for book in books for page in range(book.pages)]
    assert [one.spot.page for one in found if one.claims] == [0, 99, 100, 229]


def test_where_a_page_is_is_read_from_the_item(stored: Stored):
    stored.commit(take(page=1))
    [item] = stored.everything()
    assert store.spot_of(item) == (CAMPAIGN_ID, Spot(1, 1, 1))


def test_a_full_page_of_the_usual_size_is_one_write_unit(stored: Stored):
    """The price of a pre-order is that of 1 kB; ids of fans are UUIDs, variants have four features."""
    book = examples.book(PAGE_UNITS, PAGE_UNITS)
    for number in range(book.units):
        fan_id = f"01900000-0000-4000-8000-{number:012x}"
        claim = examples.claim(ref=f"{number:016x}_000", fan_id=fan_id, units=1, wants="0123*1")
        stored.commit(store.claiming(CAMPAIGN_ID, book, claim, page=0))
    [item] = stored.everything()
    assert sum(len(name) + len(str(value)) for name, value in item.items()) < 1024
