"""Pre-orders follow their batch: locked, ordered, or released when it falls short or is cancelled.

One message a page of the manifest, so that a large batch is worked on side by side. The batch is re-read: an old
message does what is due now. Each pre-order moves by itself and conditionally, so that a repeated or interrupted
message only does what is left.
"""

from typing import Any

from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch, Claim
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import keys
from chalicelib.payments.rules import PaymentMoved
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import actions, rules, store
from chalicelib.preorders.model import Reason

FOLLOWED = ("locked", "ordered", *rules.RELEASED)


def enqueue(ports: Ports, campaign_id: str, number: int) -> None:
    """Asks the worker to look at every page of a batch's manifest."""
    for page in range(keys.CLAIM_PAGES):
        message: dict[str, str | int] = {"campaign_id": campaign_id, "number": number, "page": page}
        ports.queues.send(ports.settings.following_queue, message)


def follow(ports: Ports, message: dict[str, Any]) -> None:
    """Moves the pre-orders of one page to where their batch is."""
    campaign = campaigns.get(ports.table, message["campaign_id"])
    batch = batches.get(ports.table, campaign.campaign_id, message["number"])
    found = batches.claims_of_page(ports.table, batch.campaign_id, batch.number, page_number=message["page"])
    for claim in list(found):
        if batch.state in rules.RELEASED:
            _release(ports, claim, rules.RELEASED[batch.state])
        elif claim.secured and batch.state in FOLLOWED:
            _move(ports, campaign, batch, claim)


def _release(ports: Ports, claim: Claim, reason: Reason) -> None:
    try:
        actions.lapse(ports, claim.fan_id, claim.preorder_id, reason=reason)
    except PaymentMoved:
        return  # declined at this very moment: that change rings by itself and lapses it


def _move(ports: Ports, campaign: Campaign, batch: Batch, claim: Claim) -> None:
    total = rules.final_total_minor(campaign, batch, claim.lines)
    end = "ordered" if batch.state == "ordered" else "locked"
    try:
        ports.table.commit(store.following(claim.fan_id, claim.preorder_id, end, final_total_minor=total))  # type: ignore[arg-type]
    except rules.PreorderMissing:
        return  # it is there already
