"""The way of a pre-order: which batches it may go to, and in which of their books it looks for room."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.batches import rolling
from chalicelib.batches import rules as batch_rules
from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch, ClaimLine
from chalicelib.batches.rules import BatchFull
from chalicelib.batches.store import Sale
from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Refusal
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import accepting, admitting, quoting
from chalicelib.preorders.model import NewPreorder, Promise
from chalicelib.preorders.offer import Offer
from chalicelib.preorders.rules import units_of
from chalicelib.room.model import Book, Piece, read_pieces
from chalicelib.room.seeking import Seeker

OFFER_ENDED = "Your offer has just ended. Join the waiting list again if you still want it."


@dataclass(frozen=True)
class Stop:
    """A batch on the way, and the one who looks for room in these of its books."""

    batch: Batch
    books: tuple[Book, ...]
    seeker: Seeker


@dataclass(frozen=True)
class Route:
    """The batches that a pre-order may go to, the earliest first, and what is said when none of them has room."""

    stops: tuple[Stop, ...]
    refusal: Refusal
    limit: int | None = None  # of a wave, if that is less than the campaign's

    @property
    def path(self) -> str:
        """Every book on the way, or the one page of it: what is frozen with the promise."""
        return ",".join(_name(book) for stop in self.stops for book in stop.books)

    @property
    def dated(self) -> dict[str, int]:
        """How often the ship dates on the way have been moved: frozen with the promise as well."""
        return {str(stop.batch.number): len(stop.batch.dates) for stop in self.stops if stop.batch.dates}

    def has_room(self, units: int) -> bool:
        return any(stop.seeker.promising(units) for stop in self.stops)


def sale_of(ports: Ports, campaign_id: str, *, seconds: float = 0) -> Sale:
    """Campaign and batches, not older than this. Refuses with CampaignMissing."""
    return batches.sale(ports.table, ports.memory, campaign_id, seconds=seconds)


def sale_with(ports: Ports, promise: Promise) -> Sale:
    """A sale in which every book of the promise's path, and every ship date that was promised, is known: the remembered
    one, if it is not too old for that."""
    sale = sale_of(ports, promise.campaign_id, seconds=ports.settings.campaign_fresh_seconds)
    there = {_name(book) for batch in sale.batches for book in _on(promise.path, batch)}
    dated = all(len(batch.dates) >= promise.known_moves(batch.number) for batch in sale.batches)
    return sale if dated and there.issuperset(promise.path.split(",")) else sale_of(ports, promise.campaign_id)


def _name(book: Book) -> str:
    """`1.2` for a book, `1.2.5` for one page of it."""
    return f"{book.batch_number}.{book.number}" + ("" if book.only is None else f".{book.only}")


def _on(path: str, batch: Batch) -> Iterator[Book]:
    """The books of the batch that the path goes through."""
    named = [tuple(map(int, name.split("."))) for name in path.split(",")]
    for book in batch.shelf():
        for number, place, *page in named:
            if (number, place) == (batch.number, book.number) and all(one < book.pages for one in page):
                yield replace(book, only=page[0]) if page else book


def route(  # noqa: PLR0913 - all that the way depends on
    ports: Ports,
    sale: Sale,
    fan_id: str,
    lines: tuple[ClaimLine, ...],
    *,
    new: NewPreorder | Promise,
    now: datetime,
) -> Route:
    """The batches that take these lines on the fan's terms. It ends at the first batch that the fan does not accept:
    nobody is put behind one that would have been earlier. Who has an offer of the waiting list that takes them goes
    there."""
    if sale.campaign.waits and (offered := _offered(ports, sale, fan_id, lines, new=new, now=now)):
        return offered
    stops: list[Stop] = []
    admission = admitting.admitted(sale.campaign, new, lines, now)
    for batch in batch_rules.taking(sale.batches, now):
        books = rolling.open_books(batch, admission)
        if not books:
            continue
        quoted = quoting.quote(sale.campaign, batch, lines)
        try:
            quoting.check_accepted(quoted, total_minor=new.accepts_total_minor, ships_at=new.accepts_ships_at)
        except Refusal as refusal:
            return Route(tuple(stops), refusal, admission.limit)
        stops.append(_stop(ports, batch, books, fan_id))
    return Route(tuple(stops), admitting.full(sale, admission, now), admission.limit)


def _offered(  # noqa: PLR0913 - all that the way depends on
    ports: Ports,
    sale: Sale,
    fan_id: str,
    lines: tuple[ClaimLine, ...],
    *,
    new: NewPreorder | Promise,
    now: datetime,
) -> Route | None:
    """The way to the page that is kept for this fan, if there is one that takes these lines."""
    for offer in accepting.find(ports.table, sale.campaign, fan_id, now):
        batch = next(one for one in sale.batches if one.number == offer.batch_number)
        if not accepting.knows(batch, offer):
            batch = batches.get(ports.table, batch.campaign_id, batch.number)
        if batch_rules.takes(batch, now) and accepting.units_left(ports.table, batch, offer) >= units_of(lines):
            return _to_the_offer(ports, sale, fan_id, lines, new=new, at=(batch, offer))
    return None


def _to_the_offer(  # noqa: PLR0913 - all that the way depends on
    ports: Ports,
    sale: Sale,
    fan_id: str,
    lines: tuple[ClaimLine, ...],
    *,
    new: NewPreorder | Promise,
    at: tuple[Batch, Offer],
) -> Route:
    batch, offer = at
    try:
        quoted = quoting.quote(sale.campaign, batch, lines)
        quoting.check_accepted(quoted, total_minor=new.accepts_total_minor, ships_at=new.accepts_ships_at)
    except Refusal as refusal:
        return Route((), refusal)
    book = replace(batch.shelf()[offer.book - 1], only=offer.page)
    return Route((_stop(ports, batch, (book,), fan_id),), BatchFull(OFFER_ENDED))


def _stop(ports: Ports, batch: Batch, books: tuple[Book, ...], fan_id: str) -> Stop:
    """Before the promise is written down, or goes another way: see Seeker."""
    return Stop(batch, books, Seeker(ports, batch.campaign_id, books, fan_id, first_try=True))


def claimed(ports: Ports, promise: Promise, sale: Sale | None = None) -> tuple[Piece, ...]:
    """Where this pre-order has taken room: nothing when it has none (yet)."""
    if promise.pieces:
        return read_pieces(promise.pieces)
    sale = sale or sale_with(ports, promise)
    for stop in frozen(ports, sale, promise):
        if found := stop.seeker.look(ids.preorder_ref(promise.preorder_id)):
            return found
    return ()


def frozen(ports: Ports, sale: Sale, promise: Promise) -> list[Stop]:
    """The promise's own path, batch by batch."""
    found = [(batch, tuple(_on(promise.path, batch))) for batch in sale.batches]
    return [
        Stop(batch, books, Seeker(ports, batch.campaign_id, books, promise.fan_id)) for batch, books in found if books
    ]
