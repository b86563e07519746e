"""The draw of a wave: who gets room, and who waits in which order. Pure.

The forms are public and must not change: docs/DRAWS.md.
"""

import hashlib
from collections.abc import Iterable
from typing import Annotated, TypeVar

from pydantic import Field, StringConstraints

from chalicelib.campaigns.waves import commitment  # noqa: F401 - a part of the rule, made when the pre-sale opens
from chalicelib.kernel.words import Kept, Quantity, Units

EntryId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32,64}$")]
E = TypeVar("E", bound="Entry")


class Entry(Kept):
    """What one fan enters a draw with, under a pseudonym. `all_or_none`: fewer units than wanted are none."""

    entry_id: EntryId
    units: Quantity
    all_or_none: bool = False


class ListedEntry(Entry):
    """An entry as published: before the seed is revealed without rank and units."""

    rank: int | None = None
    allotted: int | None = None


class DrawnEntry(ListedEntry):
    """An entry after the draw: its rank, from 1, and the units that it got. With none it waits, in order of rank."""

    rank: Annotated[int, Field(ge=1)]
    allotted: Units


class PublishedDraw(Kept):
    """One page of a draw as anybody may read it, entries in order of their ids. `units`: the room of the wave."""

    campaign_id: str
    wave: int
    units: Units
    commitment: str
    seed: str | None = None
    list_hash: str
    entries: tuple[ListedEntry, ...]
    entries_next_cursor: str | None = None


def list_hash(campaign_id: str, wave: int, units: int, entries: Iterable[Entry]) -> str:
    """One hash over all that the draw depends on beside the seed: the room and the entries, in whatever order they
    come."""
    found = hashlib.sha256(f"groundswell:draw:1:{campaign_id}:{wave}:{units}".encode())
    for entry in _by_id(entries):
        found.update(f"\n{entry.entry_id} {entry.units} {'all' if entry.all_or_none else 'up_to'}".encode())
    return found.hexdigest()


def ranked(seed: str, list_hash: str, entries: Iterable[Entry]) -> list[Entry]:
    """The entries, the first rank first. What an entry wants has no part in it."""

    def place(entry: Entry) -> bytes:
        return hashlib.sha256(f"{seed}:{list_hash}:{entry.entry_id}".encode()).digest()

    return sorted(entries, key=place)


def allocate(ranked: Iterable[Entry], room: int) -> list[int]:
    """The units of each entry, in order of rank. What is too little for an entry that wants all or none goes on to the
    next."""
    allotted = []
    for entry in ranked:
        takes = min(entry.units, room)
        if entry.all_or_none and takes < entry.units:
            takes = 0
        allotted.append(takes)
        room -= takes
    return allotted


def hold(seed: str, list_hash: str, entries: Iterable[Entry], *, room: int) -> list[DrawnEntry]:
    """The whole draw, in the order in which it is published. Doing it again gives the same."""
    order = ranked(seed, list_hash, entries)
    allotted = allocate(order, room)
    return _by_id(
        _drawn(entry, rank, units) for rank, (entry, units) in enumerate(zip(order, allotted, strict=True), 1)
    )


def waiting(drawn: Iterable[DrawnEntry]) -> list[DrawnEntry]:
    """The waiting list: who got nothing, in order of rank."""
    return sorted((entry for entry in drawn if entry.allotted == 0), key=lambda entry: entry.rank)


def _drawn(one: Entry, rank: int, allotted: int) -> DrawnEntry:
    return DrawnEntry(entry_id=one.entry_id, units=one.units, all_or_none=one.all_or_none, rank=rank, allotted=allotted)


def _by_id(entries: Iterable[E]) -> list[E]:
    return sorted(entries, key=lambda entry: entry.entry_id)
