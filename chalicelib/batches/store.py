"""Batches and claims in the table.

This is the plain version of the room: one counter item a batch, one claim item a pre-order. The claims lie in pages
by a hash of the fan, so that a page can become one item and the claim the commit point without moving a key
(docs/decisions/0003).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.batches.model import FILLING, Batch, Claim
from chalicelib.batches.rules import BatchFull, BatchLocked, Step
from chalicelib.campaigns.model import BatchPlan, Campaign
from chalicelib.kernel import instants, keys
from chalicelib.kernel.refusals import Busy, Conflict
from chalicelib.plumbing.expressions import after, at_most, equals, exists, one_of
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, deleting, putting

DUE = "DUE#BATCH"
CLAIMS_PER_PAGE = 500
MOST_BATCHES = 50


class BatchExists(Conflict):
    """Refused: the batches of a campaign are made once, when its pre-sale opens."""


def opening(campaign: Campaign, number: int, plan: BatchPlan) -> Write:
    """A new batch, due at its closing time (index gsi2, see `list_due`)."""
    batch = Batch(campaign_id=campaign.campaign_id, number=number, state="open", **plan.model_dump())
    due = {"gsi2pk": DUE, "gsi2sk": f"{instants.text(plan.closes_at)}#{campaign.campaign_id}#{number:04d}"}
    item = {**batch.model_dump(mode="json", exclude_none=True, exclude={"units_to_minimum"}), **due, "kind": "batch"}
    return putting(keys.batch(campaign.campaign_id, number), item, refusal=BatchExists)


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


def holding(batch: Batch, units: int, now: datetime) -> Write:
    """Takes room for so many units. Refuses with BatchFull when, by the time of the write, there is none."""
    room = at_most("held_units", batch.capacity - units)
    return changing(
        keys.batch(batch.campaign_id, batch.number),
        add={"held_units": units},
        provided=[one_of("state", FILLING), room, after("closes_at", now)],
        refusal=BatchFull,
    )


def claiming(claim: Claim) -> Write:
    """Writes the claim into the batch's manifest."""
    item = {**claim.model_dump(mode="json"), "kind": "claim", "fan_id": claim.fan_id}
    return putting(_claim_key(claim), item, refusal=Busy)


def securing(claim: Claim) -> list[Write]:
    """Makes the claim's units count. Refuses with BatchLocked when the lock came first."""
    batch = changing(
        keys.batch(claim.campaign_id, claim.batch_number),
        add={"secured_units": claim.units},
        provided=[one_of("state", FILLING)],
        refusal=BatchLocked,
    )
    return [batch, changing(_claim_key(claim), put={"secured": True}, provided=[equals("secured", False)])]


def releasing(claim: Claim, *, only_filling: bool) -> list[Write]:
    """Gives the room back and strikes the claim. With `only_filling`, refuses with BatchLocked from the lock on."""
    counted = {"held_units": -claim.units} | ({"secured_units": -claim.units} if claim.secured else {})
    batch = changing(
        keys.batch(claim.campaign_id, claim.batch_number),
        add=counted,
        provided=[one_of("state", FILLING) if only_filling else exists()],
        refusal=BatchLocked,
    )
    return [batch, deleting(_claim_key(claim), provided=[equals("secured", claim.secured)])]


def advancing(batch: Batch, step: Step, **put: Any) -> Write:
    """Takes the step if state and secured units are still those that it was decided on."""
    conditions = [equals("state", batch.state), equals("secured_units", batch.secured_units)]
    if step.state not in FILLING:
        put |= {"gsi2pk": None, "gsi2sk": None}
    return changing(keys.batch(batch.campaign_id, batch.number), put={"state": step.state, **put}, provided=conditions)


def bringing_forward(batch: Batch, end: datetime) -> Write:
    """Makes a filling batch due from an earlier end on, so that the clock looks at it until it is decided."""
    due = {"gsi2pk": DUE, "gsi2sk": f"{instants.text(end)}#{batch.campaign_id}#{batch.number:04d}"}
    return changing(keys.batch(batch.campaign_id, batch.number), put=due, provided=[one_of("state", FILLING)])


def claims(table: Table, campaign_id: str, number: int) -> Iterator[Claim]:
    """The manifest, strongly consistent, in bounded memory."""
    for page_number in range(keys.CLAIM_PAGES):
        yield from claims_of_page(table, campaign_id, number, page_number=page_number)


def claims_of_page(table: Table, campaign_id: str, number: int, *, page_number: int) -> Iterator[Claim]:
    """One page of the manifest: pages can be worked on side by side."""
    cursor: str | None = None
    while True:
        page = table.query(keys.claim_page(campaign_id, number, page_number), after=cursor, limit=CLAIMS_PER_PAGE)
        yield from (Claim.model_validate(found) for found in page.items)
        if page.last is None:
            break
        cursor = page.last["sk"]


def _claim_key(claim: Claim) -> keys.Key:
    return keys.claim(claim.campaign_id, claim.batch_number, fan_id=claim.fan_id, preorder_id=claim.preorder_id)
