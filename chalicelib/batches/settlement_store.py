"""Settlements in the table: beside a batch, the fate of each pre-order that is not made as it was placed.

They are written before the lock, each page once, and mean nothing without it. Whoever writes them again after a crash
writes the same: the manifest is cut by then. Pages follow the groups of the batch's pages, so that each worker reads
what it works on.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from chalicelib.batches import store
from chalicelib.batches.model import Batch
from chalicelib.batches.settling import Fate
from chalicelib.batches.wishes import Move
from chalicelib.campaigns import variants
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import keys
from chalicelib.kernel.refusals import Busy, Conflict
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import putting
from chalicelib.room import store as room
from chalicelib.room import wants
from chalicelib.room.model import COUNTED, ClaimState, Spot
from chalicelib.room.rules import PAGES_PER_GROUP

# About 100 kB at most: an item takes 400.
FATES_PER_PAGE = 300


class ManifestDisagrees(Exception):  # noqa: N818 - an alarm: figures that must be the same differ
    """The claims of a cut batch, its counters, or its settlement do not agree. Nothing is made until somebody has
    looked."""


class SettlementExists(Conflict):
    """Refused: this page of the settlement has been written."""


class Entry(NamedTuple):
    """One secured pre-order of a manifest: where it begins, and what it is for."""

    spot: Spot
    wishes: wants.Wishes


def manifest(table: Table, batch: Batch, states: tuple[ClaimState, ...] = COUNTED) -> dict[str, Entry]:
    """Every secured pre-order, paid for or not, by reference, from the pages themselves. 1 read unit a page."""
    return {
        claim.ref: Entry(sheet.spot, wants.wishes(claim.wants))
        for sheet in room.every_sheet(table, batch.campaign_id, batch.shelf())
        for claim in sheet.claims.values()
        if claim.wants and claim.state in states
    }


def write(table: Table, batch: Batch, entries: Mapping[str, Entry], fates: Mapping[str, Fate]) -> None:
    """Each page once. Raises ManifestDisagrees where another fate stands written."""
    groups: dict[tuple[int, int], list[str]] = defaultdict(list)
    for ref in sorted(ref for ref in fates if ref in entries):
        spot = entries[ref].spot
        groups[spot.book, spot.page // PAGES_PER_GROUP].append(ref)
    for (book, group), refs in sorted(groups.items()):
        for place, start in enumerate(range(0, len(refs), FATES_PER_PAGE)):
            told = {ref: _told(fates[ref]) for ref in refs[start : start + FATES_PER_PAGE]}
            key = keys.settlement(batch.campaign_id, batch.number, book, group=group, page=place)
            holds, found = table.attempt(putting(key, {"kind": "settlement", "fates": told}, refusal=SettlementExists))
            if not holds and found.get("fates") != told:
                raise ManifestDisagrees(f"settlement of {batch.campaign_id} batch {batch.number}")


def read(table: Table, batch: Batch, *, book: int | None = None, group: int = 0) -> dict[str, Fate]:
    """The fates of one group of pages, or of the whole batch; none where all is made as it was placed."""
    if not batch.settled:
        return {}
    prefix = "" if book is None else keys.settlement_group(book, group)
    return {ref: _read(told) for page in _pages(table, batch, prefix) for ref, told in page["fates"].items()}


def _pages(table: Table, batch: Batch, prefix: str) -> Iterator[dict[str, Any]]:
    pk, after = keys.settlements(batch.campaign_id, batch.number), None
    while True:
        page = table.query(pk, prefix=prefix, after=after, limit=20)
        yield from page.items
        if page.last is None:
            return
        after = str(page.last["sk"])


def _told(fate: Fate) -> dict[str, Any]:
    moves = [
        [
            move.kind,
            move.line,
            wants.text([move.was]),
            wants.text([move.now] if move.now else []),
            move.run,
            move.wanting,
        ]
        for move in fate.moves
    ]
    return {"left": fate.left or "", "lines": wants.text(fate.lines), "moves": moves}


def _read(told: dict[str, Any]) -> Fate:
    moves = tuple(
        Move("", line, kind, wants.read(was)[0], wants.read(now)[0] if now else None, run, wanting)
        for kind, line, was, now, run, wanting in told["moves"]
    )
    return Fate(told["left"] or None, tuple(wants.read(told["lines"])), moves)


def made(table: Table, campaign: Campaign, batch: Batch) -> Counter[str]:
    """Units by variant code of all that is made: what is paid for of the manifest as it was settled, and what the
    organiser takes. Raises ManifestDisagrees when the pages do not add up to the counters; Busy when the batch has
    moved on since it was read."""
    entries = manifest(table, batch)
    if sum(line.quantity for one in entries.values() for line in one.wishes.lines) != batch.collected_units:
        now = store.get(table, batch.campaign_id, batch.number)
        if (now.state, now.counted) != (batch.state, batch.counted):
            raise Busy
        raise ManifestDisagrees(f"{batch.campaign_id} batch {batch.number}")
    return _quantities(table, campaign, batch, entries)


def paid_by_now(table: Table, campaign: Campaign, batch: Batch) -> Counter[str]:
    """What would be made if nobody else paid: by the pages, since the counters may be behind."""
    return _quantities(table, campaign, batch, manifest(table, batch, ("collected",)))


def _quantities(table: Table, campaign: Campaign, batch: Batch, entries: Mapping[str, Entry]) -> Counter[str]:
    fates = read(table, batch)
    found: Counter[str] = Counter()
    for line in batch.organisers:
        found[variants.code(campaign, line.variant)] += line.quantity
    for ref, entry in entries.items():
        fate = fates.get(ref)
        lines = fate.lines if fate else [(line.code, line.quantity) for line in entry.wishes.lines]
        for code, quantity in lines:
            found[code] += quantity
    return found
