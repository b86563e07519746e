"""What the provider says, and what it means for a payment. Pure.

The same answer may come from an ask, its repetition, or a look at what stands there; twice, late, in any order. Hearing
it again changes nothing.
"""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from chalicelib.payments.model import Charge, Payment, Refund, State
from chalicelib.payments.rules import COLLECTING, NEXT, SECURING, wanted_minor
from chalicelib.plumbing.gateway.port import Found


class Movement(NamedTuple):
    """Money that has moved, or is owed back from now on: what the ledger is told. `reference`: of the charge, the
    refund (ours, by its number, while it is only owed) or the dispute."""

    kind: Literal["charged", "refund_requested", "refund_void", "refunded", "disputed", "dispute_won", "relieved"]
    minor: int
    reference: str
    reason: str | None = None


class Heard(NamedTuple):
    """The payment as it is then, and the money that has moved."""

    payment: Payment
    movements: tuple[Movement, ...] = ()


def heard(payment: Payment, found: Found, *, answers: bool = True) -> Heard:
    """What one answer means. `answers`: it is what has become of the present try, and not of an earlier one."""
    known = {"customer": found.customer or payment.customer}
    if found.kind == "method":
        # Only by the present try: its fan may have sent another card since an earlier one.
        known |= {"saved_method": found.method or payment.saved_method} if found.result == "done" and answers else {}
        return Heard(_moved_on(_with(payment, known), found, answers=answers))
    if found.kind == "charge":
        return _charge(_with(payment, known), found, answers=answers)
    return _refund(payment, found) if found.kind == "refund" else _dispute(payment, found)


def all_heard(payment: Payment, every: Iterable[Found]) -> Heard:
    """What a look at the provider means. The latest method or charge of the present series tells what has become of the
    present try, unless an earlier one may have left it so: then the present one is still to be asked for."""
    found = list(every)
    asked = [one for one in found if one.kind == _kind(payment) and one.series in ("", payment.series)]
    latest = asked[-1] if asked and not _may_be_earlier(payment, asked[-1]) else None
    movements: tuple[Movement, ...] = ()
    for one in found:
        payment, moved = heard(payment, one, answers=one is latest)
        movements += moved
    return Heard(payment, movements)


def _may_be_earlier(payment: Payment, found: Found) -> bool:
    """Whether this may be what has become of an earlier try, while the present one has not reached the provider."""
    if payment.answered >= payment.tries or found.result not in ("declined", "action_required"):
        return False
    if found.kind == "method":
        return payment.tries > 1
    return any(one.reference == found.reference for one in payment.charges)


def _kind(payment: Payment) -> str:
    return "method" if payment.series == "first" and not payment.first_minor else "charge"


def _with(payment: Payment, changes: dict[str, Any]) -> Payment:
    return payment.model_copy(update=changes)


def _charge(payment: Payment, found: Found, *, answers: bool) -> Heard:
    series = "first" if found.series == "first" else "balance"
    if not found.reference:  # nothing was begun at the provider
        return Heard(_moved_on(payment, found, answers=answers))
    known = next((one for one in payment.charges if one.reference == found.reference), None)
    charge = known or Charge(reference=found.reference, series=series)
    movements: tuple[Movement, ...] = ()
    if found.result == "done" and not charge.minor:
        charge = charge.model_copy(update={"minor": found.minor})
        movements = (Movement("charged", found.minor, found.reference),)
    if found.result == "cancelled":
        charge = charge.model_copy(update={"cancelled": True})
    others = [one for one in payment.charges if one.reference != found.reference]
    place = payment.charges.index(known) if known else len(others)
    changes: dict[str, Any] = {"charges": (*others[:place], charge, *others[place:])}
    if found.result == "done" and answers:
        changes["saved_method"] = found.method or payment.saved_method
    return Heard(_moved_on(_with(payment, changes), found, answers=answers), movements)


