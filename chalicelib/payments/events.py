"""The provider's events: kept when they come, heard from the queue.

An event says only that something has happened to a payment: the provider is asked how it stands now. So events may
come late, twice and in any order. One about a payment that we do not have (yet) is kept and tried again for days.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from chalicelib.kernel import instants, money_keys
from chalicelib.kernel.instants import Instant
from chalicelib.kernel.refusals import Conflict
from chalicelib.kernel.words import Kept
from chalicelib.payments import actions, store
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.expressions import equals, exists
from chalicelib.plumbing.gateway.port import Event
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, putting

DUE = "DUE#EVENT"
# An event about something that we do not know is tried again so often, and for so long; then somebody has to look.
AGAIN, FOR_SO_LONG = timedelta(hours=1), timedelta(days=3)
KEPT_DAYS = 30


class EventKnown(Conflict):
    """Refused: this event has come before."""


class KeptEvent(Kept):
    """An event as it came."""

    event_id: str
    event_kind: str
    reference: str
    about: str
    created_at: Instant
    received_at: Instant
    state: Literal["received", "heard", "unknown", "parked"]


def take(ports: Ports, headers: Mapping[str, str], body: bytes) -> None:
    """Keeps the event and asks the worker to hear it. One that was heard already is a repetition, and does nothing.
    Refuses with EventForged."""
    now = ports.clock.now()
    event = ports.gateway.read_event(headers, body, now)
    if event is None:
        return  # of a kind that is of no concern
    known = _find(ports.table, event.event_id)
    if known is None:
        ports.table.attempt(_keeping(event, now))
    if known is None or known.state == "received":
        ports.queues.send(ports.settings.payments_queue, {"event_id": event.event_id})


def hear(ports: Ports, message: dict[str, Any]) -> None:
    """Looks at the payment that an event is about. Repeated, it looks again."""
    event = _find(ports.table, message["event_id"])
    if event is None or event.state in ("heard", "parked"):
        return
    preorder_id = event.about or ports.gateway.about(event.reference) or ""
    if preorder_id and store.find(ports.table, preorder_id) is not None:
        actions.pay(ports, {"preorder_id": preorder_id, "look": 1})
        ports.table.attempt(_moving(event, "heard"))
        return
    now = ports.clock.now()
    is_old = now - event.received_at >= FOR_SO_LONG
    telemetry.count("payment_events_parked" if is_old else "payment_events_unknown")
    ports.table.attempt(_moving(event, "parked") if is_old else _moving(event, "unknown", again=now + AGAIN))


def look_after(ports: Ports) -> None:
    """Asks the worker to hear what is to be tried again."""
    page = ports.table.query_index("gsi2", DUE, up_to=instants.text(ports.clock.now()), limit=100)
    for found in page.items:
        ports.queues.send(ports.settings.payments_queue, {"event_id": found["event_id"]})


def _find(table: Table, event_id: str) -> KeptEvent | None:
    found = table.get(money_keys.provider_event(event_id))
    return KeptEvent.model_validate(found) if found else None


def _keeping(event: Event, now: datetime) -> Write:
    item = {
        "kind": "provider_event",
        "state": "received",
        "event_id": event.event_id,
        "event_kind": event.kind,
        "reference": event.reference,
        "about": event.about,
        "created_at": instants.text(event.created_at),
        "received_at": instants.text(now),
        "expires_at": int((now + timedelta(days=KEPT_DAYS)).timestamp()),
    }
    return putting(money_keys.provider_event(event.event_id), item, refusal=EventKnown)


def _moving(event: KeptEvent, end: str, *, again: datetime | None = None) -> Write:
    put: dict[str, Any] = {"state": end, "gsi2pk": None, "gsi2sk": None}
    if again is not None:
        put |= {"gsi2pk": DUE, "gsi2sk": f"{instants.text(again)}#{event.event_id}"}
    conditions = [exists(), equals("state", event.state)]
    return changing(money_keys.provider_event(event.event_id), put=put, provided=conditions, refusal=EventKnown)
