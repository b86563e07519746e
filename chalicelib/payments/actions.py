"""Carrying payments to the provider and noting what it says."""

from typing import Any

from chalicelib.payments import provider, store
from chalicelib.payments.model import Payment
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports


def enqueue(ports: Ports, preorder_id: str) -> None:
    """Asks the worker to look at a payment."""
    ports.queues.send(ports.settings.payments_queue, {"preorder_id": preorder_id})


def pay(ports: Ports, message: dict[str, Any]) -> None:
    """Does what the payment's state asks for. Provider first, then our note: repeated after a crash, the provider's
    key makes it one.

    Refuses with PaymentMoved when the payment has moved on meanwhile; its new state rings again by itself.
    """
    payment = store.get(ports.table, message["preorder_id"])
    port = provider.named(ports.settings.payment_provider)
    if payment.state == "requested":
        _secure(ports, port, payment)
    elif payment.state == "releasing":
        port.release(payment)
        ports.table.commit(store.moving(payment.preorder_id, "released"))


def _secure(ports: Ports, port: provider.Provider, payment: Payment) -> None:
    outcome = port.secure(payment)
    end = "secured" if outcome.secured else "declined"
    told = store.moving(payment.preorder_id, end, reference=outcome.reference, asked=payment)  # type: ignore[arg-type]
    ports.table.commit(told)
    telemetry.count(f"payments_{end}")
