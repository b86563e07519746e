"""What is asked of the gateway, from a payment as it stands."""

from chalicelib.payments import rules
from chalicelib.payments.model import Payment
from chalicelib.payments.model import Refund as OwnRefund
from chalicelib.plumbing.gateway.port import Amount, Charge, Found, Gateway, Prepare, Refund


def ask(gateway: Gateway, payment: Payment) -> Found:
    """The present try: saves the method, or charges what is wanted. The same try is asked for in the same words, so
    that the provider's key makes it one."""
    minor, key = rules.wanted_minor(payment), rules.key(payment)
    if payment.series == "first" and not payment.first_minor:
        about, method = payment.preorder_id, payment.payment_method
        return gateway.prepare(Prepare(key, about, payment.currency, method, payment.customer))
    begun = rules.unfinished(payment)
    return gateway.charge(
        Charge(
            key=key,
            about=payment.preorder_id,
            series=payment.series,
            amount=Amount(minor, payment.currency),
            method=payment.saved_method or payment.payment_method,
            customer=payment.customer,
            charge=begun.reference if begun else None,
            off_session=payment.series == "balance" and payment.saved_method is not None,
            save=payment.series == "first",
        )
    )


def refund(payment: Payment, owed: OwnRefund) -> Refund:
    return Refund(
        key=rules.refund_key(payment, owed),
        about=payment.preorder_id,
        number=owed.number,
        charge=owed.charge,
        amount=Amount(owed.amount_minor, payment.currency),
    )


def begun(gateway: Gateway, payment: Payment) -> Found | None:
    """What waits at the provider for its holder to confirm it."""
    found = gateway.look_up(payment.preorder_id, payment.customer)
    waiting = [
        one for one in found if one.kind in ("method", "charge") and one.result in ("action_required", "pending")
    ]
    return waiting[-1] if waiting else None
