"""Payments in the table."""

from chalicelib.kernel import keys
from chalicelib.kernel.refusals import Conflict
from chalicelib.payments.model import Payment, State
from chalicelib.payments.rules import NEXT, PaymentMoved
from chalicelib.plumbing.expressions import absent, equals, one_of
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, putting


class PaymentExists(Conflict):
    """Refused: this pre-order's payment has been asked for already."""


def requesting(payment: Payment) -> Write:
    """Asks for the payment to be secured, once: the stream takes it to the provider. Refuses with PaymentExists."""
    item = {**payment.model_dump(mode="json", exclude_none=True), "kind": "payment"}
    return putting(keys.payment(payment.preorder_id), item, refusal=PaymentExists)


def forgoing(payment: Payment) -> Write:
    """Notes that this payment is not to be asked for any more: whoever is about to comes too late. Busy when it has
    been."""
    item = {**payment.model_dump(mode="json", exclude_none=True), "kind": "payment", "state": "released"}
    return changing(keys.payment(payment.preorder_id), put=item, provided=[absent()])


def find(table: Table, preorder_id: str) -> Payment | None:
    found = table.get(keys.payment(preorder_id))
    return Payment.model_validate(found) if found else None


def get(table: Table, preorder_id: str) -> Payment:
    return Payment.model_validate(table.get(keys.payment(preorder_id)))


def moving(preorder_id: str, end: State, *, reference: str | None = None, asked: Payment | None = None) -> Write:
    """Moves the payment on from any state that may come before; an answer of the provider only if it was `asked` for
    what stands there still. Refuses with PaymentMoved."""
    starts = [start for start, ends in NEXT.items() if end in ends]
    put = {"state": end, **({"provider_reference": reference} if reference else {})}
    same = [equals("amount_most_minor", asked.amount_most_minor)] if asked else []
    conditions = [one_of("state", starts), *same]
    return changing(keys.payment(preorder_id), put=put, provided=conditions, refusal=PaymentMoved)


def amending(payment: Payment, amount_most_minor: int, claim: str) -> Write:
    """The amount and the place of a pre-order that was changed: asked for anew while the provider has not answered, or
    within what was secured. Refuses with PaymentMoved."""
    put: dict[str, str | int] = {"amount_most_minor": amount_most_minor, "claim": claim}
    if payment.state == "secured":
        put["authorised_minor"] = payment.secured_minor
    conditions = [equals("state", payment.state), equals("amount_most_minor", payment.amount_most_minor)]
    return changing(keys.payment(payment.preorder_id), put=put, provided=conditions, refusal=PaymentMoved)
