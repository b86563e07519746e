"""The table: writes are conditional and atomic, reads are paged."""

import pytest

from chalicelib.kernel.keys import Key
from chalicelib.kernel.refusals import Busy, Conflict, Invalid
from chalicelib.plumbing.expressions import absent, equals, exists
from chalicelib.plumbing.typed_json import pack, unpack
from chalicelib.plumbing.writes import changing, checking, deleting, putting
from tests.stored import Stored

ONE, TWO, THREE = (Key(f"A#{number}", "META") for number in (1, 2, 3))


class Taken(Conflict):
    """An example of a refusal."""


class Wrong(Invalid):
    """Another one."""


def put(key: Key, **attributes: object):
    return putting(key, {"kind": "example", **attributes}, refusal=Taken)


def test_what_is_put_can_be_read(stored: Stored):
    stored.commit(put(ONE, text="żółw", number=2**60, yes=True, parts=[{"sku": "A"}], empty=[]))
    assert stored.item(ONE) == {
        "pk": "A#1",
        "sk": "META",
        "kind": "example",
        "text": "żółw",
        "number": 2**60,
        "yes": True,
        "parts": [{"sku": "A"}],
        "empty": [],
    }


def test_nothing_is_read_where_nothing_is(stored: Stored):
    assert stored.table.get(ONE) is None


def test_numbers_come_back_as_whole_numbers():
    assert [type(value) for value in unpack(pack({"a": 1, "b": {"c": [2]}}))["b"]["c"]] == [int]


def test_a_second_put_is_refused(stored: Stored):
    stored.commit(put(ONE))
    stored.assert_refused(Taken, put(ONE, number=2))


def test_a_put_without_a_condition_replaces_the_whole_item(stored: Stored):
    stored.commit(put(ONE, number=1))
    stored.commit(putting(ONE, {"kind": "newer"}, provided=(), refusal=Busy))
    assert stored.item(ONE) == {"pk": "A#1", "sk": "META", "kind": "newer"}


def test_a_change_answers_the_item_as_it_is_afterwards(stored: Stored):
    stored.commit(put(ONE, units=3, note="old"))
    changed = stored.table.apply(
        changing(ONE, put={"state": "open", "note": None}, add={"units": -1}, provided=[equals("units", 3)])
    )
    assert {name: changed.get(name) for name in ("kind", "state", "units", "note")} == {
        "kind": "example",
        "state": "open",
        "units": 2,
        "note": None,
    }
    assert changed == stored.table.get(ONE)


def test_adding_counts_from_zero(stored: Stored):
    assert stored.table.apply(changing(ONE, add={"units": 2}, provided=[absent()]))["units"] == 2


def test_a_put_answers_nothing(stored: Stored):
    assert stored.table.apply(put(ONE)) == {}


def test_a_refused_change_changes_nothing(stored: Stored):
    stored.commit(put(ONE, units=3))
    stored.assert_refused(Busy, changing(ONE, add={"units": 1}, provided=[equals("units", 2)]))
    stored.assert_refused(Taken, changing(TWO, put={"units": 1}, provided=[exists()], refusal=Taken))


def test_a_deletion_is_conditional_too(stored: Stored):
    stored.commit(put(ONE, secured=True))
    stored.assert_refused(Taken, deleting(ONE, provided=[equals("secured", False)], refusal=Taken))
    stored.commit(deleting(ONE, provided=[equals("secured", True)]))
    assert stored.item(ONE) is None


def test_several_writes_are_made_together(stored: Stored):
    stored.commit(put(TWO))
    stored.commit(put(ONE), deleting(TWO, provided=[exists()]), changing(THREE, add={"units": 1}, provided=[absent()]))
    assert [item["pk"] for item in stored.everything()] == ["A#1", "A#3"]


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_one_part_that_fails_fails_them_all(stored: Stored, place: int):
    """Atomic: whichever part it is."""
    stored.commit(put(ONE, units=1), put(TWO))
    parts = [
        changing(ONE, add={"units": 5}, provided=[exists()]),
        deleting(TWO, provided=[exists()]),
        put(THREE),
    ]
    parts.insert(place, put(Key("A#1", "OTHER"), number=1))
    stored.commit(put(Key("A#1", "OTHER")))
    stored.assert_refused(Taken, *parts)


