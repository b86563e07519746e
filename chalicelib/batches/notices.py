"""Some hours before a batch closes its fans are told, so that they can change their pre-orders or withdraw.

Each batch stands in the index (gsi1) under the moment at which that is due. It is told once for each closing time: one
transaction marks the batch and writes what is announced.
"""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.batches.model import FILLING, Batch
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import MOST_NOTICE_HOURS, Campaign
from chalicelib.kernel import instants, keys
from chalicelib.kernel.refusals import Busy, Conflict
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.expressions import equals
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.writes import Write, changing, putting

DUE = "DUE#NOTICE"
GIVEN: dict[str, None] = {"gsi1pk": None, "gsi1sk": None}


class NoticeGiven(Conflict):
    """Refused: this closing time has been announced already."""


def planned(campaign: Campaign, number: int, closes_at: datetime) -> dict[str, str]:
    """What a batch puts so that the clock gives notice of this closing time."""
    at = instants.text(closes_at - timedelta(hours=campaign.notice_hours))
    return {"gsi1pk": DUE, "gsi1sk": f"{at}#{campaign.campaign_id}#{number:04d}"}


def unplanned(batch: Batch, closes_at: datetime) -> dict[str, str]:
    """What a batch puts when its closing time moves: the clock looks at it in good time, and plans."""
    at = instants.text(closes_at - timedelta(hours=MOST_NOTICE_HOURS))
    return {"gsi1pk": DUE, "gsi1sk": f"{at}#{batch.campaign_id}#{batch.number:04d}"}


def give_due(ports: Ports) -> None:
    """Gives the notices that are due, each once. One that somebody else gives or changes at this moment is looked at
    again by the next tick."""
    page = ports.table.query_index("gsi1", DUE, up_to=instants.text(ports.clock.now()), limit=100)
    for found in page.items:
        try:
            ports.table.commit(*_due(ports, found["campaign_id"], int(found["number"])))
        except (Busy, NoticeGiven):
            continue


def _due(ports: Ports, campaign_id: str, number: int) -> list[Write]:
    item = ports.table.get(keys.batch(campaign_id, number)) or {}
    batch, campaign, now = Batch.model_validate(item), campaigns.get(ports.table, campaign_id), ports.clock.now()
    plan = planned(campaign, number, batch.closes_at)
    if batch.state not in FILLING or batch.sealing_at is not None or now >= batch.closes_at:
        return [_marking(item, GIVEN)]
    if plan["gsi1sk"] > f"{instants.text(now)}~":
        return [_marking(item, plan)]  # it closes later than was planned
    telemetry.count("notices_given")
    return [_marking(item, GIVEN | {"noticed_at": instants.text(now)}), _telling(batch, now)]


def _marking(item: dict[str, Any], put: dict[str, Any]) -> Write:
    """Holds while the batch stands in the index as it was read, and still closes when it did."""
    conditions = [equals(name, item.get(name, "")) for name in ("gsi1sk", "closes_at", "state")]
    return changing(keys.batch(item["campaign_id"], int(item["number"])), put=put, provided=conditions)


def _telling(batch: Batch, now: datetime) -> Write:
    closes_at = instants.text(batch.closes_at)
    told = {
        "kind": "notice",
        "state": "closes_soon",
        "campaign_id": batch.campaign_id,
        "batch_number": batch.number,
        "closes_at": closes_at,
        "noticed_at": instants.text(now),
    }
    return putting(keys.notice(batch.campaign_id, batch.number, closes_at), told, refusal=NoticeGiven)
