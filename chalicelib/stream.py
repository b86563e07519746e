"""The one reader of the table's stream: which change wakes which action.

A record is a doorbell, not a letter: its images only say who should look. Whoever is woken re-reads the item and
commits conditionally, so that a record may come twice, late, out of order, or in another batch.

    campaign   voting_closed_at set     ->  ballots: recount after the drain
               closed, cancelled        ->  batches: move all on
    page       a new claim              ->  preorders: ask for its payment
               (all of an event at once) -> batches: fold the counters
    payment    anything to ask for      ->  payments: to the provider
               secured, declined        ->  preorders: count its units, or lapse
               paid, dropped            ->  preorders: its units are collected, or leave
    batch      units given back         ->  waiting: offer them
               any change while alive   ->  batches: take the steps that are due
               payments called off      ->  preorders: those still placed lapse
               collecting ... cancelled ->  preorders: follow their batch
               longer to pay            ->  preorders: who has not paid is told
               last tries               ->  preorders: who has not paid is charged once more
               rolling over             ->  preorders: move to the next one
    waiting    joined                   ->  waiting: offer what may have been free already
    draw       every entry was told     ->  waiting: offer what may be free
    slip       time to answer is over   ->  preorders: carry out the answers
    order      issued                   ->  manufacturing: deliver it

When all are awake, the new states among the records are announced on the stage's bus.
"""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse, PartialItemFailures  # see worker.py
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from chalice.app import Blueprint, DynamoDBEvent

from chalicelib import news
from chalicelib.ballots import actions as ballots
from chalicelib.batches import actions as batches
from chalicelib.batches import counting
from chalicelib.batches.model import Batch
from chalicelib.campaigns.model import Campaign
from chalicelib.manufacturing import actions as manufacturing
from chalicelib.payments import actions as payments
from chalicelib.payments import giving_back
from chalicelib.plumbing import ports as ports_
from chalicelib.plumbing import settings, telemetry, worker
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.typed_json import unpack
from chalicelib.preorders import choosing, following, paying, rollover
from chalicelib.room import store as room
from chalicelib.room.model import Sheet
from chalicelib.waiting import actions as waiting

blueprint = Blueprint(__name__)

Image = dict[str, Any]


def campaign_changed(ports: Ports, old: Image, new: Image) -> None:
    if new["state"] == "voting" and new.get("voting_closed_at") and not old.get("voting_closed_at"):
        ballots.request_count(ports, Campaign.model_validate(new))
    if new["state"] in ("closed", "cancelled") and old.get("state") != new["state"]:
        batches.advance_all(ports, new["campaign_id"])


def payment_changed(ports: Ports, old: Image, new: Image) -> None:
    moved = old.get("state") != new["state"]
    if moved and new["state"] in FOLLOWS:
        FOLLOWS[new["state"]](ports, new["fan_id"], new["preorder_id"])
    wanted = any(new.get(flag) and not old.get(flag) for flag in ("again", "last"))
    if (moved and new["state"] in ASKS) or wanted or _to_refund(new) > _to_refund(old):
        payments.enqueue(ports, new["preorder_id"])


# What becomes of a pre-order when its payment comes to this, and where the provider is asked at once.
FOLLOWS = {
    "secured": paying.secure,
    "declined": paying.refuse_payment,
    "paid": paying.collect,
    "dropped": paying.drop,
}
ASKS = ("requested", "collecting", "releasing")


def _to_refund(payment: Image) -> int:
    return sum(one["state"] == "requested" for one in payment.get("refunds", ()))


def preorder_changed(ports: Ports, old: Image, new: Image) -> None:
    """Whoever chose the money when the ship date slipped gets it once it is clear that the batch is made."""
    if new["state"] == "ordered" and new.get("refund_wanted"):
        giving_back.give_all(ports, new["preorder_id"], "slipped")


def page_changed(ports: Ports, old: Image, new: Image) -> None:
    campaign_id, spot = room.spot_of(new)
    before, after = room.sheet(spot, old).claims, room.sheet(spot, new).claims
    for ref, claim in after.items():
        if ref not in before and claim.wants:
            paying.follow_claim(ports, campaign_id, spot, claim)


def batch_changed(ports: Ports, old: Image, new: Image) -> None:
    given_back = new.get("back_units", 0) > new.get("reissued_units", 0)
    waited_for = waiting.offer(ports, new["campaign_id"], new["number"]) if given_back else None
    batches.advance(ports, new["campaign_id"], new["number"], waited_for=waited_for)
    moved = new["state"] in following.FOLLOWED and old.get("state") != new["state"]
    if moved or any(new.get(flag) and not old.get(flag) for flag in ("late", "dropping", "prolonged_at")):
        following.enqueue(ports, Batch.model_validate(new))
    if new.get("rolling_over") and not old.get("rolling_over"):
        rollover.enqueue(ports, new["campaign_id"], new["number"], roll_group=0)


