"""The one reader of the table's stream: which change wakes which action.

A record is a doorbell, not a letter: its images only say who should look. Whoever is woken re-reads the item and
commits conditionally, so that a record may come twice, late, out of order, or in another batch.

    campaign   voting_closed_at set     ->  ballots: recount after the drain
               closed, cancelled        ->  batches: move all on
    payment    requested, releasing     ->  payments: to the provider
               secured, declined        ->  preorders: count its units, or lapse
    batch      any change while alive   ->  batches: take the steps that are due
               locked ... cancelled     ->  preorders: follow their batch
    order      issued                   ->  manufacturing: deliver it
"""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from chalice.app import Blueprint, DynamoDBEvent

from chalicelib.ballots import actions as ballots
from chalicelib.batches import actions as batches
from chalicelib.campaigns.model import Campaign
from chalicelib.manufacturing import actions as manufacturing
from chalicelib.payments import actions as payments
from chalicelib.plumbing import settings, telemetry, worker
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.typed_json import unpack
from chalicelib.preorders import actions as preorders
from chalicelib.preorders import following

blueprint = Blueprint(__name__)

Image = dict[str, Any]


def campaign_changed(ports: Ports, old: Image, new: Image) -> None:
    if new["state"] == "voting" and new.get("voting_closed_at") and not old.get("voting_closed_at"):
        ballots.request_count(ports, Campaign.model_validate(new))
    if new["state"] in ("closed", "cancelled") and old.get("state") != new["state"]:
        batches.advance_all(ports, new["campaign_id"])


def payment_changed(ports: Ports, old: Image, new: Image) -> None:
    if old.get("state") == new["state"]:
        return
    fan_id, preorder_id = new["fan_id"], new["preorder_id"]
    if new["state"] in ("requested", "releasing"):
        payments.enqueue(ports, preorder_id)
    elif new["state"] == "secured":
        preorders.secure(ports, fan_id, preorder_id)
    elif new["state"] == "declined":
        preorders.lapse(ports, fan_id, preorder_id, reason="payment_declined")


def batch_changed(ports: Ports, old: Image, new: Image) -> None:
    batches.advance(ports, new["campaign_id"], new["number"])
    if new["state"] in following.FOLLOWED and old.get("state") != new["state"]:
        following.enqueue(ports, new["campaign_id"], new["number"])


def order_changed(ports: Ports, old: Image, new: Image) -> None:
    if not old:
        manufacturing.enqueue(ports, new["order_id"])


WAKES: dict[str, Callable[[Ports, Image, Image], None]] = {
    "campaign": campaign_changed,
    "payment": payment_changed,
    "batch": batch_changed,
    "order": order_changed,
}


def ring(ports: Ports, record: DynamoDBRecord) -> None:
    """Wakes whoever the changed item concerns. Deletions and items without followers wake nobody."""
    change = record.raw_event["dynamodb"]
    old, new = change.get("OldImage", {}), change.get("NewImage", {})
    wake = WAKES.get(new.get("kind", {}).get("S", ""))
    if wake is not None:
        wake(ports, unpack(old), unpack(new))


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
        if batch in later and old.get("state") == new["state"]:
            found.add(change["SequenceNumber"])
        later.add(batch)
    return found


@blueprint.on_dynamodb_record(stream_arn=settings.current().stream_arn, batch_size=100)
@telemetry.traced("react")
def react(event: DynamoDBEvent) -> Any:
    """Answers record by record which ones to deliver again."""
    quiet = superseded(event.to_dict()["Records"])

    def act(ports: Ports, record: DynamoDBRecord) -> None:
        if record.raw_event["dynamodb"]["SequenceNumber"] not in quiet:
            ring(ports, record)

    return worker.stream_records(event, act)
