"""The counters of a batch: sums over its pages, folded from the stream.

A page's counters come with a version, and a newer version takes the place of an older one; so do a group of 64 pages in
its batch. Hence records may come twice, late, or in any order and division: the sums never go wrong, only behind. What
a lost record leaves behind, `recount` brings up.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from chalicelib.batches import store
from chalicelib.batches.model import Batch
from chalicelib.kernel import keys
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing.expressions import absent_or_equals
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import changing
from chalicelib.room import store as room
from chalicelib.room.model import Book, Counts, Sheet, Spot, read_counts, summed
from chalicelib.room.rules import PAGES_PER_GROUP
from chalicelib.room.rules import room as room_on

TRIES = 6
Group = tuple[int, int]  # book, and place of the group in it


def count(ports: Ports, campaign_id: str, number: int, sheets: Iterable[Sheet]) -> Batch:
    """Brings the batch's counters up to these pages. Answers the batch as it is then. Twice is once."""
    groups: dict[Group, dict[int, Counts]] = defaultdict(dict)
    for sheet in sheets:
        group = groups[sheet.spot.book, sheet.spot.page // PAGES_PER_GROUP]
        place = sheet.spot.page % PAGES_PER_GROUP
        group[place] = max(group.get(place, Counts()), sheet.counts)
    sums = {group: _count_group(ports.table, campaign_id, number, group, pages) for group, pages in groups.items()}
    return _count_batch(ports.table, campaign_id, number, sums)


def _count_group(table: Table, campaign_id: str, number: int, group: Group, pages: dict[int, Counts]) -> Counts:
    """The sum over a group's pages, with these among them."""
    key = keys.room_group(campaign_id, number, group[0], group=group[1])
    for _ in range(TRIES):
        known = [read_counts(text) for text in ((table.get(key) or {}).get("pages", "")).split(";")]
        before = summed(known)
        known += [Counts()] * (max(pages) + 1 - len(known))
        for place, counts in pages.items():
            known[place] = max(known[place], counts)  # the version comes first, so the newer one is the larger
        after = summed(known)
        if after == before:
            return after
        put = {"kind": "page_group", "pages": ";".join(map(str, known)), "version": after.version}
        try:
            table.apply(changing(key, put=put, provided=[absent_or_equals("version", before.version)]))
        except Busy:
            continue
        return after
    raise Busy


def _count_batch(table: Table, campaign_id: str, number: int, sums: dict[Group, Counts]) -> Batch:
    for _ in range(TRIES):
        batch = store.get(table, campaign_id, number)
        known = {name: read_counts(text) for name, text in batch.groups.items()}
        for (book, place), counts in sums.items():
            name = f"{book}.{place}"
            known[name] = max(known.get(name, Counts()), counts)
        total = summed(list(known.values()))
        if total.version == batch.counted:
            return batch
        put = {
            "groups": {name: str(counts) for name, counts in known.items()},
            "counted": total.version,
            "held_units": total.held,
            "secured_units": total.secured,
            "collected_units": total.collected,
            "taken_units": total.taken,
            "back_units": total.back,
        }
        try:
            return Batch.model_validate(table.apply(store.counting(batch, put)))
        except Busy:
            continue
    raise Busy


def recount(ports: Ports, campaign_id: str, number: int) -> tuple[Batch, Batch]:
    """(before, after): reads every page and brings the counters up to it. They differ where records were lost, or are
    still on their way."""
    before = store.get(ports.table, campaign_id, number)
    return before, count(ports, campaign_id, number, room.every_sheet(ports.table, campaign_id, before.shelf()))


def seal(ports: Ports, batch: Batch) -> Batch:
    """Seals every page and brings the counters up to them. Repeated, it does what is left. From here on nobody gets in,
    and only payments that are under way still change the figures."""
    for book in batch.shelf():
        spots = (Spot(batch.number, book.number, page) for page in range(book.pages))
        for found in room.read(ports.table, batch.campaign_id, spots, consistent=True):
            sheet = found
            while not sheet.sealed:
                holds, item = ports.table.attempt(room.sealing(batch.campaign_id, book, sheet))
                sheet = room.sheet(sheet.spot, item) if holds or item else sheet
    return recount(ports, batch.campaign_id, batch.number)[1]


def fill_up(ports: Ports, batch: Batch, books: Iterable[Book]) -> Batch:
    """Gives back what nobody took of these books, and brings the counters up to it. Repeated, it does what is left.
    Nobody gets in any more; who is in may still get out."""
    return count(ports, batch.campaign_id, batch.number, _filled(ports, batch, books))


def _filled(ports: Ports, batch: Batch, books: Iterable[Book]) -> Iterator[Sheet]:
    for book in books:
        for found in room.every_sheet(ports.table, batch.campaign_id, [book]):
            sheet = found
            while room_on(book, sheet) > 0:
                holds, item = ports.table.attempt(room.filling_up(batch.campaign_id, book, sheet))
                sheet = room.sheet(sheet.spot, item) if holds or item else sheet
            yield sheet
