"""Carrying payments to the provider, and writing down what it says.

`pay` may run at any time, twice, or beside itself. It reads the payment, asks what the rules say is to be asked, and
writes the answer down with the ledger in one transaction, while the payment is as it was read. An ask that is repeated
carries the same key; one whose key may be forgotten is looked up first; one without an answer is looked at again later.
"""

from datetime import datetime
from typing import Any

from chalicelib.payments import asking, booking, owing, store, turns
from chalicelib.payments.answers import Heard, all_heard, heard
from chalicelib.payments.model import Payment, Refund
from chalicelib.payments.rules import PaymentMoved
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.gateway.port import Misused, TryLater, Unknown
from chalicelib.plumbing.ports import Ports

# A payment needs few steps at a time; whoever finds it always changed by others leaves it to them.
MOST_STEPS = 12
LOOKED_AFTER_AT_ONCE = 500


class PaymentRestless(Exception):  # noqa: N818 - an alarm: the message comes again, and ends in the dead letters
    """A payment that is still not settled after many steps."""


def enqueue(ports: Ports, preorder_id: str, *, look: bool = False) -> None:
    """Asks the worker to look at a payment; with `look`, at what stands at the provider as well."""
    message: dict[str, str | int] = {"preorder_id": preorder_id, **({"look": 1} if look else {})}
    ports.queues.send(ports.settings.payments_queue, message)


def pay(ports: Ports, message: dict[str, Any]) -> None:
    """Does everything that the payment asks for now. Raises Misused when the provider calls an ask senseless: somebody
    has to look."""
    look = bool(message.get("look"))
    for _ in range(MOST_STEPS):
        payment = store.find(ports.table, message["preorder_id"])
        if payment is None:
            return
        try:
            told = _step(ports, payment, look=look)
            if told is None:
                return
            _write(ports, payment, told)
        except PaymentMoved:
            look = True  # what was asked just now may have been answered
            continue
        except (Unknown, TryLater) as silence:
            if _wait(ports, payment, silence):
                return
        look = False
    raise PaymentRestless(message["preorder_id"])


def _step(ports: Ports, payment: Payment, *, look: bool) -> Heard | None:
    """What follows from the next thing to do, or None when there is none."""
    now = ports.clock.now()
    if look or turns.must_look(payment, now):
        found = ports.gateway.look_up(payment.preorder_id, payment.customer)
        told = all_heard(payment, found)
        return told if told.payment != payment else _step_on(ports, payment, now)
    return _step_on(ports, payment, now)


def _step_on(ports: Ports, payment: Payment, now: datetime) -> Heard | None:
    owed = owing.settled(payment, now)
    if owed.payment != payment:
        return owed
    for refund in payment.refunds:
        if refund.state == "requested":
            return _given_back(ports, payment, refund, now)
    if turns.hold_is_over(payment, now):
        return _given_up(ports, payment, now)
    if charge := turns.to_cancel(payment):
        return heard(payment, ports.gateway.cancel(charge.reference, payment.preorder_id))
    if turns.may_ask(payment):
        return heard(payment, asking.ask(ports.gateway, payment))
    then = turns.moved_on(payment, now)
    return Heard(then) if then != payment else None


def _given_back(ports: Ports, payment: Payment, refund: Refund, now: datetime) -> Heard:
    """Asks for a refund. One that the provider calls senseless is void where its holder has gone to the bank meanwhile;
    else it has failed, for its organiser to see."""
    try:
        return heard(payment, ports.gateway.refund(asking.refund(payment, refund)))
    except Misused:
        telemetry.log.exception("a refund is refused", extra={"preorder_id": payment.preorder_id})
        found = ports.gateway.look_up(payment.preorder_id, payment.customer)
        return owing.refused(all_heard(payment, found), refund)


def _given_up(ports: Ports, payment: Payment, now: datetime) -> Heard:
    """The time to confirm is over: what was begun is made impossible first, unless it is done by now."""
    begun = asking.begun(ports.gateway, payment)
    told = heard(payment, ports.gateway.cancel(begun.reference, payment.preorder_id)) if begun else Heard(payment)
    return told if told.payment.state == "secured" else told._replace(payment=turns.expired(told.payment))


def _write(ports: Ports, before: Payment, told: Heard) -> None:
    """Refuses with PaymentMoved when somebody else has changed the payment meanwhile."""
    now = ports.clock.now()
    writes = booking.writing(told.payment, told.movements, now)
    ports.table.commit(store.revising(before, told.payment), *writes)
    if before.state != told.payment.state:
        telemetry.count(f"payments_{told.payment.state}")


def _wait(ports: Ports, payment: Payment, silence: Exception) -> bool:
    """Notes when to look again; answers whether that was written down."""
    now = ports.clock.now()
    given_up = turns.expired(payment) if turns.hold_is_over(payment, now) else payment
    later = given_up.model_copy(update={"look_at": turns.look_again(payment.asked_at, now)})
    telemetry.count(f"payments_{'unknown' if isinstance(silence, Unknown) else 'put_off'}")
    try:
        ports.table.commit(store.revising(payment, later))
    except PaymentMoved:
        return False
    return True


def look_after(ports: Ports) -> None:
    """Asks the worker for every payment whose time has come."""
    for preorder_id in store.list_due(ports.table, ports.clock.now(), most=LOOKED_AFTER_AT_ONCE):
        enqueue(ports, preorder_id)
