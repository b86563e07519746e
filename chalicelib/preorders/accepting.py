"""Offers of the waiting list as a pre-order sees them: a page of a batch that is kept for one fan. To pre-order is to
accept. The list itself is `waiting`, which stands above and is not known here."""

from datetime import datetime

from chalicelib.batches.model import Batch
from chalicelib.kernel import keys
from chalicelib.plumbing.table import Table
from chalicelib.preorders.offer import Offer
from chalicelib.room import rules, store


def find(table: Table, fan_id: str, campaign_id: str, now: datetime) -> Offer | None:
    """The offer that the fan has at this moment. 1 read unit."""
    entry = table.get(keys.waiting_entry(fan_id, campaign_id)) or {}
    offer = Offer.model_validate(entry["offer"]) if entry.get("state") == "offered" else None
    return offer if offer is not None and now < offer.until else None


def knows(batch: Batch, offer: Offer) -> bool:
    """Whether the batch as it was read has the offered page already."""
    shelf = batch.shelf()
    return offer.book <= len(shelf) and offer.page < shelf[offer.book - 1].pages


def units_left(table: Table, batch: Batch, offer: Offer) -> int:
    """What the fan has not taken of it. Strongly consistent: 1 read unit."""
    [sheet] = store.read(table, batch.campaign_id, [offer.spot], consistent=True)
    return rules.room(batch.shelf()[offer.book - 1], sheet)
