"""How a pre-order is cut in two."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.batches.model import ClaimLine
from chalicelib.preorders import parts
from chalicelib.preorders.rules import TotalAboveAccepted, units_of

LINES = st.lists(st.integers(1, 9), min_size=1, max_size=5).map(
    lambda many: tuple(ClaimLine(variant={"lens": f"l{place}"}, quantity=one) for place, one in enumerate(many))
)


def free(place: int, units: int) -> int:
    return min(place, units)


@given(LINES, st.data())
def test_nothing_is_lost_or_doubled_by_a_cut(lines, data):
    """S2."""
    here = data.draw(st.integers(1, units_of(lines)))
    first, others = parts.cut(lines, here)
    assert units_of(first) == here
    for line in lines:
        found = [one.quantity for one in first + others if one.variant == line.variant]
        assert sum(found) == line.quantity
        assert all(found)


@given(st.lists(st.integers(0, 9), max_size=6), LINES)
def test_the_earliest_place_with_room_for_all_takes_the_whole(rooms, lines):
    units = units_of(lines)
    fitting = next((room for room in rooms if room >= units), None)
    found = parts.shared_out(rooms, lines, free, split=False)
    assert found == ([] if fitting is None else [(fitting, lines)])


@given(st.lists(st.integers(0, 9), max_size=6), LINES)
def test_two_parts_fill_the_first_place_and_fit_into_the_next_that_has_room(rooms, lines):
    units = units_of(lines)
    found = parts.shared_out(rooms, lines, free)
    if len(found) == 2:
        (first, here), (second, there) = found
        assert units_of(here) == first < units
        assert 0 < units_of(there) <= second
    # Nobody is refused whom one place, or two that follow each other but for full ones, could take.
    open_places = [room for room in rooms if room]
    pairs = pairwise([*open_places, 0])
    assert bool(found) == any(one >= units or one + other >= units for one, other in pairs)


def test_what_is_accepted_is_shared_out_without_a_rest():
    assert parts.accepted(None, [300, 200]) == [None, None]
    assert parts.accepted(600, [300, 200]) == [400, 200]
    with pytest.raises(TotalAboveAccepted):
        parts.accepted(499, [300, 200])
