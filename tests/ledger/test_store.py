"""The ledger in the table: written once, never changed, and read page by page in the order of time."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.kernel import instants, keys
from chalicelib.kernel.ids import CursorInvalid
from chalicelib.kernel.refusals import Busy
from chalicelib.ledger import rules, store
from chalicelib.ledger.model import LedgerTransaction
from chalicelib.ledger.rules import Unbalanced
from chalicelib.ledger.store import EntryExists
from chalicelib.plumbing.table import Page, Table
from chalicelib.plumbing.writes import changing, putting
from tests.examples import CAMPAIGN_ID, PREORDER_ID
from tests.hands import START
from tests.ledger.money import charged, movements, occasion, of_batch
from tests.stored import Stored

OTHER = "01900000-0000-7000-8000-0000000c0002"
PLACE = f"{instants.text(START)}#{PREORDER_ID}/charged/ch_1"


def many(number: int, **changes: Any) -> list[LedgerTransaction]:
    """So many charges, a millisecond apart, oldest first."""
    return [
        charged(place + 1, reference=f"ch_{place}", at=START + timedelta(milliseconds=place), **changes)
        for place in range(number)
    ]


def chain(table: Table, limit: int) -> list[LedgerTransaction]:
    """All pages, one after the other."""
    found: list[LedgerTransaction] = []
    cursor = None
    while True:
        items, cursor = store.page(table, CAMPAIGN_ID, cursor=cursor, limit=limit)
        assert len(items) <= limit
        found += items
        if cursor is None:
            return found
        assert len(items) == limit


class InMemory(Table):
    """A table of sorted lists, for many examples; tests below show that the real one answers alike. Counts items."""

    def __init__(self, transactions: list[LedgerTransaction]) -> None:
        self.parts: dict[str, list[dict[str, Any]]] = {}
        self.given = 0
        for one in transactions:
            write = store.writing(one)
            item = {"pk": write.key.pk, "sk": write.key.sk, **(write.attributes or {})}
            self.parts.setdefault(write.key.pk, []).append(item)

    def query(self, pk: str, *, after: str | None = None, limit: int, **_: Any) -> Page:
        found = sorted(self.parts.get(pk, []), key=lambda item: item["sk"])
        found = [item for item in found if after is None or item["sk"] > after]
        self.given += len(found[:limit])
        return Page(found[:limit], {"pk": pk, "sk": found[limit - 1]["sk"]} if len(found) >= limit else None)


class TestWriting:
    """Once, in the transaction of the state that it belongs to."""

    def test_a_transaction_is_read_back_as_it_was_written(self, stored: Stored):
        made = [
            charged(500, reason="deposit"),
            rules.refund_requested(occasion(number=1, reference=None, at=START + timedelta(1)), 5, ordered=False),
            rules.ordered(of_batch(at=START + timedelta(2)), paid_minor=900, order_total_minor=700, fee_minor=100),
        ]
        stored.commit(*map(store.writing, made))
        assert list(store.every(stored.table, CAMPAIGN_ID)) == made

    def test_its_item_says_what_it_is(self, stored: Stored):
        stored.commit(store.writing(charged()))
        part = keys.spread(f"{PREORDER_ID}/charged/ch_1", 16)
        item = stored.item(keys.Key(f"C#{CAMPAIGN_ID}#L#{part:02d}", PLACE))
        assert (item["kind"], item["movement"]) == ("ledger", "charged")

    @pytest.mark.parametrize("amount", [500, 501])
    def test_a_second_write_is_refused_and_changes_nothing(self, stored: Stored, amount: int):
        """M1: entries are never changed."""
        stored.commit(store.writing(charged(500)))
        stored.assert_refused(EntryExists, store.writing(charged(amount, reason="again")))
        assert list(store.every(stored.table, CAMPAIGN_ID)) == [charged(500)]

    def test_what_it_is_committed_with_is_not_done_the_second_time(self, stored: Stored):
        """The state and its money go together, or neither."""
        paid = keys.payment(PREORDER_ID)
        stored.commit(store.writing(charged()), putting(paid, {"kind": "payment", "captured_minor": 500}, refusal=Busy))
        more = changing(paid, add={"captured_minor": 500}, provided=[])
        stored.assert_refused(EntryExists, more, store.writing(charged()))

    def test_where_the_state_is_refused_nothing_is_in_the_ledger(self, stored: Stored):
        taken = putting(keys.payment(PREORDER_ID), {"kind": "payment"}, refusal=Busy)
        stored.commit(taken)
        stored.assert_refused(Busy, taken, store.writing(charged()))

    def test_an_unsound_transaction_never_becomes_a_write(self):
        torn = charged().model_copy(update={"entries": charged().entries[:1]})
        with pytest.raises(Unbalanced):
            store.writing(torn)

    def test_the_longest_reference_fits_into_the_key(self, stored: Stored):
        long = charged(reference="~" * 255)
        stored.commit(store.writing(long))
        [found], _ = store.page(stored.table, CAMPAIGN_ID, cursor=None, limit=1)
        assert found == long
        assert store.read_cursor(store.to_cursor(store.writing(long).key.sk))

    @pytest.mark.parametrize("reference", ["", "a b", "a\n", "\x7f", "ż", "x" * 256])
    def test_a_reference_that_no_key_should_hold_is_no_reference(self, reference: str):
        with pytest.raises((ValueError, Unbalanced)):
            charged(reference=reference, number=1)


class TestPaging:
    """Each once, in the order of time, whatever the pages."""

    @pytest.mark.parametrize(("number", "limit"), [(0, 1), (1, 1), (9, 1), (60, 7), (60, 59), (60, 60), (60, 100)])
    def test_a_chain_of_pages_shows_each_once_in_order(self, stored: Stored, number: int, limit: int):
        made = many(number)
        for one in reversed(made):
            stored.commit(store.writing(one))
        assert chain(stored.table, limit) == made
        assert list(store.every(stored.table, CAMPAIGN_ID)) == made

    @given(
        st.integers(0, 70).flatmap(lambda n: st.tuples(*(movements(place) for place in range(n)))), st.integers(1, 100)
    )
    @settings(suppress_health_check=list(HealthCheck), max_examples=40)
    def test_any_number_in_pages_of_any_size(self, made: tuple[LedgerTransaction, ...], limit: int):
        """Also many of one moment."""
        wanted = sorted(made, key=lambda one: (instants.text(one.at), one.transaction_id))
        assert chain(InMemory(list(made)), limit) == wanted

    @pytest.mark.parametrize("read_ahead", [1, 2, 3])
    def test_the_whole_is_read_on_part_by_part(self, stored: Stored, monkeypatch: pytest.MonkeyPatch, read_ahead: int):
        monkeypatch.setattr(store, "READ_AHEAD", read_ahead)
        made = many(40)
        for one in made:
            stored.commit(store.writing(one))
        assert list(store.every(stored.table, CAMPAIGN_ID)) == made

    def test_a_page_reads_little_more_than_it_shows(self):
        """And not a page of each part."""
        table = InMemory(many(5_000))
        store.page(table, CAMPAIGN_ID, cursor=None, limit=100)
        assert table.given <= 3 * 100

    def test_the_whole_is_held_in_bounded_memory(self):
        """The first of many is there when a part of each part is read."""
        table = InMemory(many(16 * store.READ_AHEAD * 2))
        next(store.every(table, CAMPAIGN_ID))
        assert table.given <= 16 * store.READ_AHEAD

    def test_another_campaigns_is_not_shown(self, stored: Stored):
        stored.commit(store.writing(charged(campaign_id=OTHER)))
        assert store.page(stored.table, CAMPAIGN_ID, cursor=None, limit=5) == ([], None)

    def test_a_cursor_goes_on_where_nothing_stands_any_more(self, stored: Stored):
        made = many(9)
        for one in made:
            stored.commit(store.writing(one))
        between = store.to_cursor(f"{instants.text(START + timedelta(milliseconds=4))}#zzz")
        assert store.page(stored.table, CAMPAIGN_ID, cursor=between, limit=2)[0] == made[5:7]


class TestCursors:
    """A cursor is read if it is one that we have given, to the letter."""

    @given(
        st.datetimes(timezones=st.none()).filter(lambda at: 2000 <= at.year < 2200), st.text(min_size=1, max_size=99)
    )
    def test_a_cursor_is_read_as_the_place_that_it_was_made_of(self, at, name):
        place = f"{at.isoformat(timespec='milliseconds')}Z#{name}"
        cursor = store.to_cursor(place)
        assert store.read_cursor(cursor) == place
        assert cursor.isascii()
        assert cursor.replace("-", "").replace("_", "").isalnum()

    def test_a_cursor_that_was_damaged_is_refused(self):
        given = store.to_cursor(PLACE)
        changed = [
            given[:place] + ("A" if given[place] != "A" else "B") + given[place + 1 :] for place in range(len(given))
        ]
        cut = [given[:place] for place in range(len(given))]
        for cursor in (*changed, *cut, f"{given}x", f"{given}=", f" {given}", f"{given}\n", given.swapcase()):
            with pytest.raises(CursorInvalid):
                store.read_cursor(cursor)

    @pytest.mark.parametrize(
        "place", ["", "x", "#", PLACE.replace("#", ""), f"{instants.text(START)}#", f"{PLACE}{'x' * 1024}", f"x{PLACE}"]
    )
    def test_a_place_that_is_none_is_refused_whoever_made_the_cursor(self, place: str):
        with pytest.raises(CursorInvalid):
            store.read_cursor(store.to_cursor(place))

    @pytest.mark.parametrize("cursor", ["", "a", "null", "%00", "\ud800", "ż", "a" * 5_000, PREORDER_ID])
    def test_what_never_was_a_cursor_is_refused(self, cursor: str):
        with pytest.raises(CursorInvalid):
            store.read_cursor(cursor)

    def test_bytes_that_are_no_text_are_refused(self):
        with pytest.raises(CursorInvalid):
            store.read_cursor(base64.urlsafe_b64encode(b"123456\xff\xff\xff").decode())
