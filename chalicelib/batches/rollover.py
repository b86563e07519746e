"""Rolling over: what is secured in a batch that missed its minimum moves to the next one that takes pre-orders.

Here are the facts of it and its notes. Who is in the cut batch is noted first, group by group of its pages and each
group once, in the order of placing; only then the first one moves (`preorders.rollover`). So whoever goes on later, or
beside another, finds the same order. The notes lie where a batch that is made has its settlement.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import merge
from typing import NamedTuple

from chalicelib.batches import rules, store
from chalicelib.batches.model import FILLING, Batch
from chalicelib.batches.playbook import NextBatch
from chalicelib.batches.rolling import open_books
from chalicelib.campaigns.admission import EVERYBODY
from chalicelib.campaigns.agreements import agreed
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import keys
from chalicelib.kernel.refusals import Conflict
from chalicelib.plumbing.expressions import Condition, equals, one_of
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, putting
from chalicelib.room.model import Book
from chalicelib.room.rules import PAGES_PER_GROUP

# About 200 kB at most: an item takes 400.
ENTRIES_PER_PAGE = 1500


class RolloverOver(Conflict):
    """Refused: nobody rolls over from this batch any more."""


class NoteExists(Conflict):
    """Refused: this page of the note has been written."""


class Entry(NamedTuple):
    """One pre-order that is to roll over. They sort as they move."""

    placed_at: str
    preorder_id: str
    fan_id: str


def next_batch(table: Table, campaign: Campaign, batch: Batch, now: datetime) -> NextBatch | None:
    """The batch that would take what rolls over; read only where that is the next step of the playbook."""
    coming = agreed(campaign.playbook)[len(batch.played) :]
    if campaign.state != "preselling" or not coming or coming[0].kind != "roll":
        return None
    later = (one for one in store.list_all(table, campaign.campaign_id) if one.number > batch.number)
    found = next(rules.taking(later, now), None)
    if found is None:
        return None
    return NextBatch(found.number, rules.room_of(found, books(found)), found.closes_at, found.ships_at)


def books(batch: Batch) -> tuple[Book, ...]:
    """Where room is for what rolls over: what is for everybody, and kept for no wave."""
    return open_books(batch, EVERYBODY)


def into(batch: Batch) -> int:
    """The number of the batch that takes what rolls over from this one."""
    return next(play.into_batch for play in reversed(batch.played) if play.into_batch is not None)


def groups(batch: Batch) -> list[tuple[Book, int]]:
    """The batch's pages in groups: the book, and the first page of the group in it."""
    return [(book, start) for book in batch.shelf() for start in range(0, book.pages, PAGES_PER_GROUP)]


def note(table: Table, batch: Batch, group: tuple[Book, int], entries: Iterable[Entry]) -> None:
    """Writes down who of this group is to roll over. Repeated, the first note stands."""
    book, first = group
    every = sorted(entries)
    for page, start in enumerate(range(0, len(every), ENTRIES_PER_PAGE)):
        at = {"group": first // PAGES_PER_GROUP, "page": page}
        key = keys.settlement(batch.campaign_id, batch.number, book.number, **at)
        item = {"kind": "rollover", "entries": [list(entry) for entry in every[start : start + ENTRIES_PER_PAGE]]}
        table.attempt(putting(key, item, refusal=NoteExists))


def noted(table: Table, batch: Batch, *, after: str) -> Iterator[Entry]:
    """All that are noted, in the order in which they move, behind the given one."""
    pages, last = [], None
    while True:
        found = table.query(keys.settlements(batch.campaign_id, batch.number), after=last, limit=20)
        pages += [[Entry(*entry) for entry in item["entries"]] for item in found.items]
        if found.last is None:
            break
        last = str(found.last["sk"])
    return (entry for entry in merge(*pages) if place(entry) > after)


def place(entry: Entry) -> str:
    """The entry's place in the order of placing; sorts as the entries do."""
    return f"{entry.placed_at} {entry.preorder_id}"


def leaving(batch: Batch, units: int) -> Write:
    """Counts units that leave the batch for the next one, with the one who does. Refuses with RolloverOver."""
    return changing(_key(batch), add={"rolled_units": units}, provided=_under_way(), refusal=RolloverOver)


def finishing(batch: Batch) -> Write:
    """Nobody rolls over from here on: whoever is still in the batch is refunded. Refuses with RolloverOver."""
    return changing(_key(batch), put={"rolling_over": None}, provided=_under_way(), refusal=RolloverOver)


def _under_way() -> list[Condition]:
    return [one_of("state", FILLING), equals("rolling_over", True)]


def _key(batch: Batch) -> keys.Key:
    return keys.batch(batch.campaign_id, batch.number)
