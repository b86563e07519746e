"""What the simulated provider knows about one pre-order: a plain document that JSON can carry.

Times are whole milliseconds since 1970. What only time will change is written down beforehand, under `coming`, with the
event that will tell of it: whoever looks later sees the same, whether or not somebody has looked before.
"""

import copy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.plumbing.gateway.port import KEY_LIFE, Event, Found

Document = dict[str, Any]
Thing = dict[str, Any]

_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_PREFIXES = {"method": "seti", "charge": "pi", "refund": "re", "dispute": "dp", "customer": "cus", "saved": "pm"}
# As Stripe names them.
KINDS = {
    ("method", "done"): "setup_intent.succeeded",
    ("method", "declined"): "setup_intent.setup_failed",
    ("method", "action_required"): "setup_intent.requires_action",
    ("method", "cancelled"): "setup_intent.canceled",
    ("charge", "done"): "payment_intent.succeeded",
    ("charge", "declined"): "payment_intent.payment_failed",
    ("charge", "action_required"): "payment_intent.requires_action",
    ("charge", "cancelled"): "payment_intent.canceled",
    ("refund", "pending"): "refund.created",
    ("refund", "done"): "refund.updated",
    ("refund", "failed"): "refund.failed",
    ("dispute", "pending"): "charge.dispute.created",
    ("dispute", "done"): "charge.dispute.closed",
    ("dispute", "cancelled"): "charge.dispute.closed",
}


def blank(about: str) -> Document:
    """`things`: methods, charges, refunds and disputes by reference. `methods`: cards in use. `stumbled`: which faults
    have happened."""
    empty: Document = {"about": about, "currency": None, "made": 0, "customers": [], "methods": {}, "things": {}}
    return {**empty, "keys": {}, "events": [], "coming": [], "stumbled": [], "changed_at": 0}


def milliseconds(moment: datetime) -> int:
    return (moment - _ZERO) // _MILLISECOND


def instant(milliseconds_: int) -> datetime:
    return _ZERO + milliseconds_ * _MILLISECOND


def settled(document: Document, now: datetime) -> Document:
    """A copy as it stands at this moment: what was due has happened at its own moment, and old keys are forgotten."""
    at, after = milliseconds(now), copy.deepcopy(document)
    due = sorted((one for one in after["coming"] if one["at"] <= at), key=lambda one: int(one["at"]))
    for one in due:
        after["coming"].remove(one)
        after["things"][one["thing"]["reference"]] = one["thing"]
        after["events"].append(one["event"])
    alive = at - KEY_LIFE // _MILLISECOND
    after["keys"] = {key: kept for key, kept in after["keys"].items() if kept["at"] > alive}
    return after


def settles_at(document: Document) -> datetime:
    """When it changes for the last time, if nobody asks for anything any more."""
    return instant(max([document["changed_at"], *(one["at"] for one in document["coming"])]))


def new_reference(document: Document, kind: str) -> str:
    """The next reference: `pi_<about>_<number>`."""
    return f"{_PREFIXES[kind]}_{document['about']}_{_next(document)}"


def about_of(reference: str) -> str | None:
    """The pre-order that a reference would belong to, judged by its spelling only."""
    prefix, _, rest = reference.partition("_")
    about = rest.rpartition("_")[0]
    return about if about and prefix in _PREFIXES.values() else None


def come_to(document: Document, thing: Thing, result: str, at: int) -> None:
    """Gives a thing its new result and tells of it."""
    thing["result"] = result
    document["things"][thing["reference"]] = thing
    document["events"].append(_event(document, thing, at))


def foresee(document: Document, thing: Thing, result: str, *, at: int) -> None:
    """What a thing will be at that moment."""
    later = {**thing, "result": result}
    document["coming"].append({"at": at, "thing": later, "event": _event(document, later, at)})


def _event(document: Document, thing: Thing, at: int) -> dict[str, Any]:
    event_id = f"evt_{document['about']}_{_next(document)}"
    kind = KINDS[thing["kind"], thing["result"]]
    return {"event_id": event_id, "kind": kind, "reference": thing["reference"], "at": at}


def _next(document: Document) -> int:
    document["made"] += 1
    return int(document["made"])


def found(document: Document, thing: Thing) -> Found:
    """A thing in the port's words, without the token for its holder."""
    told: dict[str, Any] = {name: thing.get(name) for name in ("problem", "customer", "method", "charge")}
    exact: dict[str, Any] = {
        name: thing[name] for name in ("kind", "reference", "result", "currency", "minor", "series")
    }
    return Found(about=document["about"], created_at=instant(thing["made_at"]), **exact, **told)


def events(document: Document) -> Iterator[Event]:
    """Everything that has happened, in the order of happening."""
    for one in document["events"]:
        yield Event(one["event_id"], one["kind"], one["reference"], document["about"], instant(one["at"]))
