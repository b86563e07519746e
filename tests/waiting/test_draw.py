"""A draw is fair, the same for everybody who repeats it, and bound to its list; room goes down the ranks."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.campaigns.waves import pseudonym
from chalicelib.waiting import draw
from chalicelib.waiting.draw import DrawnEntry, Entry, PublishedDraw

SPECIFICATION = Path(__file__).parents[2] / "docs" / "DRAWS.md"
SEED = "5eed" * 16


def digits(text: object) -> str:
    return hashlib.sha256(str(text).encode()).hexdigest()


def entry(name: object, units: int = 1, *, all_or_none: bool = False) -> Entry:
    return Entry(entry_id=digits(name)[:32], units=units, all_or_none=all_or_none)


def hashed(entries: list[Entry], campaign_id: str = "lamp", wave: int = 1, units: int = 10) -> str:
    return draw.list_hash(campaign_id, wave, units, entries)


ENTRIES = st.builds(entry, st.integers(0, 10**9), st.integers(1, 6), all_or_none=st.booleans())
LISTS = st.lists(ENTRIES, max_size=30, unique_by=lambda one: one.entry_id)
FILLED = st.lists(ENTRIES, min_size=1, max_size=12, unique_by=lambda one: one.entry_id)
ROOM = st.integers(0, 60)


# ---- the same for everybody


def test_the_example_of_the_specification_is_drawn_as_it_says():
    """Made once with sha256sum, so that the public form is held from outside."""
    block = re.search(r"```json\n(.*?)```", SPECIFICATION.read_text(), re.DOTALL)
    assert block is not None
    told = PublishedDraw.model_validate(json.loads(block[1]))
    entries = [Entry(entry_id=one.entry_id, units=one.units, all_or_none=one.all_or_none) for one in told.entries]
    assert told.seed is not None
    assert draw.commitment(told.seed) == told.commitment
    assert draw.list_hash(told.campaign_id, told.wave, told.units, entries) == told.list_hash
    drawn = draw.hold(told.seed, told.list_hash, entries, room=told.units)
    assert [one.model_dump() for one in drawn] == [one.model_dump() for one in told.entries]
    assert [one.entry_id[0] for one in draw.waiting(drawn)] == ["a", "b"]


@given(LISTS.flatmap(lambda made: st.tuples(st.just(made), st.permutations(made))), ROOM)
def test_the_order_in_which_entries_come_changes_nothing(lists, room):
    made, shuffled = lists
    assert hashed(shuffled) == hashed(made)
    again = draw.hold(SEED, hashed(made), shuffled, room=room)
    assert again == draw.hold(SEED, hashed(made), made, room=room)


@given(LISTS, ROOM)
def test_every_entry_has_one_rank_and_stands_in_order_of_its_id(entries, room):
    drawn = draw.hold(SEED, hashed(entries), entries, room=room)
    assert [one.entry_id for one in drawn] == sorted(one.entry_id for one in entries)
    assert sorted(one.rank for one in drawn) == list(range(1, len(entries) + 1))


# ---- bound to its list


@given(FILLED, st.data())
def test_changing_one_entry_changes_the_hash(entries, data):
    place = data.draw(st.integers(0, len(entries) - 1))
    one = entries[place]
    others = [*entries[:place], *entries[place + 1 :]]
    changed = [
        one.model_copy(update={"units": one.units + 1}),
        one.model_copy(update={"all_or_none": not one.all_or_none}),
        one.model_copy(update={"entry_id": digits(one.entry_id)}),
    ]
    lists = [entries, others, [*entries, entry("one more")], *([*others, other] for other in changed)]
    assert len({hashed(listed) for listed in lists}) == len(lists)


def test_the_hash_is_of_one_wave_and_its_room():
    entries = [entry("ada"), entry("bert")]
    told = {
        hashed(entries),
        hashed(entries, campaign_id="lamp:1"),
        hashed(entries, wave=11),
        hashed(entries, units=11),
        hashed([]),
    }
    assert len(told) == 5


def test_another_list_draws_anew():
    entries = [entry(name) for name in range(20)]
    orders = [
        [one.entry_id for one in draw.ranked(SEED, hashed(listed), listed) if one != entry("late")]
        for listed in (entries, [*entries, entry("late")])
    ]
    assert orders[0] != orders[1]


@pytest.mark.parametrize("entry_id", ["ada", "A" * 32, "0" * 31, "0" * 65, f"{'0' * 32}\n", "0" * 31 + " "])
def test_an_entry_id_that_could_blur_a_line_is_refused(entry_id):
    with pytest.raises(ValidationError):
        Entry(entry_id=entry_id, units=1)


@pytest.mark.parametrize("other", [("salt", 2, "ada"), ("salt", 1, "bert"), ("pepper", 1, "ada")])
def test_a_pseudonym_is_of_one_fan_in_one_wave_of_one_campaign(other):
    assert pseudonym("salt", 1, "ada") == pseudonym("salt", 1, "ada") != pseudonym(*other)
    assert Entry(entry_id=pseudonym(*other), units=1)


# ---- fair


def chi_square(seen: list[list[int]]) -> float:
    """How far a table of counts, with equal sums of rows and of columns, is from equal cells."""
    expected = sum(seen[0]) / len(seen[0])
    return sum((count - expected) ** 2 / expected for row in seen for count in row)


def test_every_entry_has_the_same_chance_of_each_rank_whatever_it_wants():
    """Of 81 degrees of freedom, one fair table in a million is over 160. The seeds are fixed: it is the same table each
    time."""
    entries = [entry(name, units=1 + name * name, all_or_none=name % 2 == 0) for name in range(10)]
    told, seen = hashed(entries), [[0] * 10 for _ in entries]
    for number in range(3_000):
        for rank, one in enumerate(draw.ranked(digits(number), told, entries)):
            seen[entries.index(one)][rank] += 1
    assert chi_square(seen) < 160


def test_every_entry_has_the_same_chance_over_many_lists_of_one_seed():
    """The seed is committed to before the list is known: what the list adds must not favour anybody either."""
    entries = [entry(name) for name in range(10)]
    seen = [[0] * 10 for _ in entries]
    for number in range(3_000):
        told = hashed([*entries, entry(f"other {number}")])
        for rank, one in enumerate(draw.ranked(SEED, told, entries)):
            seen[entries.index(one)][rank] += 1
    assert chi_square(seen) < 160


# ---- room goes down the ranks


@pytest.mark.parametrize(
    ("wanted", "room", "allotted"),
    [
        ("2 2 2", 6, [2, 2, 2]),
        ("2 2 2", 5, [2, 2, 1]),
        ("2 2! 2", 3, [2, 0, 1]),
        ("5! 5! 1!", 4, [0, 0, 1]),
        ("3 1 1", 2, [2, 0, 0]),
        ("1! 1", 0, [0, 0]),
        ("", 5, []),
    ],
)
def test_room_is_allotted_by_rank(wanted, room, allotted):
    """`2!`: two or none."""
    words = enumerate(wanted.split())
    order = [entry(number, int(word.rstrip("!")), all_or_none=word.endswith("!")) for number, word in words]
    assert draw.allocate(order, room) == allotted


@given(LISTS, ROOM)
def test_nobody_gets_less_than_could_be_had_at_their_turn(order, room):
    left = room
    for one, units in zip(order, draw.allocate(order, room), strict=True):
        if units < one.units:
            assert left < one.units
            assert units == (0 if one.all_or_none else left)
        left -= units
        assert 0 <= units <= one.units
    assert left >= 0


@given(LISTS, ROOM)
def test_room_stays_free_only_if_nobody_who_waits_would_take_it(order, room):
    allotted = draw.allocate(order, room)
    free = room - sum(allotted)
    for one, units in zip(order, allotted, strict=True):
        assert free == 0 or units == one.units or (one.all_or_none and one.units > free)


@given(LISTS, ROOM)
def test_who_gets_nothing_waits_in_order_of_rank_and_nobody_else_does(entries, room):
    drawn = draw.hold(SEED, hashed(entries), entries, room=room)
    waiting = draw.waiting(drawn)
    assert {one.entry_id for one in waiting} == {one.entry_id for one in drawn if not one.allotted}
    assert [one.rank for one in waiting] == sorted(one.rank for one in waiting)


def test_a_drawn_entry_says_what_it_asked_for():
    asked = entry("ada", 3, all_or_none=True)
    (drawn,) = draw.hold(SEED, hashed([asked]), [asked], room=3)
    assert drawn == DrawnEntry(entry_id=asked.entry_id, units=3, all_or_none=True, rank=1, allotted=3)
