"""Holding draws (docs/DRAWS.md): by the clock, in steps that may break off anywhere and are taken again.

entering: the wave is over, and whatever was under way. The list is written page by page, then closed with its hash.
listed: it has stood for five minutes. Ranks are written beside it; then, in one transaction, the seed is revealed and
the room that was kept is cut into pages for those who have drawn them.
held: in the order of rank each entry is told, which is to be offered its page or to be put on the waiting list.
told: the waiting list is asked.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import TypeVar

from chalicelib.batches import drawn as room
from chalicelib.batches import rules as batch_rules
from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.rules import CampaignNotPreselling
from chalicelib.kernel import instants
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.writes import Write
from chalicelib.preorders.offer import Offer
from chalicelib.waiting import draw, draw_rules, draw_store, rules
from chalicelib.waiting.draw_rules import Place
from chalicelib.waiting.model import DrawHead

LIST_PAGE = 500
# A transaction takes 100 items: the draw, and two for each who waits.
AT_ONCE = 49
# What one tick does not get done, the next one goes on with: they come each minute.
SECONDS = 45
TRIES = 4
T = TypeVar("T")


def hold_due(ports: Ports) -> None:
    """Takes the steps of draws that are due. One that cannot go on is logged, keeps no other waiting, and is looked at
    again by the next tick."""
    until = ports.clock.monotonic() + SECONDS
    for head in draw_store.list_due(ports.table, instants.text(ports.clock.now()), limit=20):
        try:
            _patiently(ports, draw_store.get(ports.table, head), until)
        except Exception:  # noqa: BLE001 - each draw for itself
            telemetry.log.exception("a draw stays where it is", extra={"campaign_id": head.campaign_id})
            telemetry.count("draws_stuck")


def _patiently(ports: Ports, head: DrawHead, until: float) -> None:
    """Who meets another one at the same step leaves it to that one; but a step that fails for itself is told."""
    listed = draw_store.listed_up_to(ports.table, head)
    try:
        _go_on(ports, head, until)
    except Busy:
        if (head, listed) == (draw_store.get(ports.table, head), draw_store.listed_up_to(ports.table, head)):
            raise


def _go_on(ports: Ports, head: DrawHead, until: float) -> None:
    drain = timedelta(seconds=ports.settings.drain_seconds)
    steps = {"entering": _list, "listed": _hold, "held": _tell}
    while head.state in steps and draw_rules.is_due(head, ports.clock.now(), drain=drain):
        if not steps[head.state](ports, head, until):
            return
        head = draw_store.get(ports.table, head)


def _chunks(all_of: Iterator[T], size: int) -> Iterator[list[T]]:
    while some := list(islice(all_of, size)):
        yield some


def _in_time(ports: Ports, until: float) -> bool:
    return ports.clock.monotonic() < until


def _list(ports: Ports, head: DrawHead, until: float) -> bool:
    """entering -> listed, or void when there is nothing to draw any more. Pages are written once, so that the list is
    what they say, whoever wrote them and whatever comes too late."""
    campaign = campaigns.get(ports.table, head.campaign_id)
    if campaign.state != "preselling":
        ports.table.commit(draw_store.moving(head, "void", due_at=None))
        return False
    pages, last = draw_store.listed_up_to(ports.table, head)
    for some in _chunks(draw_store.entered_after(ports.table, head, last), LIST_PAGE):
        ports.table.commit(draw_store.listing(head, pages, some))
        pages += 1
        if not _in_time(ports, until):
            return False
    entries = [one for page in draw_store.read_list(ports.table, head, pages) for one in page]
    found = draw.list_hash(head.campaign_id, head.wave, head.units, entries)
    due_at = ports.clock.now() + draw_rules.LIST_STANDS
    put = {"list_hash": found, "entries": len(entries), "list_pages": pages}
    ports.table.commit(draw_store.moving(head, "listed", due_at=due_at, **put))
    telemetry.count("draw_entries_listed", len(entries))
    return True


def _hold(ports: Ports, head: DrawHead, _until: float) -> bool:
    """listed -> held: seed, ranks and room at one moment."""
    pages, seed = draw_store.read_list(ports.table, head, head.list_pages), draw_store.seed(ports.table, head)
    drawn = _drawn(head, pages, seed)
    ranks = iter(drawn)
    for page, entries in enumerate(pages):
        ports.table.attempt(draw_store.ranking(head, page, islice(ranks, len(entries))))
    for _ in range(TRIES):
        try:
            ports.table.commit(*_revealing(ports, head, seed, drawn))
        except (Busy, CampaignNotPreselling):
            if draw_store.get(ports.table, head).state != "listed":
                return True
            continue
        telemetry.count("draws_held")
        return True
    raise Busy


def _drawn(head: DrawHead, pages: list[list[draw.Entry]], seed: str) -> list[draw.DrawnEntry]:
    entries = [one for page in pages for one in page]
    return draw.hold(seed, head.list_hash, entries, room=head.units)


def _revealing(ports: Ports, head: DrawHead, seed: str, drawn: list[draw.DrawnEntry]) -> list[Write]:
    """When the sale has ended meanwhile the draw is held for the proof alone."""
    campaign, batch = _sale(ports, head)
    now, number = ports.clock.now(), room.kept_for(batch, head.wave)
    sizes, books = draw_rules.sizes(drawn), {}
    writes: list[Write] = []
    if number is not None and _goes_on(ports, campaign, batch):
        books = {str(size): len(batch.books) + place for place, size in enumerate(sizes, start=1)}
        writes = [room.cutting_up(batch, number, sizes)]
        writes += [campaigns.somebody_waits(head.campaign_id)] if drawn and not campaign.waits else []
    return [draw_store.moving(head, "held", due_at=now, seed=seed, books=books), *writes]


def _sale(ports: Ports, head: DrawHead) -> tuple[Campaign, Batch]:
    campaign = campaigns.get(ports.table, head.campaign_id)
    return campaign, batches.get(ports.table, head.campaign_id, head.batch_number)


def _goes_on(ports: Ports, campaign: Campaign, batch: Batch) -> bool:
    return campaign.state == "preselling" and batch_rules.takes(batch, ports.clock.now())


def _tell(ports: Ports, head: DrawHead, until: float) -> bool:
    """held -> told: some ranks at a time, each lot in one transaction with the note of how far it has come."""
    drawn = _drawn(head, draw_store.read_list(ports.table, head, head.list_pages), head.seed or "")
    left = islice(draw_rules.places(drawn), head.told, None)
    campaign, batch = _sale(ports, head)
    for some in _chunks(left, AT_ONCE):
        told = head.told + len(some)
        ports.table.commit(draw_store.telling(head, told), *_news(ports, head, some, (campaign, batch)))
        head = head.model_copy(update={"told": told})
        if not _in_time(ports, until):
            return False
    ports.table.commit(draw_store.moving(head, "told", due_at=None))
    return True


def _news(ports: Ports, head: DrawHead, some: list[Place], sale: tuple[Campaign, Batch]) -> Iterator[Write]:
    """Who has drawn a page is offered it, the others wait; after the end of the sale nobody is offered anything."""
    campaign, batch = sale
    alive, until = _goes_on(ports, campaign, batch), rules.until(campaign, batch, ports.clock.now())
    waiting = [place.drawn for place in some if place.page is None]
    entries = draw_store.entries_of(ports.table, head, waiting) if alive else {}
    for drawn, page in some:
        if not alive or (page is not None and not head.books):
            yield draw_store.lapsing(head, drawn)
        elif page is not None:
            book = head.books[str(drawn.allotted)]
            offer = Offer(batch_number=batch.number, book=book, page=page, units=drawn.allotted, until=until)
            yield draw_store.giving(head, drawn, offer)
        else:
            listed_as = draw_rules.list_id(head, drawn.rank)
            yield from draw_store.waiting_on(head, drawn, entries[drawn.entry_id], listed_as)
