"""Orders and manufacturers in the table: each write once as it should be, and once for each condition that refuses."""

import pytest

from chalicelib.campaigns.model import PartCount
from chalicelib.kernel import ids, instants, keys
from chalicelib.kernel.refusals import Busy
from chalicelib.manufacturing import store
from chalicelib.manufacturing.model import Answer, Manufacturer
from chalicelib.manufacturing.rules import OrderMissing
from chalicelib.manufacturing.store import LinesExist, OrderExists
from chalicelib.plumbing.writes import putting
from tests import examples
from tests.examples import CAMPAIGN_ID, ORDER_ID
from tests.hands import START
from tests.stored import Stored

KEY = keys.order(ORDER_ID)
NOW = instants.text(START)
MAKER = Manufacturer(manufacturer_id="maker", name="Maker", endpoint_url="https://maker.example/orders")


def issue(stored: Stored, **changes: object) -> None:
    stored.commit(store.issuing(examples.head(**changes)))


class TestIssuing:
    """Lines first, then the head."""

    def test_an_order_is_read_back_as_it_was_issued(self, stored: Stored):
        for write in store.writing_lines(ORDER_ID, (examples.line(),)):
            stored.commit(write)
        issue(stored)
        assert store.get(stored.table, ORDER_ID) == examples.order()

    def test_a_second_order_for_the_same_batch_is_refused(self, stored: Stored):
        """O1."""
        issue(stored)
        stored.assert_refused(OrderExists, store.issuing(examples.head(units=4)))

    def test_a_page_of_lines_is_written_once(self, stored: Stored):
        [write] = store.writing_lines(ORDER_ID, (examples.line(),))
        stored.commit(write)
        stored.assert_refused(LinesExist, *store.writing_lines(ORDER_ID, (examples.line(quantity=9),)))

    def test_lines_without_a_head_are_no_order(self, stored: Stored):
        stored.commit(*store.writing_lines(ORDER_ID, (examples.line(),)))
        with pytest.raises(OrderMissing):
            store.get(stored.table, ORDER_ID)

    @pytest.mark.parametrize(("lines", "pages"), [(0, 0), (1, 1), (100, 1), (101, 2), (250, 3)])
    def test_lines_lie_in_pages_of_a_hundred(self, lines, pages):
        made = tuple(examples.line(number) for number in range(1, lines + 1))
        writes = store.writing_lines(ORDER_ID, made)
        assert len(writes) == pages
        assert [line["line"] for write in writes for line in write.attributes["lines"]] == list(range(1, lines + 1))

    def test_lines_with_very_many_parts_take_more_pages(self, stored: Stored):
        """400 kB is the most that an item holds: an order must not be stuck because its lines are long."""
        parts = tuple(PartCount(sku=f"{number:064d}", quantity=10**9) for number in range(400))
        lines = tuple(examples.line(number, parts=parts) for number in range(1, 41))
        writes = store.writing_lines(ORDER_ID, lines)
        assert len(writes) > 1
        for write in writes:
            stored.commit(write)
        issue(stored, line_count=40)
        assert store.get(stored.table, ORDER_ID).lines == lines

    def test_all_lines_of_all_pages_are_read_in_order(self, stored: Stored, monkeypatch: pytest.MonkeyPatch):
        """O3."""
        monkeypatch.setattr(store, "LINES_PER_PAGE", 2)
        monkeypatch.setattr(store, "MOST_PAGES", 2)
        lines = tuple(examples.line(number) for number in range(1, 12))
        for write in store.writing_lines(ORDER_ID, lines):
            stored.commit(write)
        issue(stored, line_count=11)
        assert store.get(stored.table, ORDER_ID).lines == lines


class TestAnswering:
    """What the manufacturer said."""

    def test_answers_follow_one_another(self, stored: Stored):
        issue(stored)
        received = Answer(answer="received", at=START)
        stored.commit(store.answering(examples.head(), received))
        again = store.get_head(stored.table, ORDER_ID)
        accepted = Answer(answer="accepted_with_changes", note="Later", at=START)
        stored.commit(store.answering(again, accepted))
        found = store.get_head(stored.table, ORDER_ID)
        assert (found.state, found.answers) == ("accepted_with_changes", (received, accepted))

    def test_of_two_answers_at_once_one_is_refused(self, stored: Stored):
        """F25."""
        issue(stored)
        stored.commit(store.answering(examples.head(), Answer(answer="accepted", at=START)))
        stored.assert_refused(Busy, store.answering(examples.head(), Answer(answer="rejected", at=START)))

    def test_an_answer_makes_no_order_out_of_nothing(self, stored: Stored):
        stored.assert_refused(Busy, store.answering(examples.head(), Answer(answer="accepted", at=START)))


