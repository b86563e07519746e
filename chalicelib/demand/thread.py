"""One pre-order's thread for its fan, and the pre-orders behind an order line for the organiser."""

import re

from chalicelib.ballots import proof
from chalicelib.ballots import store as ballots
from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns import variants
from chalicelib.demand.model import OrderedUnits, Thread, ThreadBatch, ThreadFeature, ThreadLine
from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Missing
from chalicelib.manufacturing import store as orders
from chalicelib.manufacturing import tracing
from chalicelib.manufacturing.rules import OrderMissing
from chalicelib.payments import store as payments
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import store as preorders
from chalicelib.preorders.model import Promise
from chalicelib.preorders.rules import PreorderMissing
from chalicelib.room import store as room
from chalicelib.room import wants
from chalicelib.room.model import COUNTED, Sheet, Spot, read_pieces

MOST_PAGES = 200
_CURSOR = re.compile(r"[0-9]{1,3}\.[0-9]{1,5}\.([0-9a-f]{16}_[0-9]{3})?")


class LineMissing(Missing):
    """Refused: the order has no such line."""

    sentence = "This order has no such line."


def thread(ports: Ports, fan_id: str, preorder_id: str) -> Thread:
    """What this fan voted, what won, the batch, and the order line. Refuses with PreorderMissing, also in the moment
    before the payment is asked for."""
    promise = preorders.get(ports.table, fan_id, preorder_id)
    batch = _batch(ports, promise)
    campaign = campaigns.get(ports.table, promise.campaign_id)
    ballot = ballots.find(ports.table, campaign, proof.voter_id(campaign.ballot_salt, fan_id))
    result = ballots.find_result(ports.table, campaign.campaign_id)
    votes, selectable = ballot.votes if ballot else {}, campaign.selectable or {}
    return Thread(
        preorder_id=preorder_id,
        campaign_id=campaign.campaign_id,
        state="placed" if promise.state in ("wanted", "refused") else promise.state,
        voted=ballot is not None,
        ballots=result.ballots if result else None,
        features=tuple(
            ThreadFeature(
                feature_id=feature.feature_id,
                voted=votes.get(feature.feature_id),
                kept=selectable.get(feature.feature_id, ()),
            )
            for feature in campaign.features
        ),
        lines=_lines(ports, promise, batch),
        batch=ThreadBatch.model_validate(batch.model_dump()),
    )


def _batch(ports: Ports, promise: Promise) -> Batch:
    """The batch that the pre-order is in: written with it once it is secured, with its payment until then."""
    number = promise.batch_number
    if number is None:
        payment = payments.find(ports.table, promise.preorder_id)
        if payment is None:
            raise PreorderMissing
        number = read_pieces(payment.claim)[0].spot.batch_number
    return batches.get(ports.table, promise.campaign_id, number)


def _lines(ports: Ports, promise: Promise, batch: Batch) -> tuple[ThreadLine, ...]:
    order_id = batch.order_id if promise.state == "ordered" else None
    return tuple(
        ThreadLine(
            variant=line.variant,
            quantity=line.quantity,
            order_line=tracing.line_of(ports, order_id, line.variant) if order_id else None,
        )
        for line in promise.lines
    )


def is_cursor(text: str) -> bool:
    return _CURSOR.fullmatch(text) is not None


def behind_line(  # noqa: PLR0913 - whose, which, and where to go on
    ports: Ports, organiser_id: str, order_id: str, line: str, *, cursor: str | None, limit: int
) -> tuple[list[OrderedUnits], str | None]:
    """The pre-orders whose units stand on this line, in the order of the pages on which they lie, and the cursor to go
    on with: at most 200 pages are read. Refuses with OrderMissing, LineMissing."""
    head = orders.get_head(ports.table, order_id)
    if head.organiser_id != organiser_id:
        raise OrderMissing
    found = [one for one in orders.get(ports.table, order_id).lines if str(one.line) == line]
    if not found:
        raise LineMissing
    code = variants.code(campaigns.get(ports.table, head.campaign_id), found[0].variant)
    batch = batches.get(ports.table, head.campaign_id, head.batch_number)
    return _walked(ports, batch, code, cursor=cursor, limit=limit)


def _walked(
    ports: Ports, batch: Batch, code: str, *, cursor: str | None, limit: int
) -> tuple[list[OrderedUnits], str | None]:
    book, page, ref = cursor.split(".") if cursor else ("0", "0", "")
    start = (int(book), int(page))
    spots = [Spot(batch.number, one.number, at) for one in batch.shelf() for at in range(one.pages)]
    ahead = [spot for spot in spots if (spot.book, spot.page) >= start]
    items: list[OrderedUnits] = []
    last: str | None = None
    for sheet in room.read(ports.table, batch.campaign_id, ahead[:MOST_PAGES], consistent=True):
        after = ref if (sheet.spot.book, sheet.spot.page) == start else ""
        for name, quantity in _on_page(sheet, code, after=after):
            if len(items) == limit:
                return items, last
            items.append(OrderedUnits(preorder_id=ids.of_ref(batch.campaign_id, name), quantity=quantity))
            last = f"{sheet.spot.book}.{sheet.spot.page}.{name}"
    if len(ahead) <= MOST_PAGES:
        return items, None
    return items, f"{ahead[MOST_PAGES].book}.{ahead[MOST_PAGES].page}."


def _on_page(sheet: Sheet, code: str, *, after: str) -> list[tuple[str, int]]:
    """(reference, units of this variant) of the secured pre-orders that begin on the page, in one order."""
    secured = {name: claim for name, claim in sheet.claims.items() if claim.state in COUNTED and name > after}
    units = {name: wants.quantities(claim.wants)[code] for name, claim in secured.items()}
    return sorted((name, quantity) for name, quantity in units.items() if quantity)
