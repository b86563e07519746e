"""How batches fill, confirm, lock and fall short. Pure: a step is a function of the stored figures and the time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.batches.model import FILLING, Batch, State
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel.refusals import Conflict

# How long a batch waits at its end for payments that are under way.
PAYMENT_GRACE = timedelta(minutes=15)


class BatchFull(Conflict):
    """Refused: no batch has room for so many units."""

    sentence = "No batch has room for so many units any more."


class BatchLocked(Conflict):
    """Refused: the batch has been locked; what is in it stays in it."""

    sentence = "The batch is locked: nothing in it can be changed any more."


@dataclass(frozen=True)
class Step:
    """The next state of a batch, and the moment at which it was decided."""

    state: State
    at: datetime


def has_room(batch: Batch, units: int, now: datetime) -> bool:
    """Whether the batch takes so many units at this moment."""
    return batch.state in FILLING and batch.held_units + units <= batch.capacity and now < batch.closes_at


def earliest_with_room(batches: Iterable[Batch], units: int, now: datetime) -> Batch:
    """The first batch that takes all the units. Refuses with BatchFull."""
    for batch in batches:
        if has_room(batch, units, now):
            return batch
    raise BatchFull


def next_step(batch: Batch, campaign: Campaign, now: datetime) -> Step | None:
    """What the batch becomes now, one state at a time, or None when it stays as it is.

    open -> confirmed at the minimum, and back below it; confirmed -> locked when full of secured units or at its end;
    open -> short at its end; either -> cancelled with the campaign; locked -> ordered.
    """
    state = _next_state(batch, campaign, now)
    return None if state == batch.state else Step(state, now)


def _next_state(batch: Batch, campaign: Campaign, now: datetime) -> State:
    if batch.state == "locked":
        return "ordered"
    if batch.state in FILLING and campaign.state == "cancelled":
        return "cancelled"
    reached, over = batch.secured_units >= batch.minimum, _is_over(batch, campaign, now)
    if batch.state == "open":
        return "confirmed" if reached else "short" if over else "open"
    if batch.state == "confirmed":
        full = batch.secured_units == batch.capacity
        return "open" if not reached else "locked" if full or over else "confirmed"
    return batch.state


def _is_over(batch: Batch, campaign: Campaign, now: datetime) -> bool:
    """Past the end, with no payment under way, or with the grace for payments used up."""
    end = min(batch.closes_at, campaign.closed_at) if campaign.closed_at else batch.closes_at
    if now < end:
        return False
    return batch.held_units == batch.secured_units or now >= end + PAYMENT_GRACE
