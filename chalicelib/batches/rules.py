"""How batches fill, confirm, lock and fall short. Pure: a step is a function of the stored figures and the time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.batches.model import FILLING, Batch, State
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel.refusals import Conflict

# How long a batch waits at its end for payments that are under way.
PAYMENT_GRACE = timedelta(minutes=15)
# Each lot of units given back becomes a book; a batch keeps the list of its books beside its state.
MOST_BOOKS = 200


class BatchFull(Conflict):
    """Refused: no batch has room for so many units."""

    sentence = "No batch has room for so many units any more."


class BatchLocked(Conflict):
    """Refused: the batch has been locked; what is in it stays in it."""

    sentence = "The batch is locked: nothing in it can be changed any more."


Next = State | Literal["sealing", "cutting", "calling_off", "reissuing", "reopening"]


@dataclass(frozen=True)
class Step:
    """What is done next, and the moment at which it was decided: the next state, or a step within the state.

    sealing: nobody gets in or out from here on. cutting: every page is sealed and the units are added up. calling_off:
    payments that are still under way are given up. reissuing: units given back find room in a new book. reopening: the
    cut came too early.
    """

    state: Next
    at: datetime


def takes(batch: Batch, now: datetime) -> bool:
    """Whether it takes pre-orders at this moment, if it has room."""
    return batch.state in FILLING and batch.sealing_at is None and now < batch.closes_at


def has_room(batch: Batch, units: int, now: datetime) -> bool:
    """Whether the batch seems to take so many units at this moment: its counters follow by moments."""
    return takes(batch, now) and batch.held_units + units <= batch.capacity


def taking(batches: Iterable[Batch], now: datetime) -> Iterator[Batch]:
    """The batches that take pre-orders, the earliest first."""
    return (batch for batch in batches if takes(batch, now))


def earliest_with_room(batches: Iterable[Batch], units: int, now: datetime) -> Batch:
    """The first batch that seems to take all the units. Refuses with BatchFull."""
    for batch in batches:
        if has_room(batch, units, now):
            return batch
    raise BatchFull


def next_step(batch: Batch, campaign: Campaign, now: datetime) -> Step | None:
    """What is done next, one step at a time, or None when the batch stays as it is.

    open -> confirmed at the minimum, and back below it. When full of secured units, or at its end, it is sealed and
    cut, and waits for payments under way; then the exact figures decide: locked, or short. Either -> cancelled with the
    campaign, sealed and cut as well; locked -> ordered.
    """
    state = _next(batch, campaign, now)
    return None if state is None or state == batch.state else Step(state, now)


def _next(batch: Batch, campaign: Campaign, now: datetime) -> Next | None:
    if batch.state == "locked":
        return "ordered"
    if batch.state not in FILLING:
        return None
    if campaign.state == "cancelled":
        return _to_cancelled(batch)
    closes_at = end(batch, campaign)
    if batch.sealing_at is not None:
        return _after_sealing(batch, now, closes_at)
    return _while_open(batch, campaign, over=now >= closes_at)


def _to_cancelled(batch: Batch) -> Next:
    """Sealed first: whoever still believes in the sale must not claim on a page that nobody will look at any more."""
    if batch.sealing_at is None:
        return "sealing"
    return "cancelled" if batch.sealed else "cutting"


def _while_open(batch: Batch, campaign: Campaign, *, over: bool) -> Next:
    if over or batch.secured_units == batch.capacity:
        return "sealing"
    if free_units(batch) > 0 and rest_units(batch) < campaign.limit_per_fan:
        return "reissuing"
    return "confirmed" if batch.secured_units >= batch.minimum else "open"


def _after_sealing(batch: Batch, now: datetime, closes_at: datetime) -> Next | None:
    if not batch.sealed:
        return "cutting"
    if batch.held_units > batch.secured_units:
        return "calling_off" if now >= closes_at + PAYMENT_GRACE and not batch.late else None
    if batch.secured_units >= batch.minimum:
        return "locked" if batch.state == "confirmed" else "confirmed"
    if now < closes_at:
        return "reopening"
    return "short" if batch.state == "open" else "open"


def end(batch: Batch, campaign: Campaign) -> datetime:
    """When it closes: at its time, or with the campaign's pre-sale."""
    return min(batch.closes_at, campaign.closed_at) if campaign.closed_at else batch.closes_at


def free_units(batch: Batch) -> int:
    """Units given back that have no new room yet. The counters may be behind, but never ahead."""
    return batch.back_units - batch.reissued_units if len(batch.books) < MOST_BOOKS else 0


def rest_units(batch: Batch) -> int:
    """Units that its books still take. While they take what one fan may have, nobody misses those given back."""
    return sum(book.units for book in batch.books) - batch.taken_units
