"""What of the stream is news: announced on the stage's bus, for mail, statistics and whatever is built around it."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailures  # see worker.py

from chalicelib.payments.model import Payment
from chalicelib.payments.rules import wanted_minor
from chalicelib.plumbing import announcements, telemetry
from chalicelib.plumbing.announcements import Announcement
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.typed_json import unpack

Image = dict[str, Any]


# The states that are news, and where an item says since when. What it does not date happened when the table wrote it.
NEWS: dict[str, dict[str, str | None]] = {
    "campaign": {"voting": None, "settled": None, "preselling": None, "closed": "closed_at", "cancelled": None},
    "batch": {
        "confirmed": "confirmed_at",
        "locked": "locked_at",
        "collecting": None,
        "ordered": None,
        "short": "ended_at",
        "cancelled": "ended_at",
    },
    "slip": {"announced": "announced_at"},
    "notice": {"closes_soon": "noticed_at"},
    "waiting_entry": {"offered": None},
    "order": {"issued": "issued_at", **dict.fromkeys(("received", "accepted", "accepted_with_changes", "rejected"))},
}
# What anybody may read, and nothing that still moves: the second crossing of a minimum says what the first one said.
FACTS: dict[str, tuple[str, ...]] = {
    "campaign": ("campaign_id", "state", "title", "currency", "voting_closes_at"),
    "batch": (
        *("campaign_id", "number", "state", "minimum", "capacity", "closes_at", "ships_at"),
        *("final_units", "final_unit_price_minor", "grace_until", "order_id", "rolled_units"),
        *("top_up_until", "missing_units"),
    ),
    "notice": ("campaign_id", "batch_number", "closes_at"),
    # For one fan alone: whoever carries it there must know to whom.
    "waiting_entry": ("campaign_id", "batch_number", "entry_id", "fan_id", "units", "until"),
    # For one fan alone as well.
    "payment": (
        *("campaign_id", "preorder_id", "fan_id", "owed_minor", "currency", "problem", "drop_at", "reminders", "page"),
    ),
    "slip": ("campaign_id", "batch_number", "slip", "was", "ships_at", "reason", "choice_until", "silence"),
    "order": ("order_id", "campaign_id", "batch_number", "revision", "manufacturer_id", "state", "units"),
}


# What happens to a batch within a state and is news: what marks it, and what it is called.
MARKS = {"prolonged_at": "prolonged", "top_up_until": "awaiting"}


def news(stage: str, change: Image) -> Announcement | None:
    """The announcement of a new state, or None. Its id names thing and step, so that a record that comes twice is
    announced under one."""
    old, new = change.get("OldImage", {}), change.get("NewImage", {})
    kind, was, state = new.get("kind", {}).get("S"), old.get("state", {}).get("S"), new.get("state", {}).get("S")
    if kind == "batch" and was == state:
        return _within(stage, old, new, change["ApproximateCreationDateTime"])
    if kind == "payment" and state == "overdue" and _reminders(new) > _reminders(old):
        return _reminder(stage, unpack(new), change["ApproximateCreationDateTime"])
    if was == state or state not in NEWS.get(kind, {}):
        return None
    if (was, state) == ("draft", "cancelled"):
        return None  # nobody has been told of a draft
    if kind == "batch" and state == "confirmed" and "confirmed_at" in old:
        return None  # the first crossing was told, and by now its dates may have moved
    item = unpack(new)
    return _announcement(stage, kind, item | item.get("offer", {}), change["ApproximateCreationDateTime"])


def _marked(stage: str, batch: Image, mark: str, written_at: float) -> Announcement:
    """A batch that is not paid for waits once longer, or for its organiser."""
    subject, told = f"{batch['campaign_id']}/{batch['number']}", MARKS[mark]
    return Announcement.model_validate(
        {
            "id": f"{subject}/{told}",
            "source": f"/groundswell/{stage}",
            "type": f"groundswell.batch.{told}",
            "subject": subject,
            "time": datetime.fromtimestamp(written_at, UTC),
            "data": {name: batch[name] for name in FACTS["batch"] if name in batch},
        }
    )


def _reminders(payment: Image) -> int:
    return int(payment.get("reminders", {}).get("N", 0))


def _reminder(stage: str, item: Image, written_at: float) -> Announcement:
    """A fan could not be charged: the first telling, or a later one. `page` is where it can be mended."""
    payment = Payment.model_validate(item)
    preorder_id, campaign_id = payment.preorder_id, payment.campaign_id
    facts = item | {"campaign_id": campaign_id, "page": f"/campaigns/{campaign_id}/preorders/{preorder_id}/payment"}
    facts["owed_minor"] = wanted_minor(payment)
    return Announcement.model_validate(
        {
            "id": f"{preorder_id}/overdue/{payment.reminders}",
            "source": f"/groundswell/{stage}",
            "type": "groundswell.payment.overdue",
            "subject": f"{campaign_id}/payment/{preorder_id}",
            "time": datetime.fromtimestamp(written_at, UTC),
            "data": {name: facts[name] for name in FACTS["payment"] if name in facts},
        }
    )


def _within(stage: str, old: Image, new: Image, written_at: float) -> Announcement | None:
    """What has happened to a batch without another state."""
    if _plays(new) > _plays(old):
        return _play(stage, unpack(new))
    marked = (name for name in MARKS if name in new and name not in old)
    return next((_marked(stage, unpack(new), name, written_at) for name in marked), None)


def _plays(batch: Image) -> int:
    return len(batch.get("played", {}).get("L", ()))


def _play(stage: str, batch: Image) -> Announcement:
    """A step of a batch's playbook had its turn. The last one, the refund, is told as `short`."""
    play, subject = batch["played"][-1], f"{batch['campaign_id']}/{batch['number']}"
    facts = {name: batch[name] for name in FACTS["batch"] if name in batch and name != "rolled_units"}
    onward = {name: play[name] for name in ("into_batch", "into_ships_at") if name in play}
    return Announcement.model_validate(
        {
            "id": f"{subject}/played/{play['index']}",
            "source": f"/groundswell/{stage}",
            "type": "groundswell.batch.played",
            "subject": subject,
            "time": play["due_at"],
            "data": {**facts, "play": play["sentence"], **onward},
        }
    )