class TestDelivery:
    """Attempts, and the first success."""

    def test_failed_attempts_are_counted_until_one_succeeds(self, stored: Stored):
        issue(stored)
        stored.commit(store.undelivered(ORDER_ID, "status_500"))
        stored.commit(store.undelivered(ORDER_ID, "ReadTimeoutError"))
        found = store.get_head(stored.table, ORDER_ID)
        assert (found.delivery_attempts, found.delivery_problem) == (2, "ReadTimeoutError")
        stored.commit(store.delivered(ORDER_ID, NOW))
        found = store.get_head(stored.table, ORDER_ID)
        assert (found.delivery_attempts, found.delivery_problem, found.delivered_at) == (3, None, START)

    @pytest.mark.parametrize("write", [store.delivered(ORDER_ID, NOW), store.undelivered(ORDER_ID, "status_500")])
    def test_what_comes_after_a_success_changes_nothing(self, stored: Stored, write):
        issue(stored)
        stored.commit(store.delivered(ORDER_ID, NOW))
        stored.assert_refused(OrderExists, write)

    @pytest.mark.parametrize("write", [store.delivered(ORDER_ID, NOW), store.undelivered(ORDER_ID, "status_500")])
    def test_an_attempt_makes_no_order_out_of_nothing(self, stored: Stored, write):
        stored.assert_refused(OrderExists, write)


class TestLists:
    """Own orders, newest first."""

    @pytest.fixture
    def issued(self, stored: Stored) -> list[str]:
        names = [ids.order_id(CAMPAIGN_ID, number, revision=1) for number in range(1, 6)]
        for name in names:
            issue(stored, order_id=name)
        issue(stored, order_id=ids.order_id(CAMPAIGN_ID, 9, revision=1), manufacturer_id="other", organiser_id="other")
        return names

    @pytest.mark.parametrize(
        ("listing", "owner"), [(store.list_for_manufacturer, "maker"), (store.list_for_organiser, "sub-olga")]
    )
    def test_pages_put_together_are_ones_own_orders(self, stored: Stored, issued: list[str], listing, owner):
        """A1: and nobody else's."""
        found: list[str] = []
        cursor, more = None, True
        while more:
            page, cursor = listing(stored.table, owner, cursor=cursor, limit=2)
            found += [head.order_id for head in page]
            more = cursor is not None
        assert found == issued[::-1]

    def test_a_manufacturer_with_the_name_of_an_organiser_sees_none_of_theirs(self, stored: Stored):
        issue(stored)
        assert store.list_for_manufacturer(stored.table, "sub-olga", cursor=None, limit=5) == ([], None)


@pytest.mark.parametrize("order_id", [ORDER_ID, "", "x", f"{CAMPAIGN_ID}", f"{ORDER_ID}\n", "\ud800", "x" * 3000])
def test_an_order_that_is_not_there_is_missing_whatever_was_asked_for(stored: Stored, order_id: str):
    with pytest.raises(OrderMissing):
        store.get(stored.table, order_id)


class TestManufacturers:
    """The registry."""

    def test_a_manufacturer_is_read_back_as_registered(self, stored: Stored):
        assert store.find_manufacturer(stored.table, "maker") is None
        stored.commit(store.registering(MAKER))
        assert store.find_manufacturer(stored.table, "maker") == MAKER

    def test_registering_again_replaces_it_and_switches_it_on(self, stored: Stored):
        stored.commit(store.registering(MAKER))
        stored.commit(store.disabling("maker"))
        assert store.find_manufacturer(stored.table, "maker").enabled is False
        moved = MAKER.model_copy(update={"endpoint_url": "https://new.example/"})
        stored.commit(store.registering(moved))
        assert store.find_manufacturer(stored.table, "maker") == moved

    def test_an_item_of_another_kind_is_never_overwritten(self, stored: Stored):
        stored.commit(putting(keys.manufacturer("maker"), {"kind": "another"}, refusal=Busy))
        stored.assert_refused(Busy, store.registering(MAKER))

    def test_one_that_was_never_registered_cannot_be_switched_off(self, stored: Stored):
        stored.assert_refused(Busy, store.disabling("maker"))
