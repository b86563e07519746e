"""The simulated provider's things in the shape of Stripe's objects, errors and events."""

import json
from typing import Any

from chalicelib.plumbing.gateway import signatures
from chalicelib.plumbing.gateway.port import Amount, Event, Found
from chalicelib.plumbing.gateway.stripe_amounts import to_stripe
from chalicelib.plumbing.gateway.stripe_connection import API_VERSION

Shape = dict[str, Any]

STATUSES = {
    "done": "succeeded",
    "declined": "requires_payment_method",
    "action_required": "requires_action",
    "pending": "processing",
    "cancelled": "canceled",
}
REFUND_STATUSES = {"pending": "pending", "done": "succeeded", "failed": "failed"}
DISPUTE_STATUSES = {"pending": "needs_response", "done": "lost", "cancelled": "won"}
# Problem: Stripe's code, and the bank's own.
CODES: dict[str, tuple[str, str | None]] = {
    "card_declined": ("card_declined", "generic_decline"),
    "insufficient_funds": ("card_declined", "insufficient_funds"),
    "card_expired": ("expired_card", None),
    "authentication_required": ("authentication_required", "authentication_required"),
    "authentication_failed": ("{kind}_authentication_failure", None),
    "provider_error": ("processing_error", None),
}


def intent(found: Found, secret: str) -> Shape:
    """Off session a bank that wants to ask declines, and the intent loses its method to the error."""
    kind = "payment_intent" if found.kind == "charge" else "setup_intent"
    refused = found.problem is not None
    shape = {
        "id": found.reference,
        "object": kind,
        "status": "requires_payment_method" if refused else STATUSES[found.result],
        "client_secret": secret,
        "customer": found.customer,
        "created": seconds(found),
        "payment_method": None if refused else found.method,
        "metadata": {"preorder": found.about, "currency": found.currency},
        "livemode": False,
        "next_action": {"type": "use_stripe_sdk"} if not refused and found.result == "action_required" else None,
    }
    error = problem(found, kind) if refused else None
    if kind == "setup_intent":
        return {**shape, "last_setup_error": error, "usage": "off_session"}
    amount = to_stripe(Amount(found.minor, found.currency))
    money = {"amount": amount, "amount_received": amount if found.result == "done" else 0}
    metadata = {"preorder": found.about, "series": found.series}
    return {**shape, **money, "currency": found.currency.lower(), "last_payment_error": error, "metadata": metadata}


def problem(found: Found, kind: str) -> Shape:
    code, bank = CODES[str(found.problem)]
    error: Shape = {"type": "card_error", "code": code.format(kind=kind), "message": "Your card was declined."}
    if bank:
        error["decline_code"] = bank
    if found.method:
        error["payment_method"] = {"id": found.method, "object": "payment_method"}
    return error


def taken_back(found: Found, charge: Shape | str) -> Shape:
    """A refund or a dispute; `charge` is its id or, expanded, its shape."""
    statuses = REFUND_STATUSES if found.kind == "refund" else DISPUTE_STATUSES
    return {
        "id": found.reference,
        "object": found.kind,
        "status": statuses[found.result],
        "amount": to_stripe(Amount(found.minor, found.currency)),
        "currency": found.currency.lower(),
        "created": seconds(found),
        "payment_intent": charge,
        "metadata": {"preorder": found.about, "number": found.series} if found.kind == "refund" else {},
    }


def customer(reference: str, about: str) -> Shape:
    return {"id": reference, "object": "customer", "metadata": {"preorder": about}}


def refusal(kind: str, message: str, code: str | None = None, param: str | None = None) -> Shape:
    return {"error": {"type": kind, "message": message, "code": code, "param": param}}


def signed(event: Event, thing: Shape, secret: str, at: Any) -> tuple[dict[str, str], bytes]:
    body = json.dumps(
        {
            "id": event.event_id,
            "object": "event",
            "api_version": API_VERSION,
            "created": int(event.created_at.timestamp()),
            "type": event.kind,
            "livemode": False,
            "data": {"object": thing},
        }
    ).encode()
    return {"content-type": "application/json", "stripe-signature": signatures.sign(secret, body, at)}, body


def seconds(found: Found) -> int:
    assert found.created_at
    return int(found.created_at.timestamp())