def _moved_on(payment: Payment, found: Found, *, answers: bool) -> Payment:
    """The state that follows from what was taken, or from a try that has taken nothing."""
    if found.result == "done" and not wanted_minor(payment) and (found.kind == "charge" or not payment.first_minor):
        end = _end_of(payment)
        quiet = {"problem": None, "action": None, "look_at": None, "again": False}
        payment = _to(payment, end, quiet) if end else payment
    if not answers:
        return payment
    payment = _with(payment, {"answered": payment.tries})
    if found.result in ("done", "pending"):
        return payment
    told = {"problem": found.problem, "action": found.action}
    if found.result == "action_required" and payment.state in SECURING:
        return _to(payment, "action_required", told | {"look_at": payment.hold_until})
    if payment.state in SECURING:
        return _to(payment, "declined", told | {"problem": found.problem or "hold_expired"})
    if payment.state in COLLECTING:
        # The last try may still be to come: then this is the answer to the one before.
        return _to(payment, "dropped" if payment.last and not payment.again else "overdue", told)
    return payment


def _end_of(payment: Payment) -> State | None:
    """Where a payment comes to when all that it asks for now is there."""
    if payment.state in SECURING:
        return "secured"
    return "paid" if payment.state in COLLECTING else None


def _to(payment: Payment, end: State, changes: dict[str, Any]) -> Payment:
    forward = payment.state == end or end in NEXT[payment.state]
    return _with(payment, changes | {"state": end}) if forward else payment


def _refund(payment: Payment, found: Found) -> Heard:
    ours = next((one for one in payment.refunds if one.reference == found.reference), None) or next(
        (one for one in payment.refunds if _may_be(one, found)), None
    )
    if ours is None or ours.state == "succeeded":
        return Heard(payment)
    states = {"done": "succeeded", "failed": "failed", "pending": "pending", "cancelled": "failed"}
    changes = {"reference": found.reference, "state": states[found.result], "problem": found.problem}
    told = tuple(one.model_copy(update=changes) if one is ours else one for one in payment.refunds)
    if ours.state == "void" and found.result not in ("done", "pending"):
        return Heard(payment)
    # What was taken for void has gone through all the same.
    owed = (promised(ours, again=payment.version),) if ours.state == "void" else ()
    moved = (Movement("refunded", ours.amount_minor, found.reference),) if found.result == "done" else ()
    return Heard(_with(payment, {"refunds": told}), owed + moved)


def promised(refund: Refund, *, again: int | None = None) -> Movement:
    """What is owed back from now on. `again`: the version of the payment, where it was void: each has its own name."""
    name = f"refund-{refund.number}" if again is None else f"refund-{refund.number}-{again}"
    return Movement("refund_requested", refund.amount_minor, name, refund.reason)


def _may_be(ours: Refund, found: Found) -> bool:
    """Whether a refund whose answer was lost is this one; one of its tries that failed is not."""
    same = (str(ours.number), ours.charge, ours.amount_minor) == (found.series, found.charge, found.minor)
    return same and ours.reference is None and found.reference not in ours.failed


def _dispute(payment: Payment, found: Found) -> Heard:
    """The bank has taken the money back; a dispute that is won brings it here again."""
    lost = 0 if found.result in ("failed", "cancelled") else found.minor
    charge = next((one for one in payment.charges if one.reference == found.charge), None)
    if charge is None or charge.lost_minor == lost:
        return Heard(payment)
    if not lost and charge.dispute not in (None, found.reference):
        return Heard(payment)  # an earlier one was won; another one has taken it
    told = charge.model_copy(update={"lost_minor": lost, "dispute": found.reference})
    charges = tuple(told if one is charge else one for one in payment.charges)
    kind: Literal["disputed", "dispute_won"] = "disputed" if lost else "dispute_won"
    moved = Movement(kind, lost or charge.lost_minor, found.reference)
    return Heard(_with(payment, {"charges": charges}), (moved,))