def test_the_refusal_is_that_of_the_first_part_that_failed(stored: Stored):
    stored.commit(put(ONE))
    wrong = checking(TWO, provided=[exists()], refusal=Wrong)
    stored.assert_refused(Wrong, put(THREE), wrong, put(ONE))
    stored.assert_refused(Taken, put(ONE), wrong, put(THREE))


def test_a_check_holds_the_others_to_its_condition(stored: Stored):
    wrong = checking(TWO, provided=[exists()], refusal=Wrong)
    stored.assert_refused(Wrong, put(ONE), wrong)
    stored.commit(put(TWO))
    stored.commit(put(ONE), wrong)
    assert stored.item(ONE) is not None


class TestPages:
    """Queries answer a page, and where to go on."""

    @pytest.fixture
    def filled(self, stored: Stored) -> Stored:
        """Five pre-orders and a limit of one fan, and another's pre-order."""
        for sk in ("L#1", "O#1", "O#2", "O#3", "O#4", "O#5"):
            stored.commit(put(Key("F#ada", sk), gsi1pk="LIST", gsi1sk=sk))
        stored.commit(put(Key("F#bob", "O#9")))
        return stored

    def test_a_page_holds_at_most_its_limit_and_says_where_it_ends(self, filled: Stored):
        page = filled.table.query("F#ada", prefix="O#", limit=2)
        assert [item["sk"] for item in page.items] == ["O#1", "O#2"]
        assert page.last == {"pk": "F#ada", "sk": "O#2"}

    @pytest.mark.parametrize("newest_first", [False, True])
    def test_pages_put_together_are_everything_once_and_in_order(self, filled: Stored, *, newest_first: bool):
        found: list[str] = []
        after = None
        while True:
            page = filled.table.query("F#ada", prefix="O#", after=after, limit=2, newest_first=newest_first)
            found += [item["sk"] for item in page.items]
            if page.last is None:
                break
            after = page.last["sk"]
        assert found == sorted(["O#1", "O#2", "O#3", "O#4", "O#5"], reverse=newest_first)

    def test_a_query_without_a_prefix_is_the_whole_partition_and_no_other(self, filled: Stored):
        assert len(filled.table.query("F#ada", limit=100).items) == 6

    def test_an_empty_partition_is_an_empty_page(self, stored: Stored):
        assert stored.table.query("F#nobody", limit=5) == ([], None)

    def test_an_index_is_paged_alike(self, filled: Stored):
        first = filled.table.query_index("gsi1", "LIST", limit=4, newest_first=True)
        rest = filled.table.query_index("gsi1", "LIST", after=first.last, limit=4, newest_first=True)
        assert [item["sk"] for item in (*first.items, *rest.items)] == ["O#5", "O#4", "O#3", "O#2", "O#1", "L#1"]
        assert rest.last is None

    def test_an_index_can_be_read_up_to_a_bound(self, filled: Stored):
        page = filled.table.query_index("gsi1", "LIST", up_to="O#2", limit=10)
        assert [item["sk"] for item in page.items] == ["L#1", "O#1", "O#2"]


class TestMany:
    """Several items in one call."""

    def test_they_come_in_the_order_asked_for_and_none_where_there_is_none(self, stored: Stored):
        stored.commit(put(ONE, number=1))
        stored.commit(put(THREE, number=3))
        found = stored.table.get_many([THREE, TWO, ONE], consistent=True)
        assert [item and item["number"] for item in found] == [3, None, 1]

    def test_asking_for_nothing_more_is_a_matter_of_the_caller(self, stored: Stored):
        keys = [Key(f"A#{number}", "META") for number in range(100)]
        assert stored.table.get_many(keys, consistent=False) == [None] * 100


class TestAttempts:
    """A write that may be refused, and what stood in its way."""

    def test_a_change_that_holds_answers_the_item_as_it_is_afterwards(self, stored: Stored):
        holds, item = stored.table.attempt(changing(ONE, add={"units": 2}, provided=[absent()]))
        assert (holds, item) == (True, stored.table.get(ONE))

    def test_one_that_does_not_answers_the_item_that_stood_in_its_way(self, stored: Stored):
        stored.commit(put(ONE, units=3))
        holds, item = stored.table.attempt(changing(ONE, add={"units": 1}, provided=[equals("units", 2)]))
        assert (holds, item) == (False, stored.table.get(ONE))
        assert item["units"] == 3

    def test_where_nothing_is_nothing_stood_in_the_way(self, stored: Stored):
        assert stored.table.attempt(changing(ONE, add={"units": 1}, provided=[exists()])) == (False, {})
