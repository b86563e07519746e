"""Batches in the table. Who holds room in them lies on the pages of `room`; here are their states and counters."""

from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.batches.model import FILLING, Batch, BookPlan
from chalicelib.batches.rules import Step
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import BatchPlan, Campaign
from chalicelib.kernel import instants, keys
from chalicelib.kernel.refusals import Conflict
from chalicelib.plumbing.expressions import absent, equals, one_of
from chalicelib.plumbing.memory import Memory
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, putting
from chalicelib.room.rules import page_units

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
    """A new batch, due at its closing time (index gsi2, see `list_due`)."""
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
        "books": [{"units": plan.capacity}],
        **_due(campaign.campaign_id, number, plan.closes_at),
    }
    return putting(keys.batch(campaign.campaign_id, number), item, refusal=BatchExists)


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
    if step.state in STATES and step.state not in FILLING:
        put |= {"gsi2pk": None, "gsi2sk": None}
    sealing = equals("sealing_at", instants.text(batch.sealing_at)) if batch.sealing_at else absent("sealing_at")
    conditions = [equals("state", batch.state), equals("counted", batch.counted), sealing]
    return changing(keys.batch(batch.campaign_id, batch.number), put=put, provided=conditions)


STATES = ("open", "confirmed", "locked", "ordered", "short", "cancelled")


def new_book(batch: Batch, units: int) -> dict[str, Any]:
    """What a batch puts when units given back find room in a book of their own."""
    books = [plan.model_dump() for plan in (*batch.books, BookPlan(units=units))]
    return {"books": books, "reissued_units": batch.reissued_units + units}


def bringing_forward(batch: Batch, end: datetime) -> Write:
    """Makes a filling batch due from an earlier end on, so that the clock looks at it until it is decided."""
    due = _due(batch.campaign_id, batch.number, end)
    return changing(keys.batch(batch.campaign_id, batch.number), put=due, provided=[one_of("state", FILLING)])


def counting(batch: Batch, put: dict[str, Any]) -> Write:
    """Brings the counters up to date if nobody else has meanwhile."""
    return changing(keys.batch(batch.campaign_id, batch.number), put=put, provided=[equals("counted", batch.counted)])
