"""Pre-orders follow their batch: locked, ordered, or released when it falls short or is cancelled.

One message for each group of pages, so that a large batch is worked on side by side. The batch is re-read: an old
message does what is due now. Each pre-order moves by itself and conditionally, so that a repeated or interrupted
message only does what is left.
"""

from typing import Any

from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch, ClaimLine
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns import variants
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import ids
from chalicelib.payments.rules import PaymentMoved
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import actions, quoting, rules, store
from chalicelib.preorders.model import Reason
from chalicelib.room import store as room
from chalicelib.room import wants
from chalicelib.room.model import Book, Claim, Spot
from chalicelib.room.rules import PAGES_PER_GROUP

FOLLOWED = ("locked", "ordered", *rules.RELEASED)


def enqueue(ports: Ports, batch: Batch) -> None:
    """Asks the worker to look at every group of a batch's pages."""
    for book in batch.shelf():
        for start in range(0, book.pages, PAGES_PER_GROUP):
            place: dict[str, str | int] = {"number": batch.number, "book": book.number, "page": start}
            ports.queues.send(ports.settings.following_queue, {"campaign_id": batch.campaign_id, **place})


def follow(ports: Ports, message: dict[str, Any]) -> None:
    """Moves the pre-orders of one group of pages to where their batch is."""
    campaign = campaigns.get(ports.table, message["campaign_id"])
    batch = batches.get(ports.table, campaign.campaign_id, message["number"])
    book = batch.shelf()[message["book"] - 1]
    for claim in _claims(ports, campaign.campaign_id, book, start=message["page"]):
        if claim.state == "back":
            continue
        if batch.state in rules.RELEASED:
            _release(ports, campaign, claim, rules.RELEASED[batch.state])
        elif batch.late and claim.state == "placed":
            missed = batch.secured_units < batch.minimum
            # Only those: once the last of them is secured, the batch locks with it.
            _release(ports, campaign, claim, "minimum_missed" if missed else "batch_locked", only_placed=True)
        elif claim.state == "secured" and batch.state in FOLLOWED:
            _move(ports, campaign, batch, claim)


def _claims(ports: Ports, campaign_id: str, book: Book, *, start: int) -> list[Claim]:
    """The pre-orders that begin on these pages."""
    pages = range(start, min(start + PAGES_PER_GROUP, book.pages))
    spots = [Spot(book.batch_number, book.number, page) for page in pages]
    sheets = room.read(ports.table, campaign_id, spots, consistent=True)
    return [claim for sheet in sheets for claim in sheet.claims.values() if claim.wants]


def _release(ports: Ports, campaign: Campaign, claim: Claim, reason: Reason, *, only_placed: bool = False) -> None:
    preorder_id = ids.of_ref(campaign.campaign_id, claim.ref)
    try:
        actions.lapse(ports, claim.fan_id, preorder_id, reason=reason, only_placed=only_placed)
    except PaymentMoved:
        return  # declined at this very moment: that change rings by itself and lapses it


def _move(ports: Ports, campaign: Campaign, batch: Batch, claim: Claim) -> None:
    lines = tuple(
        ClaimLine(variant=variants.read_code(campaign, code), quantity=quantity)
        for code, quantity in wants.read(claim.wants)
    )
    total = quoting.final_total_minor(campaign, batch, lines)
    end = "ordered" if batch.state == "ordered" else "locked"
    preorder_id = ids.of_ref(campaign.campaign_id, claim.ref)
    try:
        ports.table.commit(store.following(claim.fan_id, preorder_id, end, final_total_minor=total))  # type: ignore[arg-type]
    except rules.PreorderMissing:
        return  # it is there already