def waiting_changed(ports: Ports, old: Image, new: Image) -> None:
    if not old:
        waiting.offer_all(ports, new["campaign_id"])


def draw_changed(ports: Ports, old: Image, new: Image) -> None:
    if new["state"] == "told" and old.get("state") != "told":
        waiting.offer_all(ports, new["campaign_id"])


def slip_changed(ports: Ports, old: Image, new: Image) -> None:
    if new["state"] == "closed" and old.get("state") != "closed":
        choosing.enqueue(ports, new["campaign_id"], new["batch_number"], new["slip"])


def order_changed(ports: Ports, old: Image, new: Image) -> None:
    if not old:
        manufacturing.enqueue(ports, new["order_id"])


WAKES: dict[str, Callable[[Ports, Image, Image], None]] = {
    "campaign": campaign_changed,
    "page": page_changed,
    "preorder": preorder_changed,
    "payment": payment_changed,
    "batch": batch_changed,
    "waiting": waiting_changed,
    "draw": draw_changed,
    "slip": slip_changed,
    "order": order_changed,
}


def ring(ports: Ports, record: DynamoDBRecord) -> None:
    """Wakes whoever the changed item concerns. Deletions and items without followers wake nobody."""
    change = record.raw_event["dynamodb"]
    old, new = change.get("OldImage", {}), change.get("NewImage", {})
    wake = WAKES.get(new.get("kind", {}).get("S", ""))
    if wake is not None:
        wake(ports, unpack(old), unpack(new))


# Each of these changes of a batch is a ring of its own.
TOLD_EACH = ("state", "late", "dropping", "prolonged_at", "rolling_over")


def superseded(records: list[dict[str, Any]]) -> set[str]:
    """Sequence numbers of changes to a batch's figures that a later change of the same batch follows in this event.

    A busy batch changes with every pre-order. Whoever is woken re-reads it, so that the last ring does for all.
    """
    later: set[str] = set()
    found: set[str] = set()
    for change in (record["dynamodb"] for record in reversed(records)):
        old, new = change.get("OldImage", {}), change.get("NewImage", {})
        if new.get("kind") != {"S": "batch"}:
            continue
        batch = new["pk"]["S"] + new["sk"]["S"]
        if batch in later and all(old.get(name) == new.get(name) for name in TOLD_EACH):
            found.add(change["SequenceNumber"])
        later.add(batch)
    return found


def fold(ports: Ports, records: list[Image]) -> list[PartialItemFailures]:
    """Brings the counters of batches up to the pages among these records, each batch once. Answers the first page of a
    batch that could not be counted: from there on everything comes again."""
    pages: dict[tuple[str, int], list[Sheet]] = {}
    first: dict[tuple[str, int], str] = {}
    for change in (record["dynamodb"] for record in records):
        image = change.get("NewImage", {})
        if image.get("kind") == {"S": "page"}:
            campaign_id, spot = room.spot_of(item := unpack(image))
            pages.setdefault((campaign_id, spot.batch_number), []).append(room.sheet(spot, item))
            first.setdefault((campaign_id, spot.batch_number), change["SequenceNumber"])
    for batch, sheets in pages.items():
        try:
            counting.count(ports, *batch, sheets)
        except Exception:  # noqa: BLE001 - whatever it was, the records come back
            telemetry.log.exception("will be counted again", extra={"campaign_id": batch[0], "batch": batch[1]})
            return [{"itemIdentifier": first[batch]}]
    return []


# From the oldest record on: what happened before the mapping was ready must not be missed.
@blueprint.on_dynamodb_record(
    stream_arn=settings.current().stream_arn, batch_size=100, starting_position="TRIM_HORIZON"
)
@telemetry.traced("react")
def react(event: DynamoDBEvent) -> PartialItemFailureResponse:
    """Answers record by record which ones to deliver again. All are woken before anything is announced; while the bus
    does not answer, what comes behind waits for the tries."""
    records = event.to_dict()["Records"]
    quiet = superseded(records)

    def act(ports: Ports, record: DynamoDBRecord) -> None:
        if record.raw_event["dynamodb"]["SequenceNumber"] not in quiet:
            ring(ports, record)

    failed = worker.stream_records(event, act)["batchItemFailures"]
    world = ports_.current()
    return {"batchItemFailures": [*failed, *fold(world, records), *news.announce(world, records)]}
