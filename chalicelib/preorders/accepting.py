"""Offers of the waiting list as a pre-order sees them: a page of a batch that is kept for one fan. To pre-order is to
accept. The list itself is `waiting`, which stands above and is not known here."""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.batches.model import Batch
from chalicelib.campaigns import waves
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import keys
from chalicelib.plumbing.table import Table
from chalicelib.preorders.offer import Offer
from chalicelib.room import rules, store


def find(table: Table, campaign: Campaign, fan_id: str, now: datetime) -> Iterator[Offer]:
    """The offers that the fan has at this moment, of the list and of draws. 1 read unit, and 1 for each wave that was
    drawn."""
    own = [keys.waiting_entry(fan_id, campaign.campaign_id)]
    for wave in waves.drawn(campaign.waves, now):
        entry_id = waves.pseudonym(campaign.ballot_salt, wave.number, fan_id)
        own.append(keys.draw_entry(campaign.campaign_id, wave.number, entry_id))
    for key in own:
        entry = table.get(key) or {}
        offer = Offer.model_validate(entry["offer"]) if entry.get("state") == "offered" else None
        if offer is not None and now < offer.until:
            yield offer


def knows(batch: Batch, offer: Offer) -> bool:
    """Whether the batch as it was read has the offered page already."""
    shelf = batch.shelf()
    return offer.book <= len(shelf) and offer.page < shelf[offer.book - 1].pages


def units_left(table: Table, batch: Batch, offer: Offer) -> int:
    """What the fan has not taken of it. Strongly consistent: 1 read unit."""
    [sheet] = store.read(table, batch.campaign_id, [offer.spot], consistent=True)
    return rules.room(batch.shelf()[offer.book - 1], sheet)
