"""The shelves: one version after the other, and what has changed is found. Both do the same."""

import json
from datetime import timedelta

import pytest

from chalicelib.kernel import money_keys
from chalicelib.plumbing.gateway import shelf as shelves
from chalicelib.plumbing.gateway.document import blank, milliseconds
from chalicelib.plumbing.gateway.shelf import MemoryShelf, Shelf, TableShelf
from tests.hands import START
from tests.plumbing.gateway.contract import ABOUT, OTHER, Fan, GoingOn, Looking, Provided, Repeating
from tests.plumbing.gateway.simulated_hands import Simulated
from tests.stored import Stored

SECOND = timedelta(seconds=1)


class TestOnTheTable(GoingOn, Repeating, Looking):
    """A part of the contract, with the documents in the table."""

    @pytest.fixture
    def provider(self, stored: Stored) -> Provided:
        return Simulated(TableShelf(stored.table))


@pytest.fixture(params=["memory", "table"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    if request.param == "memory":
        return MemoryShelf()
    return TableShelf(request.getfixturevalue("stored").table)


def document(about: str = ABOUT, at=START, **changes):
    return {**blank(about), "changed_at": milliseconds(at), **changes}


def changed(shelf: Shelf, since) -> list[str]:
    return [one["about"] for one in shelf.changed_since(since)]


def test_what_was_written_is_read_with_its_version(shelf):
    assert shelf.read(ABOUT) == (None, 0)
    assert shelf.write(ABOUT, document(currency="EUR"), 0)
    there, version = shelf.read(ABOUT)
    assert there == document(currency="EUR")
    assert version > 0
    assert shelf.read(OTHER) == (None, 0)


def test_only_the_version_that_was_read_is_replaced(shelf):
    shelf.write(ABOUT, document(made=1), 0)
    _, version = shelf.read(ABOUT)
    assert not shelf.write(ABOUT, document(made=9), 0)
    assert shelf.write(ABOUT, document(made=2), version)
    assert not shelf.write(ABOUT, document(made=9), version)
    assert not shelf.write(OTHER, document(OTHER), 7)
    assert shelf.read(ABOUT)[0] == document(made=2)
    assert shelf.read(OTHER) == (None, 0)


def test_nobody_changes_a_document_by_changing_what_was_read_or_written(shelf):
    mine = document()
    shelf.write(ABOUT, mine, 0)
    mine["made"] = 9
    shelf.read(ABOUT)[0]["made"] = 9
    next(shelf.changed_since(START))["made"] = 9
    assert shelf.read(ABOUT)[0] == document()


def test_what_has_changed_since_then_is_found_once(shelf):
    shelf.write(ABOUT, document(ABOUT, START), 0)
    shelf.write(OTHER, document(OTHER, START + SECOND), 0)
    assert changed(shelf, START - SECOND) == [ABOUT, OTHER]
    assert changed(shelf, START) == [ABOUT, OTHER]
    assert changed(shelf, START + SECOND / 1000) == [OTHER]
    assert changed(shelf, START + SECOND * 2) == []
    shelf.write(ABOUT, document(ABOUT, START + SECOND * 2), shelf.read(ABOUT)[1])
    assert changed(shelf, START + SECOND * 2) == [ABOUT]


def test_what_time_will_change_is_found_until_then(shelf):
    coming = [{"at": milliseconds(START + SECOND * seconds)} for seconds in (5, 10)]
    shelf.write(ABOUT, document(coming=coming), 0)
    assert changed(shelf, START + SECOND * 10) == [ABOUT]
    assert changed(shelf, START + SECOND * 11) == []


def test_many_documents_are_found_page_by_page(shelf, monkeypatch):
    monkeypatch.setattr(shelves, "PAGE", 3)
    names = [f"{ABOUT}.{number}" for number in range(10)]
    for place, name in enumerate(names):
        shelf.write(name, document(name, START + SECOND * place), 0)
    assert changed(shelf, START) == names
    assert changed(shelf, START + SECOND * 4) == names[4:]


def test_what_changes_while_it_is_listed_is_neither_passed_by_nor_told_twice(shelf, monkeypatch):
    monkeypatch.setattr(shelves, "PAGE", 1)
    names = [f"{ABOUT}.{number}" for number in range(4)]
    for place, name in enumerate(names):
        shelf.write(name, document(name, START + SECOND * place), 0)
    told = []
    for one in shelf.changed_since(START):
        told.append(one["about"])
        for moved in (names[0], names[3]):
            shelf.write(moved, document(moved, START + SECOND * (10 + len(told))), shelf.read(moved)[1])
    assert sorted(told) == names


def test_one_item_per_pre_order_carries_the_document_as_text(stored: Stored):
    shelf = TableShelf(stored.table)
    shelf.write(ABOUT, document(at=START + SECOND), 0)
    assert stored.item(money_keys.simulated(ABOUT)) == {
        "pk": f"V#{ABOUT}",
        "sk": "BOOKS",
        "kind": "simulated",
        "version": 1,
        "document": json.dumps(document(at=START + SECOND), separators=(",", ":")),
        "gsi1pk": "SIMULATED",
        "gsi1sk": f"2026-11-21T12:00:01.000Z#{ABOUT}",
    }


def test_a_busy_table_is_a_shelf_that_is_not_free(stored: Stored):
    class Conflicting:
        def __getattr__(self, name: str):
            return getattr(stored.client, name)

        def put_item(self, **_: object):
            error = {"Error": {"Code": "TransactionConflictException"}}
            raise stored.client.exceptions.TransactionConflictException(error, "PutItem")

    shelf = TableShelf(stored.over(Conflicting()))
    assert not shelf.write(ABOUT, document(), 0)
    assert shelf.read(ABOUT) == (None, 0)


def test_a_document_stays_small(stored: Stored):
    """Each write costs a unit per kB, and two more for the index."""
    provider = Simulated(TableShelf(stored.table))
    fan = Fan(provider)
    sizes = []
    paid = provider.gateway.charge(fan.later(fan.saves()))
    for _ in range(2):
        sizes.append(len(stored.item(money_keys.simulated(ABOUT))["document"]))
        fan.gets_back(paid, 100)
    assert sizes[0] < 3_500
    assert sizes[1] - sizes[0] < 2_000
