"""What a fan does about a payment: looks at it, sends another card, says that the bank has been told."""

from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Busy
from chalicelib.payments import actions, rules, store
from chalicelib.payments.model import Payment
from chalicelib.payments.rules import PaymentMoved
from chalicelib.plumbing.ports import Ports

TRIES = 4


def own(ports: Ports, fan_id: str, preorder_id: str) -> Payment:
    """Refuses with PaymentMissing, for another's as for none."""
    found = store.find(ports.table, preorder_id) if ids.is_preorder_id(preorder_id) else None
    if found is None or found.fan_id != fan_id:
        raise rules.PaymentMissing
    return found


def send_method(ports: Ports, fan_id: str, preorder_id: str, method: str) -> Payment:
    """Another card is tried as soon as the present try is answered; the same card again while it waits is one. Refuses
    with PaymentMissing, NothingToPay."""
    for _ in range(TRIES):
        payment = own(ports, fan_id, preorder_id)
        if payment.again and payment.payment_method == method:
            return payment
        rules.check_mendable(payment)
        told = payment.model_copy(update={"payment_method": method, "saved_method": None, "again": True})
        try:
            ports.table.commit(store.revising(payment, told))
        except PaymentMoved:
            continue
        return told
    raise Busy


def look(ports: Ports, fan_id: str, preorder_id: str) -> Payment:
    """Has the worker look at what stands at the provider: the holder may have confirmed. Answers the payment as it is
    by now. Refuses with PaymentMissing."""
    payment = own(ports, fan_id, preorder_id)
    actions.enqueue(ports, preorder_id, look=True)
    return payment


def confirm(ports: Ports, action: str, *, approve: bool) -> None:
    """What the bank's page does, for the provider without money. Refuses with NotSimulated."""
    if ports.settings.payment_provider != "simulated":
        raise rules.NotSimulated
    from chalicelib.plumbing.gateway.port import Misused, TryLater  # noqa: PLC0415 - only where nothing is real
    from chalicelib.plumbing.gateway.simulated import SimulatedProvider  # noqa: PLC0415

    provider = ports.gateway
    assert isinstance(provider, SimulatedProvider)
    try:
        provider.confirm(action, approve=approve)
    except Misused:
        raise rules.NotSimulated from None
    except TryLater:
        raise Busy from None
