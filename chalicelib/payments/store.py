"""Payments in the table."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.kernel import instants, keys
from chalicelib.kernel.refusals import Conflict
from chalicelib.payments.model import ARRIVED, Payment, State
from chalicelib.payments.rules import COLLECTING, PaymentMoved, may_become
from chalicelib.plumbing.expressions import absent, absent_or_equals, absent_or_not, at_least, equals, one_of
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, putting

DUE = "DUE#PAYMENT"


class PaymentExists(Conflict):
    """Refused: this pre-order's payment has been asked for already."""


def requesting(payment: Payment) -> Write:
    """Asks for the payment to be secured, once: the stream takes it to the provider. Refuses with PaymentExists."""
    return putting(keys.payment(payment.preorder_id), _item(payment), refusal=PaymentExists)


def forgoing(payment: Payment) -> Write:
    """Notes that this payment is not to be asked for any more: whoever is about to comes too late. Busy when it has
    been."""
    item = {**_item(payment), "state": "released", "answered": payment.tries}
    return changing(keys.payment(payment.preorder_id), put=item, provided=[absent()])


def _item(payment: Payment) -> dict[str, Any]:
    return {**payment.model_dump(mode="json", exclude_none=True, exclude_defaults=True), "kind": "payment"}


def find(table: Table, preorder_id: str) -> Payment | None:
    found = table.get(keys.payment(preorder_id))
    return Payment.model_validate(found) if found else None


def get(table: Table, preorder_id: str) -> Payment:
    return Payment.model_validate(table.get(keys.payment(preorder_id)))


def moving(preorder_id: str, end: State) -> Write:
    """Moves the payment on from any state that may come before. Refuses with PaymentMoved."""
    return _marking(preorder_id, {"state": end}, one_of("state", may_become(end)))


def becoming_due(
    preorder_id: str, due_minor: int, *, at: datetime, drop_at: datetime | None, reminder_hours: int
) -> Write:
    """secured -> collecting: so much is to have been taken in all, never more than was accepted. Refuses with
    PaymentMoved."""
    told: dict[str, Any] = {"state": "collecting", "series": "balance", "due_minor": due_minor}
    told |= {"tries": 1, "answered": 0, "again": None, "reminder_hours": reminder_hours}
    told |= {"asked_at": instants.text(at), "drop_at": instants.text(drop_at) if drop_at else None}
    return _marking(preorder_id, told, equals("state", "secured"), at_least("amount_most_minor", due_minor))


def last_try(preorder_id: str) -> Write:
    """Whoever has not been charged by now is tried once more, and then leaves. Refuses with PaymentMoved."""
    wanted = {"last": True, "again": True}
    return _marking(preorder_id, wanted, one_of("state", COLLECTING), absent("last"))


def prolonging(preorder_id: str, drop_at: datetime, *, at: datetime) -> Write:
    """Whoever has not been charged by now has longer to mend it, and is told at the next look. Refuses with
    PaymentMoved, also when that is so already."""
    told = {"drop_at": instants.text(drop_at), "look_at": instants.text(at), "gsi2pk": DUE}
    told["gsi2sk"] = f"{instants.text(at)}#{preorder_id}"
    return _marking(preorder_id, told, one_of("state", COLLECTING), absent_or_not("drop_at", instants.text(drop_at)))


def _marking(preorder_id: str, put: dict[str, Any], *conditions: Any) -> Write:
    key = keys.payment(preorder_id)
    return changing(key, put=put, add={"version": 1}, provided=[*conditions], refusal=PaymentMoved)


def amending(payment: Payment, amount_most_minor: int, claim: str) -> Write:
    """The amount and the place of a pre-order that was changed. Refuses with PaymentMoved."""
    put: dict[str, str | int] = {"amount_most_minor": amount_most_minor, "claim": claim}
    if payment.state == "secured":
        put["authorised_minor"] = payment.secured_minor
    return _marking(payment.preorder_id, put, equals("state", payment.state), _as_read(payment))


def revising(before: Payment, after: Payment) -> Write:
    """Writes down what has changed of a payment while it is as it was read. Refuses with PaymentMoved."""
    was, told = _item(before), _item(after.model_copy(update={"version": before.version}))
    put = {name: told.get(name) for name in {*was, *told} if was.get(name) != told.get(name)}
    if before.look_at != after.look_at:
        put |= _due(after)
    if before.refunds != after.refunds:
        put |= _listed(after)
    return _marking(before.preorder_id, put, _as_read(before))


def _as_read(payment: Payment) -> Any:
    return absent_or_equals("version", payment.version) if not payment.version else equals("version", payment.version)


def _due(payment: Payment) -> dict[str, str | None]:
    """The clock looks at it from then on (index gsi2)."""
    if payment.look_at is None:
        return {"gsi2pk": None, "gsi2sk": None}
    return {"gsi2pk": DUE, "gsi2sk": f"{instants.text(payment.look_at)}#{payment.preorder_id}"}


def _listed(payment: Payment) -> dict[str, str | None]:
    """While a refund has not arrived, the payment is listed for its organiser (index gsi1)."""
    if all(one.state in ARRIVED for one in payment.refunds):
        return {"gsi1pk": None, "gsi1sk": None}
    return {"gsi1pk": f"REFUNDS#{payment.campaign_id}", "gsi1sk": payment.preorder_id}


def list_refunding(
    table: Table, campaign_id: str, *, cursor: str | None, limit: int
) -> tuple[list[Payment], str | None]:
    """Payments with a refund that has not arrived, and the cursor to go on with. The index lags by moments."""
    listed = f"REFUNDS#{campaign_id}"
    after = {**keys.payment(cursor)._asdict(), "gsi1pk": listed, "gsi1sk": cursor} if cursor else None
    page = table.query_index("gsi1", listed, after=after, limit=limit)
    found = [Payment.model_validate(item) for item in page.items]
    return found, found[-1].preorder_id if page.last and found else None


def list_due(table: Table, now: datetime, *, most: int) -> Iterator[str]:
    """The pre-orders whose payments are to be looked at by now, the longest due first."""
    last, found = None, 0
    while found < most:
        page = table.query_index("gsi2", DUE, up_to=f"{instants.text(now)}~", after=last, limit=100)
        yield from (item["preorder_id"] for item in page.items)
        found, last = found + len(page.items), page.last
        if last is None:
            return
