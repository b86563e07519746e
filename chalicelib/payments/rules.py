"""How a payment moves, what is asked of the provider, and what its answers mean. Pure.

A payment moves forward only: a late, repeated or reordered message changes nothing, or moves it on. Money that has
arrived is always noted, whatever the state is by then; what is more than is due goes back.
"""

from datetime import datetime

from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Conflict, Invalid, Missing
from chalicelib.payments.model import Charge, Payment, Refund, State

NEXT: dict[State, tuple[State, ...]] = {
    "requested": ("action_required", "secured", "declined", "releasing"),
    "action_required": ("secured", "declined", "releasing"),
    "secured": ("collecting", "releasing"),
    "declined": (),
    "collecting": ("overdue", "dropped", "paid", "releasing"),
    "overdue": ("dropped", "paid", "releasing"),
    "dropped": ("releasing",),
    "paid": ("releasing",),
    "releasing": ("released",),
    "released": (),
}
# What keeps nothing of the fan's money.
KEEPS_NOTHING: tuple[State, ...] = ("declined", "dropped", "releasing", "released")
# While the first of these lasts the provider is asked for what is due now, while the second does for the balance.
SECURING: tuple[State, ...] = ("requested", "action_required")
COLLECTING: tuple[State, ...] = ("collecting", "overdue")


class PaymentMoved(Conflict):
    """Refused: the payment is no longer in the state that was read."""

    sentence = "The payment has moved on."


class PaymentMissing(Missing):
    """Refused: no such payment, or it is another's."""

    sentence = "There is no payment of yours for such a pre-order (yet)."


class NothingToPay(Conflict):
    """Refused: no other card is asked for at present."""

    sentence = "Nothing is to be paid for this pre-order at present, so no other card is needed."


class RefundTooLarge(Conflict):
    """Refused: more than is left of what was taken."""


class NotPaid(Conflict):
    """Refused: an organiser gives back from what is paid for and ordered; before, withdrawal and the playbook do."""

    sentence = "This pre-order is not paid for and ordered, so that there is nothing to give back from it."


class RefundKeyMissing(Invalid):
    """Refused: without a key of the client's own, a retry could give back twice."""

    sentence = (
        "Send a header Idempotency-Key of 1 to 64 visible ASCII characters, the same for every retry of this refund."
    )


class RefundKeyReused(Conflict):
    """Refused: the key has been used for another amount."""

    sentence = "This Idempotency-Key was used for another refund. Use a new key for a new one."


class RefundMissing(Missing):
    """Refused: no such refund."""

    sentence = "There is no such refund."


class RefundNotFailed(Conflict):
    """Refused: only a refund that has failed is tried again."""

    sentence = "This refund has not failed: there is nothing to try again."


class NotSimulated(Missing):
    """Refused: a real provider asks the holder itself."""

    sentence = "There is no such page: payments are not simulated here."


def check_mendable(payment: Payment) -> None:
    """Refuses with NothingToPay."""
    if payment.state not in ("action_required", "overdue") or payment.last:
        raise NothingToPay


def check_refundable(payment: Payment, minor: int, *, ordered: bool) -> None:
    """Refuses with NotPaid, RefundTooLarge."""
    if payment.state != "paid" or not ordered:
        raise NotPaid
    if minor > payment.net_minor:
        raise RefundTooLarge(f"Of what was paid {payment.net_minor} minor units of {payment.currency} are left.")


def check_same(payment: Payment, earlier: list[Refund], minor: int) -> Payment:
    """The payment, where these refunds are what is asked for again. Refuses with RefundKeyReused."""
    if sum(one.amount_minor for one in earlier) != minor:
        raise RefundKeyReused
    return payment


def check_key(key: str | None) -> str:
    """Refuses with RefundKeyMissing."""
    if key is None or not ids.is_key(key):
        raise RefundKeyMissing
    return key


def may_become(end: State) -> list[State]:
    """The states that may come before this one."""
    return [start for start, ends in NEXT.items() if end in ends]


def kept_minor(payment: Payment) -> int:
    """How much of what was taken is ours to keep in this state."""
    if payment.state in KEEPS_NOTHING:
        return 0
    due = payment.due_minor if payment.state in (*COLLECTING, "paid") else payment.first_minor
    return max(0, due - payment.given_minor)


def wanted_minor(payment: Payment) -> int:
    """What is to be charged at this moment; 0 when nothing is."""
    if payment.state not in (*SECURING, *COLLECTING):
        return 0
    due = payment.first_minor if payment.state in SECURING else payment.due_minor
    return max(0, due - (payment.captured_minor - payment.promised_minor))


def refunds_due(payment: Payment, now: datetime, reason: str) -> tuple[Refund, ...]:
    """The refunds that are still to be asked for, charge by charge, the latest charge first. What the fan has got back
    through the bank is not given back again."""
    return shared_out(payment, payment.net_minor - kept_minor(payment), now, reason)


def shared_out(payment: Payment, minor: int, now: datetime, reason: str, *, asked_by: str = "") -> tuple[Refund, ...]:
    """Refunds of so much in all, of the latest charge first: none gives back more than is left of its charge."""
    left, number = minor, len(payment.refunds)
    found: list[Refund] = []
    for charge in reversed(payment.charges):
        part = min(left, charge.minor - charge.lost_minor - _given_back_minor(payment, charge.reference))
        if part > 0:
            number, left = number + 1, left - part
            told = {"amount_minor": part, "state": "requested", "reason": reason, "requested_at": now}
            named = {"number": number, "charge": charge.reference, "asked_by": asked_by}
            found.append(Refund.model_validate(named | told))
    return tuple(found)


def _given_back_minor(payment: Payment, charge: str) -> int:
    return sum(one.amount_minor for one in payment.refunds if one.charge == charge and one.state != "void")


def is_taken_back(payment: Payment, refund: Refund) -> bool:
    """Whether the bank has given the fan what this refund would: a provider gives nothing back of such a charge."""
    charge = next(one for one in payment.charges if one.reference == refund.charge)
    return 0 < charge.lost_minor > charge.minor - _given_back_minor(payment, charge.reference)


def may_live_again(payment: Payment, refund: Refund) -> bool:
    """Whether a refund that was void is owed again: the bank has decided for us."""
    charge = next(one for one in payment.charges if one.reference == refund.charge)
    return refund.state == "void" and not charge.lost_minor


def relief_minor(payment: Payment) -> int:
    """How much of what the bank has taken would have gone back to the fan by the rules."""
    by_rules = [one for one in payment.refunds if one.state != "void" and not one.asked_by]
    kept = kept_minor(payment.model_copy(update={"given_minor": 0}))
    owed = payment.captured_minor - sum(one.amount_minor for one in by_rules) - kept
    return min(max(0, owed), payment.lost_minor)


def unfinished(payment: Payment) -> Charge | None:
    """The charge of this series that was tried and has taken nothing: it is gone on with, so that no second one can
    succeed beside it."""
    found = [one for one in payment.charges if one.series == payment.series and not one.minor]
    return found[-1] if found else None


def key(payment: Payment) -> str:
    """The provider's key for the ask of this moment."""
    return f"{payment.preorder_id}/{payment.series}/{payment.tries}"


def refund_key(payment: Payment, refund: Refund) -> str:
    return f"{payment.preorder_id}/refund/{refund.number}/{refund.tries}"
