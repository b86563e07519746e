"""Batches in the table. Who holds room in them lies on the pages of `room`; here are their states and counters."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.batches import notices
from chalicelib.batches.model import FILLING, Batch, BookPlan, ClaimLine
from chalicelib.batches.playbook import Play
from chalicelib.batches.rules import Step
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns import waves
from chalicelib.campaigns.model import BatchPlan, Campaign
from chalicelib.kernel import instants, keys
from chalicelib.kernel.refusals import Conflict, Refusal
from chalicelib.plumbing.expressions import Condition, absent, absent_or_equals, equals, one_of
from chalicelib.plumbing.memory import Memory
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, checking, putting
from chalicelib.room.rules import PAGES_PER_GROUP, page_units

DUE = "DUE#BATCH"
MOST_BATCHES = 50
SOLD = ("preselling", "closed", "cancelled")


class BatchExists(Conflict):
    """Refused: the batches of a campaign are made once, when its pre-sale opens."""


class Sale(NamedTuple):
    """What a pre-order is judged on."""

    campaign: Campaign
    batches: list[Batch]


def opening(campaign: Campaign, number: int, plan: BatchPlan) -> Write:
    """A new batch, due when its first wave ends, or at its closing time (index gsi2, see `list_due`)."""
    first_end = waves.next_end(campaign.waves, 0) or plan.closes_at
    item = {
        **plan.model_dump(mode="json"),
        "campaign_id": campaign.campaign_id,
        "number": number,
        "state": "open",
        "kind": "batch",
        "held_units": 0,
        "secured_units": 0,
        "counted": 0,
        "groups": {},
        "page_units": page_units(campaign.limit_per_fan),
        "books": _stored(_first_books(campaign, number)),
        **notices.planned(campaign, number, plan.closes_at),
        **_due(campaign.campaign_id, number, min(first_end, plan.closes_at)),
    }
    return putting(keys.batch(campaign.campaign_id, number), item, refusal=BatchExists)


def _first_books(campaign: Campaign, number: int) -> list[BookPlan]:
    """One for each wave that has a share of the batch, and one for everybody for what no wave has."""
    cut = waves.shares((wave.units for wave in campaign.waves), (plan.capacity for plan in campaign.batches))
    drawn = {wave.number for wave in campaign.waves if wave.draw}
    books = [BookPlan(units=units, wave=wave, draw=wave in drawn) for wave, units in cut[number - 1]]
    rest = campaign.batches[number - 1].capacity - sum(book.units for book in books)
    return [*books, *([BookPlan(units=rest)] if rest else [])]


def due(batch: Batch, at: datetime) -> dict[str, Any]:
    """What a batch puts so that the clock looks at it from then on."""
    return _due(batch.campaign_id, batch.number, at)


def _due(campaign_id: str, number: int, at: datetime) -> dict[str, str]:
    return {"gsi2pk": DUE, "gsi2sk": f"{instants.text(at)}#{campaign_id}#{number:04d}"}


def get(table: Table, campaign_id: str, number: int) -> Batch:
    found = table.get(keys.batch(campaign_id, number))
    return Batch.model_validate(found)


def list_all(table: Table, campaign_id: str) -> list[Batch]:
    """In the order in which they fill; none before the pre-sale opens."""
    page = table.query(keys.batches(campaign_id), limit=MOST_BATCHES)
    return [Batch.model_validate(found) for found in page.items]


def list_due(table: Table, now: str, *, limit: int) -> list[tuple[str, int]]:
    """(campaign_id, number) of filling batches whose closing time has passed."""
    page = table.query_index("gsi2", DUE, up_to=now, limit=limit)
    return [(str(found["campaign_id"]), int(found["number"])) for found in page.items]


def sale(table: Table, memory: Memory, campaign_id: str, *, seconds: float) -> Sale:
    """Campaign and batches as they were at most so many seconds ago. Only an open pre-sale is remembered: that is where
    the crowd is. What came later is found on the pages, so nothing is wrong because this is old. Refuses with
    CampaignMissing."""
    known: Sale | None = memory.recall(("sale", campaign_id), seconds=seconds)
    if known is not None:
        return known
    since = memory.clock.now()
    campaign = campaigns.get(table, campaign_id)
    found = Sale(campaign, list_all(table, campaign_id) if campaign.state in SOLD else [])
    if campaign.state == "preselling" and seconds:
        memory.keep(("sale", campaign_id), found, since=since)
    return found


def advancing(batch: Batch, step: Step, **put: Any) -> Write:
    """Takes the step if the batch is still as it was when that was decided."""
    put = {"state": step.state, **put} if step.state in STATES else put
    if step.state in STATES and step.state not in (*FILLING, "collecting"):
        put |= {"gsi2pk": None, "gsi2sk": None}
    sealing = equals("sealing_at", instants.text(batch.sealing_at)) if batch.sealing_at else absent("sealing_at")
    conditions = [equals("state", batch.state), equals("counted", batch.counted), sealing, _no_new_book(batch)]
    conditions += [_same_turn(batch), *_same_wait(batch)]
    return changing(keys.batch(batch.campaign_id, batch.number), put=put, provided=conditions)


def _same_wait(batch: Batch) -> Iterator[Condition]:
    """Whatever a locked batch waits for while it is collected begins once, and is not cut short by who came late."""
    for name, since in (("prolonged_at", batch.prolonged_at), ("top_up_until", batch.top_up_until)):
        yield equals(name, instants.text(since)) if since else absent(name)
    yield equals("dropping", True) if batch.dropping else absent("dropping")


STATES = ("open", "confirmed", "locked", "collecting", "ordered", "short", "cancelled")


def new_book(batch: Batch, units: int, *, wave: int | None = None) -> dict[str, Any]:
    """What a batch puts when units given back find room in a book of their own, for a wave or for everybody."""
    books = _stored((*batch.books, BookPlan(units=units, wave=wave)))
    return {"books": books, "reissued_units": batch.reissued_units + units}


def _stored(books: Iterable[BookPlan]) -> list[dict[str, Any]]:
    return [book.model_dump(mode="json", exclude_defaults=True) for book in books]


def _no_new_book(batch: Batch) -> Condition:
    """Whoever opens a book makes these more."""
    return absent_or_equals("reissued_units", batch.reissued_units)


def _same_turn(batch: Batch) -> Condition:
    """Whatever changes what a batch is judged by makes this more."""
    return equals("turns", batch.turns) if batch.turns else absent("turns")


def playing(batch: Batch, play: Play) -> dict[str, Any]:
    """What a batch puts when a step of its playbook has its turn."""
    put: dict[str, Any] = {
        "played": [one.model_dump(mode="json", exclude_none=True) for one in (*batch.played, play)],
        "turns": batch.turns + 1,
    }
    if play.closes_at is not None:
        put |= {"closes_at": instants.text(play.closes_at), "late": None, **notices.unplanned(batch, play.closes_at)}
    if play.waiting_until is not None:
        until = play.waiting_until
        put |= {"waiting_until": instants.text(until), **_due(batch.campaign_id, batch.number, until)}
    if play.minimum is not None:
        put["lowered_minimum"] = play.minimum
    if play.into_batch is not None:
        put |= {"rolling_over": True, "final_units": batch.secured_units}
    return put


def topping_up(batch: Batch, lines: tuple[ClaimLine, ...]) -> Write:
    """The organiser takes units of a cut batch, once; what is free becomes fewer by them. After the lock, once, those
    that were not paid for. Refuses with Busy when anything else has changed meanwhile."""
    name = "top_up" if batch.state in FILLING else "taken_over"
    told = [line.model_dump(mode="json", exclude_none=True) for line in lines]
    put = {name: told, "turns": batch.turns + 1}
    conditions = [equals("state", batch.state), equals("sealed", True), absent(name)]
    conditions += [_no_new_book(batch), _same_turn(batch)]
    return changing(keys.batch(batch.campaign_id, batch.number), put=put, provided=conditions)


def offering(batch: Batch, sizes: tuple[int, ...]) -> Write:
    """Units given back find room on pages of their own, behind those that are offered already. Holds while the batch
    fills and no other book has been opened. Answers through `offered_at` where they are."""
    books, (_, behind) = list(batch.books), offered_at(batch)
    if behind:
        last = books.pop()
        sizes = (*last.sizes, *sizes)
    books.append(BookPlan(units=sum(sizes), sizes=sizes))
    more = sum(book.units for book in books) - sum(book.units for book in batch.books)
    return rebooking(batch, books, reissued_units=batch.reissued_units + more)


def rebooking(batch: Batch, books: Iterable[BookPlan], **put: int) -> Write:
    """Other books, while the batch fills and nothing else has changed them."""
    conditions = [one_of("state", FILLING), absent("sealing_at"), _no_new_book(batch), _same_turn(batch)]
    put_all = {"books": _stored(books), **put}
    return changing(keys.batch(batch.campaign_id, batch.number), put=put_all, provided=conditions)


def offered_at(batch: Batch) -> tuple[int, int]:
    """(book, page) of the next page that is offered."""
    last = batch.books[-1]
    behind = len(last.sizes) if len(last.sizes) < PAGES_PER_GROUP else 0
    return (len(batch.books), behind) if behind else (len(batch.books) + 1, 0)


def held_open(campaign_id: str, number: int, *, refusal: type[Refusal]) -> Write:
    """Holds a transaction to the batch not being cut at this moment."""
    conditions = [one_of("state", FILLING), absent("sealing_at")]
    return checking(keys.batch(campaign_id, number), provided=conditions, refusal=refusal)


def bringing_forward(batch: Batch, end: datetime) -> Write:
    """Makes a filling batch due from an earlier end on, so that the clock looks at it until it is decided."""
    due = _due(batch.campaign_id, batch.number, end)
    return changing(keys.batch(batch.campaign_id, batch.number), put=due, provided=[one_of("state", FILLING)])


def counting(batch: Batch, put: dict[str, Any]) -> Write:
    """Brings the counters up to date if nobody else has meanwhile."""
    return changing(keys.batch(batch.campaign_id, batch.number), put=put, provided=[equals("counted", batch.counted)])
