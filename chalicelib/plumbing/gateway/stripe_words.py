"""What Stripe's objects and events are in our words. Pure: objects come as plain mappings."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.plumbing.gateway.port import Event, EventForged, Found, Problem, Result
from chalicelib.plumbing.gateway.stripe_amounts import from_stripe

Object = Mapping[str, Any]

# An intent that was never confirmed has taken nothing and may be tried again, like a declined one.
_INTENTS: Mapping[str, Result] = {
    "succeeded": "done",
    "processing": "pending",
    "requires_capture": "pending",
    "requires_action": "action_required",
    "requires_confirmation": "declined",
    "requires_payment_method": "declined",
    "canceled": "cancelled",
}
_REFUNDS: Mapping[str, Result] = {
    "succeeded": "done",
    "pending": "pending",
    "requires_action": "pending",
    "failed": "failed",
    "canceled": "failed",
}
# Lost, the money is gone; won, closed or prevented, it is ours. Everything else is still being fought over.
_DISPUTES: Mapping[str, Result] = {
    "lost": "done",
    "won": "cancelled",
    "warning_closed": "cancelled",
    "prevented": "cancelled",
}
_PROBLEMS: Mapping[Problem, str] = {
    "insufficient_funds": "insufficient_funds",
    "card_expired": "expired_card",
    "authentication_required": "authentication_required",
    "authentication_failed": "payment_intent_authentication_failure setup_intent_authentication_failure",
    "method_invalid": "incorrect_number invalid_number incorrect_cvc invalid_cvc invalid_expiry_month "
    "invalid_expiry_year invalid_account incorrect_zip card_not_supported currency_not_supported",
    "provider_error": "processing_error issuer_not_available reenter_transaction try_again_later "
    "payment_method_provider_timeout payment_method_provider_decline",
}
_PROBLEM_OF = {word: problem for problem, words in _PROBLEMS.items() for word in words.split()}
_KINDS = frozenset(
    [f"setup_intent.{step}" for step in ("succeeded", "setup_failed", "requires_action", "canceled")]
    + [
        f"payment_intent.{step}"
        for step in ("succeeded", "payment_failed", "requires_action", "canceled", "processing")
    ]
    + [f"refund.{step}" for step in ("created", "updated", "failed")]
    + [f"charge.dispute.{step}" for step in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")]
)


def intent_found(intent: Object) -> Found:
    """A saved method (SetupIntent) or a charge (PaymentIntent)."""
    charged = intent["object"] == "payment_intent"
    result, problem = _standing(intent, intent.get("last_payment_error" if charged else "last_setup_error") or {})
    taken = "amount_received" if result == "done" else "amount"
    amount = from_stripe(intent[taken], intent["currency"]) if charged else None
    return Found(
        kind="charge" if charged else "method",
        reference=intent["id"],
        about=about_of(intent),
        result=result,
        currency=amount.currency if amount else _metadata(intent).get("currency", ""),
        minor=amount.minor if amount else 0,
        series=_metadata(intent).get("series", ""),
        problem=problem,
        customer=_id(intent.get("customer")),
        method=_method(intent) if result != "declined" else None,
        action=intent.get("client_secret") if result == "action_required" else None,
        created_at=_instant(intent["created"]),
    )


def refund_found(refund: Object) -> Found:
    """`payment_intent` expanded, so that a refund made by hand is found to be about its charge's pre-order."""
    return _of_a_charge(refund, result=_REFUNDS.get(refund["status"], "pending"))


def dispute_found(dispute: Object) -> Found:
    """`payment_intent` expanded: a dispute has no metadata of ours."""
    return _of_a_charge(dispute, result=_DISPUTES.get(dispute["status"], "pending"))


def _of_a_charge(thing: Object, *, result: Result) -> Found:
    amount = from_stripe(thing["amount"], thing["currency"])
    link = thing.get("payment_intent")
    charge = link if isinstance(link, Mapping) else {}
    number = _metadata(thing).get("number", "")
    return Found(
        kind="refund" if thing["object"] == "refund" else "dispute",
        reference=thing["id"],
        about=about_of(thing),
        result=result,
        currency=amount.currency,
        minor=amount.minor,
        series=number if thing["object"] == "refund" else _metadata(charge).get("series", ""),
        customer=_id(charge.get("customer")),
        charge=_id(link),
        created_at=_instant(thing["created"]),
    )


def about_of(thing: Object) -> str:
    """The pre-order in its own metadata, or in its charge's where that is expanded."""
    charge = thing.get("payment_intent")
    theirs = _metadata(charge).get("preorder", "") if isinstance(charge, Mapping) else ""
    return str(_metadata(thing).get("preorder") or theirs)


def problem_of(error: Object) -> Problem:
    """The bank's own reason says more than Stripe's code."""
    for word in (error.get("decline_code"), error.get("code")):
        if word in _PROBLEM_OF:
            return _PROBLEM_OF[word]
    return "card_declined"


def event_of(body: bytes) -> Event | None:
    """Of a body whose signature holds; refuses with EventForged one that is no event all the same."""
    try:
        told = json.loads(body)
        if told["type"] not in _KINDS:
            return None
        thing = told["data"]["object"]
        about = about_of(thing)
        return Event(str(told["id"]), str(told["type"]), str(thing["id"]), about, _instant(told["created"]))
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError, RecursionError) as error:
        raise EventForged("This is signed, but it is no event of Stripe's.") from error


def _standing(intent: Object, error: Object) -> tuple[Result, Problem | None]:
    """Off session, a bank that wants to ask its holder declines: that the holder can mend."""
    result = _INTENTS.get(intent["status"], "pending")
    if result != "declined":
        return result, None
    problem = problem_of(error) if error else "provider_error"
    return ("action_required" if problem == "authentication_required" else "declined"), problem


def _method(intent: Object) -> str | None:
    """Stripe takes a method that the bank wants confirmed off the intent, and names it in the error only."""
    error = intent.get("last_payment_error") or intent.get("last_setup_error") or {}
    return _id(intent.get("payment_method")) or _id(error.get("payment_method"))


def _metadata(thing: Object) -> Mapping[str, str]:
    return thing.get("metadata") or {}


def _id(link: Any) -> str | None:
    """Of a link, whether or not it is expanded."""
    return str(link["id"]) if isinstance(link, Mapping) else link


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
