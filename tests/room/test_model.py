"""What pages and claims are made of, and how they are written down."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.room import wants
from chalicelib.room.model import (
    Book,
    Claim,
    ClaimState,
    Counts,
    Piece,
    Spot,
    pieces_text,
    read_claim,
    read_counts,
    read_pieces,
    summed,
)
from tests import examples

PIECES = st.builds(
    Piece, st.builds(Spot, st.integers(1, 50), st.integers(1, 200), st.integers(0, 9999)), st.integers(1, 3000)
)
COUNTS = st.builds(Counts, *[st.integers(0, 3000)] * 5)
CODES = st.text("0123456789abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)
# The fan's id is another's text: the user pool's own are UUIDs.
FANS = st.one_of(st.uuids().map(str), st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))


@given(st.lists(PIECES, max_size=5).map(tuple))
def test_pieces_are_read_back_as_they_were_written(pieces):
    assert read_pieces(pieces_text(pieces)) == pieces


@given(
    FANS,
    st.sampled_from(get_args(ClaimState)),
    st.integers(1, 3000),
    st.lists(st.tuples(CODES, st.integers(1, 3000)), max_size=3),
    st.lists(PIECES, max_size=3).map(tuple),
)
def test_a_claim_is_read_back_as_it_was_written(fan_id, state, units, lines, also):
    claim = Claim("0123456789abcdef_000", fan_id, state, units, wants.text(lines), also)
    assert read_claim(claim.ref, claim.text()) == claim


@given(st.lists(st.tuples(CODES, st.integers(1, 3000)), max_size=5))
def test_what_is_wanted_is_read_back_as_it_was_written(lines):
    assert wants.read(wants.text(lines)) == lines


def test_quantities_are_told_by_variant():
    assert wants.quantities("01*2/00*1") == {"01": 2, "00": 1}
    assert wants.quantities("").total() == 0


@given(COUNTS)
def test_counters_are_read_back_as_they_were_written(counts):
    assert read_counts(str(counts)) == counts


@pytest.mark.parametrize("text", ["", "0,0,0,0"])
def test_where_nothing_was_counted_there_is_nothing(text):
    assert read_counts(text) == Counts()


@given(st.lists(COUNTS, max_size=6))
def test_a_sum_is_the_sum_of_each_counter(many):
    assert summed(many) == Counts(*(sum(one[place] for one in many) for place in range(5)))


def test_counters_of_before_anything_was_collected_mean_what_they_meant():
    assert read_counts("4,3,2,1") == Counts(version=4, taken=3, secured=2, back=1)
    assert str(Counts(4, 3, 2, 1)) == "4,3,2,1"


@given(st.integers(0, 5000), st.integers(1, 3000))
def test_the_pages_of_a_book_have_its_units_together(units, page_units):
    book = Book(1, 1, units, page_units)
    sizes = [book.size(page) for page in range(book.pages)]
    assert sum(sizes) == units
    assert all(0 < size <= page_units for size in sizes)


def test_what_is_placed_is_what_is_held_and_not_secured():
    assert examples.sheet(taken=9, secured=3, back=2).placed_units == 4
