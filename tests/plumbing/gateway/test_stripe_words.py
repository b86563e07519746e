"""What Stripe's objects, errors and events are in our words."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.plumbing.gateway.port import EventForged, Misused, TryLater, Unknown
from chalicelib.plumbing.gateway.signatures import sign
from chalicelib.plumbing.gateway.stripe_errors import Declined, MethodAbsent, MethodUsedUp, in_our_words
from chalicelib.plumbing.gateway.stripe_gateway import StripeGateway
from chalicelib.plumbing.gateway.stripe_words import dispute_found, event_of, intent_found, problem_of, refund_found

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
CHARGE = {
    "id": "pi_1",
    "object": "payment_intent",
    "status": "succeeded",
    "amount": 500,
    "amount_received": 500,
    "currency": "eur",
    "created": SECONDS,
    "customer": "cus_1",
    "payment_method": "pm_1",
    "client_secret": "pi_1_secret",
    "metadata": {"preorder": "ours", "series": "deposit"},
}
REFUND = {
    "id": "re_1",
    "object": "refund",
    "status": "succeeded",
    "amount": 500,
    "currency": "eur",
    "created": SECONDS,
    "payment_intent": "pi_1",
    "metadata": {"preorder": "ours", "number": "2"},
}


def required(code: str, bank: str | None = None) -> dict:
    error = {"code": code, "decline_code": bank, "payment_method": {"id": "pm_9"}}
    return {**CHARGE, "status": "requires_payment_method", "payment_method": None, "last_payment_error": error}


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("succeeded", "done"),
        ("processing", "pending"),
        ("requires_capture", "pending"),
        ("requires_action", "action_required"),
        ("requires_confirmation", "declined"),
        ("requires_payment_method", "declined"),
        ("canceled", "cancelled"),
        ("of_a_later_version", "pending"),
    ],
)
def test_how_a_charge_stands(status: str, result: str):
    found = intent_found({**CHARGE, "status": status})
    assert found.result == result
    assert (found.action is not None) == (result == "action_required")
    assert found.problem == ("provider_error" if result == "declined" else None)


def test_what_was_taken_counts_and_before_that_what_was_asked_for():
    assert intent_found({**CHARGE, "amount_received": 400}).minor == 400
    assert intent_found({**CHARGE, "amount_received": 0, "status": "requires_action"}).minor == 500


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("succeeded", "done"),
        ("pending", "pending"),
        ("requires_action", "pending"),
        ("failed", "failed"),
        ("canceled", "failed"),
    ],
)
def test_how_a_refund_stands(status: str, result: str):
    assert refund_found({**REFUND, "status": status}).result == result


@pytest.mark.parametrize(
    ("status", "result"),
    [
        *((status, "pending") for status in ("needs_response", "under_review", "warning_needs_response")),
        *((status, "pending") for status in ("warning_under_review", "appeal_needs_response", "appeal_under_review")),
        *((status, "cancelled") for status in ("won", "warning_closed", "prevented")),
        ("lost", "done"),
    ],
)
def test_how_a_dispute_stands(status: str, result: str):
    dispute = {**REFUND, "id": "dp_1", "object": "dispute", "status": status, "metadata": {}, "payment_intent": CHARGE}
    found = dispute_found(dispute)
    assert (found.result, found.about, found.charge, found.series) == (result, "ours", "pi_1", "deposit")


def test_every_status_that_the_library_knows_is_known_to_us():
    """A new version of the API may bring new ones: they are to be thought about."""
    assert set(literals(stripe.Dispute, "status")) == {
        *("needs_response", "under_review", "warning_needs_response", "warning_under_review", "won", "lost"),
        *("warning_closed", "prevented", "appeal_needs_response", "appeal_under_review"),
    }
    intents = {
        "canceled",
        "processing",
        "requires_action",
        "requires_confirmation",
        "requires_payment_method",
        "succeeded",
    }
    assert set(literals(stripe.SetupIntent, "status")) == intents
    assert set(literals(stripe.PaymentIntent, "status")) == intents | {"requires_capture"}


def literals(of: type, name: str) -> tuple[str, ...]:
    literal, _ = of.__annotations__[name].__args__
    return literal.__args__


def test_a_refund_made_by_hand_is_about_its_charges_pre_order():
    found = refund_found({**REFUND, "metadata": {}, "payment_intent": CHARGE})
    assert (found.about, found.charge, found.customer, found.series) == ("ours", "pi_1", "cus_1", "")


@pytest.mark.parametrize(
    ("code", "bank", "problem"),
    [
        ("card_declined", "insufficient_funds", "insufficient_funds"),
        ("card_declined", "generic_decline", "card_declined"),
        ("card_declined", "expired_card", "card_expired"),
        ("expired_card", None, "card_expired"),
        ("incorrect_cvc", None, "method_invalid"),
        ("payment_intent_authentication_failure", None, "authentication_failed"),
        ("setup_intent_authentication_failure", None, "authentication_failed"),
        ("processing_error", None, "provider_error"),
        ("card_declined", "issuer_not_available", "provider_error"),
        ("processing_error", "insufficient_funds", "insufficient_funds"),
        ("of_a_later_version", None, "card_declined"),
    ],
)
def test_why_a_card_was_declined(code: str, bank: str | None, problem: str):
    assert problem_of({"code": code, "decline_code": bank}) == problem
    found = intent_found(required(code, bank))
    assert (found.result, found.problem, found.action, found.method) == ("declined", problem, None, None)


@pytest.mark.parametrize(
    ("code", "bank"), [("authentication_required", None), ("card_declined", "authentication_required")]
)
def test_a_bank_that_wants_to_ask_the_holder_has_not_said_no(code: str, bank: str | None):
    found = intent_found(required(code, bank))
    assert (found.result, found.problem) == ("action_required", "authentication_required")
    assert (found.action, found.method) == ("pi_1_secret", "pm_9")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (stripe.CardError("no", None, "card_declined", json_body={"error": {"code": "card_declined"}}), Declined),
        (stripe.CardError("no", None, "card_declined"), Declined),
        (stripe.InvalidRequestError("No such PaymentMethod", "payment_method", "resource_missing"), MethodAbsent),
        (stripe.InvalidRequestError("No such token", "confirmation_token", "resource_missing"), MethodAbsent),
        (stripe.InvalidRequestError("... It may not be used again.", None), MethodUsedUp),
        (stripe.InvalidRequestError("Too small", "amount", "amount_too_small"), Misused),
        (stripe.InvalidRequestError("No such intent", "intent", "resource_missing"), Misused),
        (stripe.InvalidRequestError("Balance", None, "balance_insufficient"), TryLater),
        (stripe.IdempotencyError("other parameters"), Misused),
        (stripe.RateLimitError("slowly"), TryLater),
        (stripe.APIError("in use", http_status=409), TryLater),
        (stripe.APIError("broken", http_status=500), Unknown),
        (stripe.APIError("no JSON", http_status=200), Unknown),
        (stripe.APIConnectionError("nobody"), Unknown),
        (stripe.AuthenticationError("who are you"), stripe.AuthenticationError),
        (stripe.PermissionError("not you"), stripe.PermissionError),
    ],
)
def test_what_an_error_means(error: Exception, told: type[Exception]):
    with pytest.raises(told) as raised, in_our_words():
        raise error
    assert raised.type is told


def test_a_method_that_comes_too_late_for_a_finished_charge_is_no_decline():
    with pytest.raises(Misused) as raised, in_our_words():
        raise stripe.InvalidRequestError("succeeded", "payment_method", "payment_intent_unexpected_state")
    assert raised.type is Misused


def posted(**changes: object) -> bytes:
    event = {"id": "evt_1", "object": "event", "created": SECONDS, "type": "payment_intent.succeeded"}
    return json.dumps({**event, "data": {"object": CHARGE}, **changes}).encode()


def test_an_event_says_what_to_look_up():
    event = event_of(posted())
    assert event
    assert (event.event_id, event.kind, event.reference) == ("evt_1", "payment_intent.succeeded", "pi_1")
    assert (event.about, event.created_at) == ("ours", NOW)


def test_an_event_of_a_dispute_does_not_say_whose_it_is():
    event = event_of(posted(type="charge.dispute.created", data={"object": {**REFUND, "id": "dp_1", "metadata": {}}}))
    assert event
    assert (event.reference, event.about) == ("dp_1", "")


@pytest.mark.parametrize(
    "kind", ["payout.paid", "customer.created", "charge.succeeded", "v2.core.event_destination.ping"]
)
def test_a_kind_of_no_concern_is_nothing(kind: str):
    assert event_of(posted(type=kind)) is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=60) | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_whatever_is_signed_is_an_event_or_refused(body: bytes):
    gateway = StripeGateway(str, lambda: ["whsec"])
    with pytest.raises(EventForged):
        gateway.read_event({"stripe-signature": sign("whsec", body, NOW)}, body, NOW)


@given(st.sampled_from(["id", "created", "type", "data"]), ANYTHING)
def test_an_event_with_a_wrong_field_is_refused_and_nothing_worse(name: str, value: object):
    body = posted(**{name: value})
    with contextlib.suppress(EventForged):
        event_of(body)


@given(st.sampled_from(["id", "metadata", "payment_intent"]), ANYTHING)
def test_an_event_about_a_wrong_thing_is_refused_and_nothing_worse(name: str, value: object):
    with contextlib.suppress(EventForged):
        event_of(posted(data={"object": {**CHARGE, name: value}}))
