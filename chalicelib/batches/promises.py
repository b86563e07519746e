"""Promised ship dates: how they move, who may choose when they slip, and until when.

What a fan was promised is a number of moves: those that were known when the pre-order was placed. So the date promised
first can always be told, and who was promised an earlier one.
"""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.batches import store
from chalicelib.batches.model import Batch
from chalicelib.batches.views import NewShipDate, Slip
from chalicelib.campaigns import rules as campaign_rules
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.slips import Choice, ShipDate
from chalicelib.kernel import instants, keys
from chalicelib.kernel.refusals import Busy, Conflict, Invalid, Missing
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.expressions import absent, equals, one_of
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, putting

MOST_DATES = 20
DUE = "DUE#SLIP"
# A batch that ships or has ended promises nothing any more.
PROMISING = ("open", "confirmed", "locked", "collecting", "ordered")


class BatchMissing(Missing):
    """Refused: the campaign has no such batch."""

    sentence = "This campaign has no such batch."


class ShipDateInvalid(Invalid):
    """Refused: a ship date before the batch closes, or in the past."""

    sentence = "A batch ships after it closes, and in the future."


class ShipDateFixed(Conflict):
    """Refused: the batch has ended or shipped, or its date was moved too often."""

    sentence = f"The ship date of this batch can no longer be moved: it has ended, or was moved {MOST_DATES} times."


class NothingToChoose(Conflict):
    """Refused: no slip of this pre-order's batch waits for an answer."""

    sentence = "There is nothing to choose: no ship date of this pre-order has slipped, or the time to answer is over."


def moved(batch: Batch, campaign: Campaign, new: NewShipDate, now: datetime) -> ShipDate:
    """The next entry of the batch's history. A choice opens when the new date is so late, measured from the last date
    that fans could choose about, or else the first: many small slips are one large one. Refuses with ShipDateInvalid,
    ShipDateFixed."""
    if batch.state not in PROMISING or len(batch.dates) >= MOST_DATES:
        raise ShipDateFixed
    if new.ships_at <= batch.closes_at or new.ships_at <= now:
        raise ShipDateInvalid
    told = ShipDate(ships_at=new.ships_at, was=batch.ships_at, reason=new.reason, announced_at=now)
    rule, chosen = campaign.on_slip, [date.ships_at for date in batch.dates if date.choice_until]
    since = chosen[-1] if chosen else batch.date_after(0)
    if rule is None or not rule.choice or not told.slips or new.ships_at - since < timedelta(days=rule.days):
        return told
    until = now + timedelta(hours=rule.answer_hours)
    return told.model_copy(update={"choice_until": until, "silence": rule.silence})


def open_slip(batch: Batch, known: int, now: datetime) -> int | None:
    """The number of the latest slip that waits for an answer of somebody who knew of so many moves."""
    for slip in range(len(batch.dates), known, -1):
        until = batch.dates[slip - 1].choice_until
        if until is not None and now < until:
            return slip
    return None


def move_date(ports: Ports, organiser_id: str, campaign_id: str, number: str, new: NewShipDate) -> Batch:
    """Moves a batch's ship date, with a reason that is published for good. The date that stands already changes
    nothing. Refuses with CampaignMissing, BatchMissing, ShipDateInvalid, ShipDateFixed."""
    campaign = campaign_rules.check_owner(campaigns.find(ports.table, campaign_id), organiser_id)
    batch = numbered(ports.table, campaign_id, number)
    if batch.ships_at == new.ships_at:
        return batch
    date = moved(batch, campaign, new, ports.clock.now())
    writes = [_moving(batch, date)]
    if date.slips:
        writes.append(_announcing(batch, date, slip=len(batch.dates) + 1))
        telemetry.count("ship_dates_slipped")
    ports.table.commit(*writes)
    return store.get(ports.table, campaign_id, batch.number)


def numbered(table: Table, campaign_id: str, number: str) -> Batch:
    """The batch with this number, as a path names it. Refuses with BatchMissing."""
    is_number = number.isascii() and number.isdigit() and len(number) <= len(str(store.MOST_BATCHES))
    found = table.get(keys.batch(campaign_id, int(number))) if is_number else None
    if not found:
        raise BatchMissing
    return Batch.model_validate(found)


def _moving(batch: Batch, date: ShipDate) -> Write:
    told = [one.model_dump(mode="json", exclude_none=True) for one in batch.dates]
    put = {"ships_at": instants.text(date.ships_at), "dates": [*told, date.model_dump(mode="json", exclude_none=True)]}
    conditions = [one_of("state", PROMISING), equals("dates", told) if told else absent("dates")]
    return changing(keys.batch(batch.campaign_id, batch.number), put=put, provided=conditions)


def _announcing(batch: Batch, date: ShipDate, *, slip: int) -> Write:
    """The slip as news, and the place where answers are counted; due when the time to answer is over (index gsi2)."""
    item: dict[str, Any] = {
        **date.model_dump(mode="json", exclude_none=True),
        "kind": "slip",
        "state": "announced",
        "campaign_id": batch.campaign_id,
        "batch_number": batch.number,
        "slip": slip,
        "waiting": 0,
        "refunds": 0,
    }
    if date.choice_until:
        at = instants.text(date.choice_until)
        item |= {"gsi2pk": DUE, "gsi2sk": f"{at}#{batch.campaign_id}#{batch.number:04d}#{slip:02d}"}
    return putting(keys.slip(batch.campaign_id, batch.number, slip), item, refusal=Busy)


def counting(batch: Batch, slip: int, choice: Choice, *, before: Choice | None) -> Write:
    """Counts an answer, in one transaction with it. Refuses with NothingToChoose once the time is over."""
    counts = {"wait": "waiting", "refund": "refunds"}
    add = {counts[choice]: 1} | ({counts[before]: -1} if before else {})
    key = keys.slip(batch.campaign_id, batch.number, slip)
    return changing(key, add=add, provided=[equals("state", "announced")], refusal=NothingToChoose)


def list_slips(ports: Ports, organiser_id: str, campaign_id: str, number: str) -> list[Slip]:
    """Refuses with CampaignMissing, BatchMissing."""
    campaign_rules.check_owner(campaigns.find(ports.table, campaign_id), organiser_id)
    batch = numbered(ports.table, campaign_id, number)
    page = ports.table.query(keys.slips(campaign_id, batch.number), limit=MOST_DATES)
    return [Slip.model_validate(found) for found in page.items]


def find_slip(table: Table, campaign_id: str, number: int, slip: int) -> Slip | None:
    found = table.get(keys.slip(campaign_id, number, slip))
    return Slip.model_validate(found) if found else None


def close_due(ports: Ports) -> None:
    """Ends the time to answer where it is over, each once: what follows is carried by the stream."""
    page = ports.table.query_index("gsi2", DUE, up_to=instants.text(ports.clock.now()), limit=100)
    for found in page.items:
        key = keys.slip(found["campaign_id"], found["batch_number"], found["slip"])
        put = {"state": "closed", "gsi2pk": None, "gsi2sk": None}
        ports.table.attempt(changing(key, put=put, provided=[equals("state", "announced")]))
