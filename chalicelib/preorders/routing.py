"""The way of a pre-order: which batches it may go to, and in which of their books it looks for room."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.batches import rules as batch_rules
from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch, ClaimLine
from chalicelib.batches.rules import BatchFull
from chalicelib.batches.store import Sale
from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Refusal
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import quoting
from chalicelib.preorders.model import NewPreorder, Promise
from chalicelib.room.model import Piece, read_pieces
from chalicelib.room.seeking import Seeker


@dataclass(frozen=True)
class Stop:
    """A batch on the way, and the one who looks for room in it."""

    batch: Batch
    seeker: Seeker


@dataclass(frozen=True)
class Route:
    """The batches that a pre-order may go to, the earliest first, and what is said when none of them has room."""

    stops: tuple[Stop, ...]
    refusal: Refusal

    @property
    def path(self) -> str:
        """Every book on the way: what is frozen with the promise."""
        return ",".join(f"{stop.batch.number}.{book.number}" for stop in self.stops for book in stop.batch.shelf())

    def has_room(self, units: int) -> bool:
        return any(stop.seeker.promising(units) for stop in self.stops)


def sale_of(ports: Ports, campaign_id: str, *, seconds: float = 0) -> Sale:
    """Campaign and batches, not older than this. Refuses with CampaignMissing."""
    return batches.sale(ports.table, ports.memory, campaign_id, seconds=seconds)


def sale_with(ports: Ports, promise: Promise) -> Sale:
    """A sale in which every book of the promise's path is known: the remembered one, if it is not too old for that."""
    sale = sale_of(ports, promise.campaign_id, seconds=ports.settings.campaign_fresh_seconds)
    there = {f"{batch.number}.{book.number}" for batch in sale.batches for book in batch.shelf()}
    return sale if there.issuperset(promise.path.split(",")) else sale_of(ports, promise.campaign_id)


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
    nobody is put behind one that would have been earlier."""
    stops: list[Stop] = []
    for batch in batch_rules.taking(sale.batches, now):
        quoted = quoting.quote(sale.campaign, batch, lines)
        try:
            quoting.check_accepted(quoted, total_minor=new.accepts_total_minor, ships_at=new.accepts_ships_at)
        except Refusal as refusal:
            return Route(tuple(stops), refusal)
        stops.append(_stop(ports, sale, batch, fan_id))
    return Route(tuple(stops), BatchFull())


def _stop(ports: Ports, sale: Sale, batch: Batch, fan_id: str) -> Stop:
    return Stop(batch, Seeker(ports, sale.campaign.campaign_id, batch.shelf(), fan_id))


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
    found = []
    for batch in sale.batches:
        books = tuple(book for book in batch.shelf() if f"{batch.number}.{book.number}" in promise.path.split(","))
        if books:
            found.append(Stop(batch, Seeker(ports, promise.campaign_id, books, promise.fan_id)))
    return found
