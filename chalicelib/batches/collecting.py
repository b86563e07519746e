"""What comes of a locked batch: it is collected, and ordered, or short of its minimum after what was announced. Pure.

When the time to mend a declined payment is over and too little is paid for, that time is made longer once, where the
campaign has announced it. Then whoever has not paid leaves. When too little is left, the organiser may take over what
is missing, where that was announced. Then everybody gets everything back.
"""

from datetime import datetime
from typing import Literal

from chalicelib.batches.model import Batch
from chalicelib.campaigns.model import Campaign

Next = Literal["collecting", "prolonging", "dropping", "awaiting", "ordered", "short", "cancelled"]


def is_collected(batch: Batch) -> bool:
    """Whether each of its units is paid for or gone. Its counters may be behind, but a page where all is paid for stays
    so: nobody gets into a locked batch."""
    return batch.state == "collecting" and batch.collected_units == batch.secured_units


def may_prolong(batch: Batch, campaign: Campaign, now: datetime) -> bool:
    """Whether the grace is over, and may be made longer if too little is paid for by now."""
    rule = campaign.on_drop_outs
    announced = rule is not None and rule.longer_grace_days is not None
    return announced and grace_is_over(batch, now) and batch.prolonged_at is None and not batch.dropping


def grace_is_over(batch: Batch, now: datetime) -> bool:
    return batch.state == "collecting" and batch.grace_until is not None and now >= batch.grace_until


def next_state(batch: Batch, campaign: Campaign, now: datetime, *, made_units: int) -> Next | None:
    """`made_units`: what is made of what is paid for by now, with what the organiser takes. It counts once the batch is
    collected, and where the grace may be made longer."""
    if campaign.state == "cancelled":
        return "cancelled"
    if batch.state == "locked":
        return "collecting"
    if is_collected(batch):
        return "ordered" if made_units >= batch.needed else _short(batch, campaign, now)
    if batch.dropping or not grace_is_over(batch, now):
        return None
    return "prolonging" if made_units < batch.needed and may_prolong(batch, campaign, now) else "dropping"


def _short(batch: Batch, campaign: Campaign, now: datetime) -> Next | None:
    """Nobody is left to be charged. Where nobody has paid either, there is nothing to top up."""
    rule = campaign.on_drop_outs
    if rule is None or rule.top_up_hours is None or not batch.collected_units:
        return "short"
    if batch.top_up_until is None:
        return "awaiting"
    return "short" if now >= batch.top_up_until else None
