"""How room is cut, and the way of a fan through it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.refusals import Busy
from chalicelib.room import rules
from chalicelib.room.model import Book, Piece, Spot
from tests import examples

FANS = st.text(min_size=1, max_size=20)
BOOKS = st.lists(st.tuples(st.integers(0, 900), st.integers(1, 30)), min_size=1, max_size=4).map(
    lambda cut: tuple(Book(1, number, *one) for number, one in enumerate(cut, start=1))
)


@given(BOOKS, FANS)
def test_a_way_visits_every_page_of_every_book_once_and_book_after_book(books, fan):
    """B3: nobody is told that there is no room while a page has some."""
    way = list(rules.path(books, fan))
    assert sorted(way) == [Spot(1, book.number, page) for book in books for page in range(book.pages)]
    assert [spot.book for spot in way] == sorted(spot.book for spot in way)


def test_a_way_is_the_same_for_ever():
    """A stored promise is looked for on it."""
    way = [spot.page for spot in rules.path((Book(1, 1, 108, 12),), "sub-ada")]
    assert way == [4, 0, 5, 1, 6, 2, 7, 3, 8]


@given(BOOKS, FANS)
def test_a_new_book_changes_nothing_of_the_way_before_it(books, fan):
    before = list(rules.path(books, fan))
    longer = (*books, Book(1, len(books) + 1, 7, 12))
    assert list(rules.path(longer, fan))[: len(before)] == before


def test_a_crowd_spreads_over_the_pages_of_a_book():
    homes = Counter(rules.home_and_step(64, f"fan-{number}")[0] for number in range(6400))
    assert len(homes) == 64
    assert max(homes.values()) < 200


@pytest.mark.parametrize("limit", [1, 20, 121, 5000, 100_000])
def test_a_pre_order_of_the_whole_limit_fits_on_a_few_pages(limit):
    units = rules.page_units(limit)
    assert rules.PAGE_UNITS <= units <= rules.MOST_PAGE_UNITS
    assert -(-limit // units) <= max(rules.PAGES_PER_PREORDER, -(-limit // rules.MOST_PAGE_UNITS))


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_what_was_given_back_is_no_room_on_its_page(taken, secured, back):
    """A page that was full stays full, so that who comes twice or late cannot get in behind."""
    book = examples.book(12)
    assert rules.room(book, examples.sheet(taken=taken, secured=secured, back=back)) == 12 - taken


def test_a_sealed_page_has_no_room():
    assert rules.room(examples.book(12), examples.sheet(taken=3, sealed=True)) == 0


def rooms(*free: int):
    return iter([(Spot(1, 1, page), one) for page, one in enumerate(free)])


@pytest.mark.parametrize(
    ("free", "units", "pieces"),
    [
        ((5, 5), 3, {0: 3}),
        ((0, 5), 3, {1: 3}),
        ((2, 0, 5), 3, {0: 2, 2: 1}),
        ((1, 1, 1), 3, {0: 1, 1: 1, 2: 1}),
        ((1, 1), 3, {}),
        ((), 1, {}),
    ],
)
def test_the_first_pages_with_room_are_taken_all_or_none(free, units, pieces):
    assert rules.gathered(rooms(*free), units) == tuple(Piece(Spot(1, 1, page), n) for page, n in pieces.items())


def test_more_pages_than_a_transaction_takes_are_tried_again_later():
    free = [1] * (rules.MOST_PIECES + 1)
    assert len(rules.gathered(rooms(*free), rules.MOST_PIECES)) == rules.MOST_PIECES
    with pytest.raises(Busy):
        rules.gathered(rooms(*free), rules.MOST_PIECES + 1)
