"""How batches fill, confirm, lock and fall short. Pure: a step is a function of the stored figures and the time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.batches import collecting, rolling
from chalicelib.batches.model import COLLECTING, FILLING, Batch, State
from chalicelib.batches.playbook import Facts, NextBatch, Play, next_play
from chalicelib.batches.settling import Verdict
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel.refusals import Conflict
from chalicelib.room.model import Book, read_counts
from chalicelib.room.rules import PAGES_PER_GROUP

# Each lot of units given back becomes a book; a batch keeps the list of its books beside its state.
MOST_BOOKS = 200


class BatchFull(Conflict):
    """Refused: no batch has room for so many units."""

    sentence = "No batch has room for so many units any more."


class BatchLocked(Conflict):
    """Refused: the batch has been locked; what is in it stays in it."""

    sentence = "The batch is locked: nothing in it can be changed any more."


Filling = Literal["playing", "sealing", "cutting", "calling_off", "reissuing", "reopening", "rolling"]
Next = State | Filling | collecting.Next


@dataclass(frozen=True)
class Step:
    """What is done next, and the moment at which it was decided: the next state, or a step within the state. `play`:
    the step of the playbook that has its turn with it. `missing_units`: how many the organiser may take over.

    sealing: nobody gets in or out from here on. cutting: every page is sealed and the units are added up. calling_off:
    payments that are still under way are given up. reissuing: units given back find room in a new book. reopening: the
    cut came too early. rolling: what a wave that is over has left goes to the next one. prolonging: there is more time
    to mend what was declined. dropping: who could not be charged in time is charged a last time, and leaves. awaiting:
    the organiser may take over what is missing then.
    """

    state: Next
    at: datetime
    play: Play | None = None
    missing_units: int | None = None


def takes(batch: Batch, now: datetime) -> bool:
    """Whether it takes pre-orders at this moment, if it has room."""
    return batch.state in FILLING and batch.sealing_at is None and now < batch.closes_at


def seeming_room(batch: Batch, now: datetime) -> int:
    """Units that the batch seems to take at this moment: its counters follow by moments."""
    held = batch.held_units + batch.topped_up_units + offered_units(batch)
    return max(0, batch.capacity - held) if takes(batch, now) else 0


def taking(batches: Iterable[Batch], now: datetime) -> Iterator[Batch]:
    """The batches that take pre-orders, the earliest first."""
    return (batch for batch in batches if takes(batch, now))


def next_step(  # noqa: PLR0913 - all that it depends on
    batch: Batch,
    campaign: Campaign,
    now: datetime,
    *,
    waited_for: bool = False,
    verdict: Verdict | None = None,
    next_batch: NextBatch | None = None,
    made_units: int = 0,
) -> Step | None:
    """What is done next, one step at a time, or None when the batch stays as it is. `waited_for`: units given back are
    for the waiting list. `verdict`: what the manifest of a cut batch says; without one, its sum decides. `next_batch`:
    the one that would take what rolls over. `made_units`: what would be made of what is paid for.

    open -> confirmed at the minimum, and back below it. When full of secured units, or at its end, it is sealed and
    cut, and waits for payments under way; then the exact figures decide: locked, or short. Either -> cancelled with the
    campaign, sealed and cut as well. locked -> collecting; once each unit is paid for or gone, the paid ones decide:
    ordered, or short. Until then it can be cancelled with the campaign.
    """
    if batch.state in COLLECTING:
        state: Next | None = collecting.next_state(batch, campaign, now, made_units=made_units)
    else:
        state = _next(batch, campaign, now, waited_for=waited_for, verdict=verdict)
    if state == "short" and campaign.playbook and batch.state in FILLING:
        return _played(batch, campaign, now, verdict, next_batch)
    missing = batch.needed - made_units if state == "awaiting" else None
    return None if state is None or state == batch.state else Step(state, now, missing_units=missing)


def is_cut(batch: Batch) -> bool:
    """Whether its manifest is final as long as it stays sealed: nobody gets in or out, and no payment is under way."""
    return batch.state in FILLING and batch.sealed and batch.held_units == batch.secured_units and not _is_over(batch)


def _is_over(batch: Batch) -> bool:
    """Whether it is not made, and some of it has rolled over or is about to."""
    return batch.state in FILLING and batch.final_units is not None


def _played(
    batch: Batch, campaign: Campaign, now: datetime, verdict: Verdict | None, next_batch: NextBatch | None
) -> Step | None:
    """The next step of the playbook, the refund last; None while one is waited for."""
    facts = Facts(
        now=now,
        closes_at=end(batch, campaign),
        secured_units=0,
        minimum=batch.needed,
        waiting_until=batch.waiting_until,
        accepting=verdict.accepting if verdict else {},
        next_batch=next_batch,
        campaign_open=campaign.state == "preselling" and free_units(batch) > 0,
        selectable=campaign.selectable,
        under_way=batch.rolling_over,
    )
    play = next_play(campaign.playbook, [one.kind for one in batch.played], facts)
    return None if play is None else Step("short" if play.kind == "refund" else "playing", now, play)


def _next(batch: Batch, campaign: Campaign, now: datetime, *, waited_for: bool, verdict: Verdict | None) -> Next | None:
    if batch.state not in FILLING:
        return None
    if campaign.state == "cancelled":
        return _to_cancelled(batch)
    closes_at = end(batch, campaign)
    if batch.sealing_at is not None:
        hold = timedelta(minutes=campaign.payment_hold_minutes)
        return _after_sealing(batch, now, closes_at, verdict, hold=hold)
    if now >= closes_at or batch.secured_units + batch.topped_up_units == batch.capacity:
        return "sealing"
    return _while_open(batch, campaign, now, waited_for=waited_for)


def _to_cancelled(batch: Batch) -> Next:
    """Sealed first: whoever still believes in the sale must not claim on a page that nobody will look at any more."""
    if batch.sealing_at is None:
        return "sealing"
    return "cancelled" if batch.sealed else "cutting"


def _while_open(batch: Batch, campaign: Campaign, now: datetime, *, waited_for: bool) -> Next:
    if rolling.is_due(batch, campaign, now):
        return "rolling"
    rest = room_of(batch, rolling.heirs_books(batch, campaign, now)) if campaign.waves else rest_units(batch)
    if not waited_for and free_units(batch) > 0 and rest < campaign.limit_per_fan:
        return "reissuing"
    return "confirmed" if batch.secured_units >= batch.minimum else "open"


def _after_sealing(
    batch: Batch, now: datetime, closes_at: datetime, verdict: Verdict | None, *, hold: timedelta
) -> Next | None:
    if not batch.sealed:
        return "cutting"
    if _is_over(batch):
        return "short"
    if batch.held_units > batch.secured_units:
        return "calling_off" if now >= closes_at + hold and not batch.late else None
    if batch.secured_units >= batch.needed if verdict is None else verdict.made:
        return "locked" if batch.state == "confirmed" else "confirmed"
    if now < closes_at:
        return "reopening" if batch.secured_units + batch.topped_up_units < batch.capacity else None
    return "short" if batch.state == "open" else "open"


def end(batch: Batch, campaign: Campaign) -> datetime:
    """When it closes: at its time, or with the campaign's pre-sale."""
    return min(batch.closes_at, campaign.closed_at) if campaign.closed_at else batch.closes_at


def free_units(batch: Batch) -> int:
    """Units given back that have no new room yet. The counters may be behind, but never ahead."""
    return batch.back_units - batch.reissued_units - batch.topped_up_units if len(batch.books) < MOST_BOOKS else 0


def offerable_units(batch: Batch) -> int:
    """Units given back that can be offered to the waiting list."""
    has_place = len(batch.books) < MOST_BOOKS or 0 < len(batch.books[-1].sizes) < PAGES_PER_GROUP
    return batch.back_units - batch.reissued_units - batch.topped_up_units if has_place else 0


def rest_units(batch: Batch) -> int:
    """Units that its books still take. While they take what one fan may have, nobody misses those given back."""
    return sum(book.units for book in batch.books) - batch.taken_units - offered_units(batch)


def offered_units(batch: Batch) -> int:
    """Units that are kept for fans of the waiting list, and that nobody has taken yet."""
    return room_of(batch, batch.offered_books())


def room_of(batch: Batch, books: Iterable[Book]) -> int:
    """Units that these of its books still take, by the counters of this moment."""
    units = {str(book.number): book.units for book in books}
    taken = sum(read_counts(text).taken for name, text in batch.groups.items() if name.partition(".")[0] in units)
    return sum(units.values()) - taken