def _announcement(stage: str, kind: str, item: Image, written_at: float) -> Announcement:
    subject = item["campaign_id"]
    if kind != "campaign":
        subject += f"/{item['number' if kind == 'batch' else 'batch_number']}"
    things = {
        "order": item.get("order_id"),
        "slip": f"{subject}/slip/{item.get('slip')}",
        "notice": f"{subject}/notice/{item.get('closes_at')}",
        "waiting_entry": f"{subject}/waiting/{item.get('entry_id')}",
    }
    thing = things.get(kind, subject)
    return Announcement.model_validate(
        {
            "id": f"{thing}/{item['state']}",
            "source": f"/groundswell/{stage}",
            "type": f"groundswell.{kind.removesuffix('_entry')}.{item['state']}",
            "subject": subject,
            "time": _since(kind, item) or datetime.fromtimestamp(written_at, UTC),
            "data": {name: item[name] for name in FACTS[kind] if name in item},
        }
    )


def _since(kind: str, item: Image) -> str | None:
    """The moment at which the item says that it came into its state."""
    if item.get("answers"):
        return str(item["answers"][-1]["at"])
    dated = NEWS[kind][item["state"]]
    return item[dated] if dated else None


def announce(ports: Ports, records: list[Image]) -> list[PartialItemFailures]:
    """Tells the bus what is new in these records. Answers the first that it did not take: with it Lambda delivers again
    all that follow, so that a silent bus costs one time-out and not one a record."""
    if not ports.bus.name:
        return []
    for change in (record["dynamodb"] for record in records):
        try:
            told = news(ports.settings.stage, change)
            if told is not None:
                announcements.publish(ports.bus, told)
        except Exception:  # noqa: BLE001 - whatever it was, the record comes back
            telemetry.log.exception("will be announced again", extra={"sequence_number": change["SequenceNumber"]})
            return [{"itemIdentifier": change["SequenceNumber"]}]
    return []
