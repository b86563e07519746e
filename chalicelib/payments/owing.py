"""What is owed back to a fan, between the rules, the organiser and the fan's bank. Pure."""

from datetime import datetime
from typing import Any

from chalicelib.payments import rules, turns
from chalicelib.payments.answers import Heard, Movement, promised
from chalicelib.payments.model import Payment, Refund


def settled(payment: Payment, now: datetime) -> Heard:
    """The payment with everything promised that is owed back, and nothing that the bank has given back already. The
    same payment when there is nothing to do."""
    for refund in payment.refunds:
        if refund.state in ("requested", "failed") and rules.is_taken_back(payment, refund):
            return _void(payment, refund)
        if rules.may_live_again(payment, refund):
            return Heard(
                _with(payment, refund, state="requested", requested_at=now), (promised(refund, again=payment.version),)
            )
    if relieved := rules.relief_minor(payment) - payment.relieved_minor:
        told = payment.model_copy(update={"relieved_minor": payment.relieved_minor + relieved})
        return Heard(told, (Movement("relieved", relieved, f"relief-{payment.version}"),))
    due = rules.refunds_due(payment, now, turns.why(payment))
    told = payment.model_copy(update={"refunds": (*payment.refunds, *due)}) if due else payment
    return Heard(told, tuple(map(promised, due)))


def refused(told: Heard, refund: Refund) -> Heard:
    """What becomes of a refund that the provider will not hear of, by what has just been looked up. It can take no
    effect under its key any more."""
    ours = next(one for one in told.payment.refunds if one.number == refund.number)
    if ours.state != "requested":
        return told
    if not rules.is_taken_back(told.payment, ours):
        return told._replace(payment=_with(told.payment, ours, state="failed", problem="provider_error"))
    void = _void(told.payment, ours.model_copy(update={"tries": ours.tries + 1}))
    return void._replace(movements=told.movements + void.movements)


def _void(payment: Payment, refund: Refund) -> Heard:
    known: dict[str, Any] = {"state": "void", "tries": refund.tries, "reference": None, "problem": None}
    if refund.state == "failed":
        known |= {"tries": refund.tries + 1, "failed": (*refund.failed, refund.reference or "")}
    moved = Movement("refund_void", refund.amount_minor, f"refund-{refund.number}-{payment.version}", refund.reason)
    return Heard(_with(payment, refund, **known), (moved,))


def _with(payment: Payment, refund: Refund, **changes: Any) -> Payment:
    told = tuple(one.model_copy(update=changes) if one.number == refund.number else one for one in payment.refunds)
    return payment.model_copy(update={"refunds": told})
