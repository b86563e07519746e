"""Once an hour the counters of every filling batch are compared with its pages: what the stream has lost shows here.

A page that is ahead of its counters is no loss yet: its record may be on its way. So a group of 64 pages whose counters
are behind is noted, and looked at again some minutes later. What is still behind then has drifted: it is brought up, as
at the lock, and told.
"""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.batches import counting, store
from chalicelib.batches.model import COLLECTING, FILLING, Batch
from chalicelib.batches.recount import Recount, has_drifted
from chalicelib.kernel import instants, keys
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.expressions import one_of
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import changing
from chalicelib.room import store as room
from chalicelib.room.model import Book, Sheet, Spot, read_counts, summed
from chalicelib.room.rules import PAGES_PER_GROUP

GROUPS_AT_ONCE = 60


def recount_due(ports: Ports) -> None:
    """Recounts some groups of the batches whose turn it is, the longest unseen first; the next tick goes on. A batch
    that cannot be read is logged and keeps no other waiting."""
    left = GROUPS_AT_ONCE
    for campaign_id, number in _due(ports.table, ports.clock.now()):
        if left <= 0:
            return
        try:
            left -= _recount(ports, store.get(ports.table, campaign_id, number), left)
        except Exception:  # noqa: BLE001 - each batch for itself
            telemetry.log.exception("a batch is not recounted", extra={"campaign_id": campaign_id, "batch": number})


def _due(table: Table, now: datetime) -> list[tuple[str, int]]:
    """(campaign_id, number) of the filling batches that are to be looked at."""
    found = [batch for batch in _filling(table) if batch.recount is None or batch.recount.goes_on(now)]
    found.sort(key=lambda batch: instants.text(batch.recount.looked_at) if batch.recount else "")
    return [(batch.campaign_id, batch.number) for batch in found]


def _filling(table: Table) -> Iterator[Batch]:
    last = None
    while True:
        page = table.query_index("gsi2", store.DUE, after=last, limit=100)
        yield from map(Batch.model_validate, page.items)
        if page.last is None:
            return
        last = page.last


def _recount(ports: Ports, batch: Batch, most: int) -> int:
    """Judges what was noted, and goes on with so many groups of the batch at most; answers at how many it looked."""
    now = ports.clock.now()
    groups, before = _groups(batch), batch.recount or Recount(looked_at=now)
    if batch.recount is not None and not before.goes_on(now):
        return 0  # the index was late
    left = groups[before.next_group :][:most]
    if before.behind:
        _judge(ports, batch, before)
        batch = store.get(ports.table, batch.campaign_id, batch.number)
        left = left if before.next_group else []  # the pass was through
    behind = {name: counts for group in left for name, counts in _behind(ports.table, batch, *group)}
    reached = before.next_group + len(left) if left else 0
    _note(ports, batch, next_group=reached if reached < len(groups) else 0, behind=behind)
    return len(left)


def _groups(batch: Batch) -> list[tuple[Book, int]]:
    return [(book, first) for book in batch.shelf() for first in range(0, book.pages, PAGES_PER_GROUP)]


def _sheets(table: Table, batch: Batch, book: Book, first: int) -> list[Sheet]:
    pages = range(first, min(first + PAGES_PER_GROUP, book.pages))
    spots = [Spot(batch.number, book.number, page) for page in pages]
    return list(room.read(table, batch.campaign_id, spots, consistent=True))


def _behind(table: Table, batch: Batch, book: Book, first: int) -> Iterator[tuple[str, str]]:
    """The group and the counts of its pages, where the batch, which was read before, counts otherwise."""
    name = f"{book.number}.{first // PAGES_PER_GROUP}"
    found = summed([sheet.counts for sheet in _sheets(table, batch, book, first)])
    if found != read_counts(batch.groups.get(name, "")):
        yield name, str(found)


def _judge(ports: Ports, batch: Batch, noted: Recount) -> None:
    """What was behind and still is has drifted: told, and brought up to the pages."""
    drifted = [name for name, counts in noted.behind.items() if has_drifted(batch.groups.get(name, ""), counts)]
    for name in drifted:
        number, place = map(int, name.split("."))
        sheets = _sheets(ports.table, batch, batch.shelf()[number - 1], place * PAGES_PER_GROUP)
        counting.count(ports, batch.campaign_id, batch.number, sheets)
    if drifted:
        where = {"campaign_id": batch.campaign_id, "batch": batch.number, "groups": drifted}
        telemetry.log.error("counters had drifted from the pages", extra=where)
    telemetry.count("counters_drifted", len(drifted))


def _note(ports: Ports, batch: Batch, *, next_group: int, behind: dict[str, str]) -> None:
    """Where the recount has come to, unless the batch has ended meanwhile."""
    recount = Recount(looked_at=ports.clock.now(), next_group=next_group, behind=behind)
    put = {"recount": recount.model_dump(mode="json", exclude_defaults=True)}
    key = keys.batch(batch.campaign_id, batch.number)
    ports.table.attempt(changing(key, put=put, provided=[one_of("state", (*FILLING, *COLLECTING))]))
