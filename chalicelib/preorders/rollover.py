"""Rolling over: each pre-order of a batch that missed its minimum moves to the next batch, whole, in the order of
placing, as far as that batch has room and the fan's terms allow. Who does not move stays, and is refunded.

One message after the other, so that the order holds: first who is there is noted, group by group, then so many at a
time are moved. Each moves in one transaction: its room there, its room here, the pre-order, its payment, and the units
that the batch tells as rolled. Whatever comes twice or goes on after a crash finds what is moved already.
"""

from typing import Any

from chalicelib.batches import rollover as batch_rollover
from chalicelib.batches import rules as batch_rules
from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch
from chalicelib.batches.rollover import Entry, RolloverOver
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import ids, keys
from chalicelib.kernel.refusals import Busy
from chalicelib.payments import store as payments
from chalicelib.payments.rules import PaymentMoved
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.writes import Write
from chalicelib.preorders import quoting, rules, store
from chalicelib.preorders.model import Promise
from chalicelib.preorders.outcomes import Rolled
from chalicelib.room import store as room
from chalicelib.room.model import Claim, Piece, Spot, read_pieces
from chalicelib.room.reshaping import reshaping, standing
from chalicelib.room.rules import PAGES_PER_GROUP
from chalicelib.room.seeking import Seeker

TRIES = 4
MOVED_AT_ONCE = 200
# A transaction takes 100 items: beside the pages the pre-order, its payment and the batch.
MOST_PAGES = 97


def enqueue(ports: Ports, campaign_id: str, number: int, **step: str | int) -> None:
    """Asks the worker for a step: to note this `roll_group`, or to move those behind this place (`roll_after`)."""
    message: dict[str, str | int] = {"campaign_id": campaign_id, "number": number, **step}
    ports.queues.send(ports.settings.following_queue, message)


def carry_out(ports: Ports, message: dict[str, Any]) -> None:
    """Takes one step and asks for the next; the last one lets the batch end."""
    batch = batches.get(ports.table, message["campaign_id"], message["number"])
    if not batch.rolling_over:
        return
    if "roll_group" in message:
        then = _note(ports, batch, message["roll_group"])
    else:
        then = _move_some(ports, batch, message["roll_after"])
    if then:
        enqueue(ports, batch.campaign_id, batch.number, **then)
    else:
        ports.table.attempt(batch_rollover.finishing(batch))


def _note(ports: Ports, batch: Batch, group: int) -> dict[str, str | int]:
    """Notes the secured pre-orders of one group of pages, each once and for good. Nobody moves before all are noted."""
    groups = batch_rollover.groups(batch)
    book, start = groups[group]
    spots = [Spot(batch.number, book.number, page) for page in range(start, min(start + PAGES_PER_GROUP, book.pages))]
    sheets = room.read(ports.table, batch.campaign_id, spots, consistent=True)
    claims = [one for sheet in sheets for one in sheet.claims.values() if one.wants and one.state == "secured"]
    asked = [keys.preorder(one.fan_id, ids.of_ref(batch.campaign_id, one.ref)) for one in claims]
    entries = []
    for first in range(0, len(asked), room.READ_AHEAD):
        found = ports.table.get_many(asked[first : first + room.READ_AHEAD], consistent=True)
        entries += [Entry(item["placed_at"], item["preorder_id"], item["fan_id"]) for item in found if item]
    batch_rollover.note(ports.table, batch, groups[group], entries)
    return {"roll_group": group + 1} if group + 1 < len(groups) else {"roll_after": ""}


def _move_some(ports: Ports, batch: Batch, after: str) -> dict[str, str | int]:
    """Moves the next ones; nothing when these were the last, or when the other batch takes nobody any more."""
    campaign = campaigns.get(ports.table, batch.campaign_id)
    noted = batch_rollover.noted(ports.table, batch, after=after)
    for count, entry in enumerate(noted, start=1):
        into = batches.get(ports.table, batch.campaign_id, batch_rollover.into(batch))
        if campaign.state != "preselling" or not batch_rules.takes(into, ports.clock.now()):
            return {}
        try:
            _move(ports, campaign, batch, into, entry)
        except RolloverOver:
            return {}
        if count == MOVED_AT_ONCE:
            return {"roll_after": batch_rollover.place(entry)}
    return {}


def _move(ports: Ports, campaign: Campaign, batch: Batch, into: Batch, entry: Entry) -> None:
    """Moves one, if it is still there and can go. Refuses with RolloverOver."""
    for _ in range(TRIES):
        promise = store.get(ports.table, entry.fan_id, entry.preorder_id)
        writes = _moving(ports, campaign, batch, into, promise)
        if not writes:
            return
        try:
            ports.table.commit(*writes)
        except (Busy, PaymentMoved):
            continue
        telemetry.count("preorders_rolled")
        return
    raise Busy


def _moving(ports: Ports, campaign: Campaign, batch: Batch, into: Batch, promise: Promise) -> list[Write]:
    """All of it, or nothing where the pre-order stays: it is not here (any more), its terms are not met there, or there
    is no room for the whole of it."""
    if promise.state != "secured" or promise.batch_number != batch.number or promise.refund_wanted:
        return []
    known = promise.model_copy(update={"dated": promise.dated | {str(into.number): len(into.dates)}})
    try:
        placed = quoting.as_placed(known, campaign, into)
        rules.check_rolls(promise, placed)
    except (rules.TotalTooLarge, rules.TotalAboveAccepted, rules.ShipsLater):
        return []
    payment = payments.find(ports.table, promise.preorder_id)
    if payment is None or payment.state != "secured":
        return []
    before, books = read_pieces(promise.pieces), batch_rollover.books(into)
    pieces = Seeker(ports, campaign.campaign_id, books, promise.fan_id, first_try=True).further(promise.units)
    if not pieces or len(before) + len(pieces) > MOST_PAGES:
        return []
    was = promise.ships_at or batch.ships_at
    rolled = Rolled(from_batch=batch.number, was=was, rolled_at=ports.clock.now(), pieces=promise.pieces)
    moved = quoting.as_secured(known, placed, pieces).model_copy(update={"rolls": (*promise.rolls, rolled)})
    return [
        store.rolling_over(promise, moved, path=",".join(f"{book.batch_number}.{book.number}" for book in books)),
        batch_rollover.leaving(batch, promise.units),
        payments.amending(payment, placed.total_most_minor, moved.pieces),
        *_room(campaign, into, promise, before, pieces),
    ]


def _room(
    campaign: Campaign, into: Batch, promise: Promise, before: tuple[Piece, ...], pieces: tuple[Piece, ...]
) -> list[Write]:
    """Taken there as secured, given back here."""
    wants = rules.wants(campaign, tuple(promise.lines))
    claim = Claim(ids.preorder_ref(promise.preorder_id), promise.fan_id, "secured", 0, wants)
    left = zip(before, standing(before, claim), strict=True)
    return [
        *reshaping(campaign.campaign_id, into.shelf(), [], standing(pieces, claim), pieces),
        *(room.giving_back(campaign.campaign_id, piece.spot, one, refusal=Busy) for piece, one in left),
    ]
