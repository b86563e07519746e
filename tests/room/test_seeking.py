"""Looking for room: whoever comes twice, late, or to pages that are nearly full."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.plumbing.memory import Memory
from chalicelib.plumbing.ports import Ports
from chalicelib.room import rules, store
from chalicelib.room.model import Book, Piece, Sheet, Spot
from chalicelib.room.seeking import Seeker
from tests import examples
from tests.examples import CAMPAIGN_ID, REF
from tests.races.conftest import quick
from tests.races.quick_world import QuickWorld

__all__ = ["quick"]
BOOKS = (Book(1, 1, 60, 12), Book(1, 2, 7, 12))
ADA = "sub-ada"
WAY = list(rules.path(BOOKS, ADA))


@pytest.fixture
def ports(quick: QuickWorld) -> Ports:
    return quick.ports


def container(ports: Ports) -> Ports:
    """One that has learnt nothing yet."""
    return replace(ports, memory=Memory(ports.clock))


def seeker(ports: Ports, fan: str = ADA) -> Seeker:
    return Seeker(ports, CAMPAIGN_ID, BOOKS, fan)


def fill(ports: Ports, spot: Spot, units: int, ref: str = "") -> None:
    """Somebody takes units on this page."""
    book = BOOKS[spot.book - 1]
    claim = examples.claim(ref=ref or f"{spot.book:08x}{spot.page:08x}_000", fan_id="sub-zoe", units=units)
    ports.table.commit(store.claiming(CAMPAIGN_ID, book, claim, page=spot.page))


def sheets(ports: Ports) -> list[Sheet]:
    return list(store.every_sheet(ports.table, CAMPAIGN_ID, BOOKS))


def test_the_first_page_of_the_way_is_taken_without_a_read(ports: Ports, quick: QuickWorld):
    calls: list[str] = []
    quick.engine.hook = lambda when, call: calls.append(call) if when == "before" else None
    assert seeker(ports).claim(REF, "00*3", 3) == (Piece(WAY[0], 3),)
    assert calls == ["Update"]


def test_full_pages_are_passed_and_the_next_one_with_room_is_taken(ports: Ports):
    for spot in WAY[:3]:
        fill(ports, spot, 12)
    assert seeker(ports).claim(REF, "00*3", 3) == (Piece(WAY[3], 3),)


def test_what_fits_on_no_page_is_taken_in_pieces_all_or_none(ports: Ports):
    fill(ports, WAY[0], 10)
    taken = seeker(ports).claim(REF, "00*14", 14)
    assert taken == (Piece(WAY[0], 2), Piece(WAY[1], 12))
    assert sum(sheet.counts.held for sheet in sheets(ports)) == 24
    assert container_finds(ports) == taken


def container_finds(ports: Ports) -> tuple[Piece, ...]:
    return seeker(container(ports)).look(REF)


def test_when_all_books_together_have_too_little_nothing_is_taken(ports: Ports):
    for spot in WAY:
        fill(ports, spot, BOOKS[spot.book - 1].size(spot.page) - (spot == WAY[2]))
    before = sheets(ports)
    assert seeker(ports).claim(REF, "00*2", 2) == ()
    assert sheets(ports) == before
    assert seeker(container(ports)).claim(REF, "00*1", 1) == (Piece(WAY[2], 1),)


@pytest.mark.parametrize("units", [2, 14])
def test_a_twin_is_told_where_the_other_has_taken_room(ports: Ports, units: int):
    """F29: one claim, whoever asks how often."""
    first = seeker(ports).claim(REF, f"00*{units}", units)
    assert seeker(container(ports)).claim(REF, f"00*{units}", units) == first
    assert sum(sheet.counts.held for sheet in sheets(ports)) == units


def test_a_twin_that_filled_a_page_up_is_met_and_not_passed(ports: Ports):
    """Who looks ahead sees that page full, and room behind it."""
    fill(ports, WAY[0], 12)
    fill(ports, WAY[1], 10)
    assert seeker(ports).claim(REF, "00*2", 2) == (Piece(WAY[1], 2),)
    assert seeker(container(ports)).claim(REF, "00*2", 2) == (Piece(WAY[1], 2),)
    assert sum(REF in sheet.claims for sheet in sheets(ports)) == 1


def test_one_whose_claim_was_given_back_does_not_get_another(ports: Ports):
    [piece] = seeker(ports).claim(REF, "00*3", 3)
    claim = examples.claim(units=3, wants="00*3")
    ports.table.commit(store.giving_back(CAMPAIGN_ID, piece.spot, claim, refusal=rules.NoRoom))
    assert seeker(container(ports)).claim(REF, "00*3", 3) == (piece,)
    assert sum(sheet.counts.taken for sheet in sheets(ports)) == 3


def test_who_has_nothing_is_not_found(ports: Ports):
    fill(ports, WAY[0], 12)
    assert seeker(ports).look(REF) == ()


def test_what_goes_while_pieces_are_gathered_is_gathered_anew(ports: Ports, quick: QuickWorld):
    """All or none, and never more than there is."""
    fill(ports, WAY[0], 10)

    def meanwhile(when: str, call: str) -> None:
        if (when, call) == ("before", "transact_write_items"):
            quick.engine.hook = None
            fill(container(ports), WAY[0], 2, ref="0000000000000099_000")

    quick.engine.hook = meanwhile  # type: ignore[assignment]
    assert seeker(ports).claim(REF, "00*14", 14) == (Piece(WAY[1], 12), Piece(WAY[2], 2))


def test_a_first_try_does_not_ask_about_pages_that_the_container_knows_to_be_full(ports: Ports, quick: QuickWorld):
    for spot in WAY:
        fill(ports, spot, BOOKS[spot.book - 1].size(spot.page))
    assert seeker(ports).claim(REF, "00*1", 1) == ()
    calls: list[Any] = []
    quick.engine.hook = lambda _when, call: calls.append(call)
    assert Seeker(ports, CAMPAIGN_ID, BOOKS, "sub-bob", first_try=True).claim(REF, "00*1", 1) == ()
    assert calls == []


def test_who_goes_on_with_a_promise_sees_each_page_for_himself(ports: Ports):
    """A page may be full because of this very pre-order."""
    fill(ports, WAY[0], 10)
    assert seeker(ports).claim(REF, "00*2", 2) == (Piece(WAY[0], 2),)
    assert seeker(ports).claim(REF, "00*2", 2) == (Piece(WAY[0], 2),)
    assert sum(REF in sheet.claims for sheet in sheets(ports)) == 1
