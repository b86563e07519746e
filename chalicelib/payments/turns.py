"""Whose turn it is: what a payment needs next, and when to look at it again. Pure."""

from datetime import datetime, timedelta

from chalicelib.payments.model import ARRIVED, Charge, Payment
from chalicelib.payments.rules import COLLECTING, KEEPS_NOTHING, SECURING, wanted_minor
from chalicelib.plumbing.gateway.port import KEY_SAFE

# How soon one looks again where the provider has not said what became of an ask, by how long that has lasted.
PATIENCE = (
    (timedelta(minutes=10), timedelta(minutes=1)),
    (timedelta(hours=2), timedelta(minutes=10)),
    (timedelta(days=2), timedelta(hours=1)),
)
SELDOM = timedelta(hours=12)
# After so long no call that was made before can still be on its way.
IN_FLIGHT = timedelta(minutes=10)


def look_again(since: datetime, now: datetime) -> datetime:
    """When one asks again what became of an ask: soon at first, later seldom, never not at all."""
    for lasted, pause in PATIENCE:
        if now - since < lasted:
            return now + pause
    return now + SELDOM


def may_ask(payment: Payment) -> bool:
    """Whether the present try is still to be asked for."""
    if payment.answered >= payment.tries or payment.state not in (*SECURING, *COLLECTING):
        return False
    return wanted_minor(payment) > 0 or (payment.state in SECURING and not payment.first_minor)


def must_look(payment: Payment, now: datetime) -> bool:
    """Whether it is to be seen first what stands at the provider: it is time for it, or the key of the present try, or
    of a refund, may be forgotten by now, and asking again could move the money twice."""
    is_old = payment.answered < payment.tries and now - payment.asked_at >= KEY_SAFE
    is_old |= any(one.state == "requested" and now - one.requested_at >= KEY_SAFE for one in payment.refunds)
    return is_old or (payment.look_at is not None and payment.look_at <= now)


def hold_is_over(payment: Payment, now: datetime) -> bool:
    """Whether the room is not held for this payment any more. A first ask that comes late is still made."""
    is_over = payment.hold_until is not None and now >= payment.hold_until
    was_asked = payment.answered == payment.tries or payment.look_at is not None
    return payment.state in SECURING and is_over and was_asked


def expired(payment: Payment) -> Payment:
    """The hold has lapsed. What may be under way is looked at until it is known."""
    return payment.model_copy(update={"state": "declined", "problem": "hold_expired", "action": None, "look_at": None})


def why(payment: Payment) -> str:
    """The reason of a refund that follows from the state alone."""
    return "released" if payment.state in KEEPS_NOTHING else "price_difference"


def to_cancel(payment: Payment) -> Charge | None:
    """A charge that must not succeed any more."""
    open_ones = [one for one in payment.charges if not one.minor and not one.cancelled]
    return open_ones[-1] if open_ones and payment.state in KEEPS_NOTHING else None


def moved_on(payment: Payment, now: datetime) -> Payment:
    """What follows without the provider, once there is nothing more to ask: the next try, the end, or when to look
    again. The same payment when it can rest."""
    if payment.again and payment.answered == payment.tries and payment.state in (*COLLECTING, "action_required"):
        return _with(payment, tries=payment.tries + 1, asked_at=now, again=False, look_at=None)
    if payment.state in COLLECTING and not wanted_minor(payment):
        return _with(payment, state="paid", problem=None, action=None, look_at=None)
    if payment.state in KEEPS_NOTHING and payment.at_risk and payment.look_at is not None and payment.look_at <= now:
        return _with(payment, answered=payment.tries, look_at=None)  # it has just been looked at, late enough
    if payment.state == "releasing" and _is_over(payment):
        return _with(payment, state="released", look_at=None, action=None)
    return _looked_at_again(payment, now)


def _with(payment: Payment, **changes: object) -> Payment:
    return payment.model_copy(update=changes)


def _is_over(payment: Payment) -> bool:
    arrived = all(one.state in ARRIVED for one in payment.refunds)
    # Less than nothing is kept where the fan has also got it back through the bank.
    return not payment.at_risk and arrived and payment.net_minor <= 0


def _looked_at_again(payment: Payment, now: datetime) -> Payment:
    again, waits = next_look(payment, now), payment.look_at is not None and payment.look_at > now
    # What another state has planned may be too late for this one.
    if again == payment.look_at or (waits and again is not None and _earlier(payment.look_at, again)):
        return payment
    told = 1 if payment.state == "overdue" and not waits else 0
    return _with(payment, look_at=again, reminders=payment.reminders + told)


def _earlier(one: datetime | None, other: datetime) -> bool:
    return one is not None and one <= other


def next_look(payment: Payment, now: datetime) -> datetime | None:
    """When the clock is to look at it, if ever."""
    if payment.state == "action_required":
        return payment.hold_until
    if payment.state == "overdue":
        return now + timedelta(hours=payment.reminder_hours)
    if payment.state in KEEPS_NOTHING and payment.at_risk:
        return now + IN_FLIGHT
    pending = [one.requested_at for one in payment.refunds if one.state == "pending"]
    if pending:
        return look_again(min(pending), now)
    if payment.state in ("requested", "collecting"):  # its provider takes its time
        return look_again(payment.asked_at, now)
    return None
