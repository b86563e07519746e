"""Movements of money as transactions of the ledger."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.batches import store as batches
from chalicelib.ledger import rules as ledger
from chalicelib.ledger import store as ledger_store
from chalicelib.ledger.model import LedgerTransaction
from chalicelib.ledger.rules import Occasion
from chalicelib.payments.answers import Movement
from chalicelib.payments.model import Payment
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write
from chalicelib.room.model import read_pieces


def writing(payment: Payment, movements: Iterable[Movement], at: datetime) -> list[Write]:
    """What is to be committed with the payment as it is after these movements."""
    return [ledger_store.writing(_transaction(payment, movement, at)) for movement in movements]


def _transaction(payment: Payment, movement: Movement, at: datetime) -> LedgerTransaction:
    occasion = Occasion(
        campaign_id=payment.campaign_id,
        currency=payment.currency,
        at=at,
        preorder_id=payment.preorder_id,
        batch_number=batch_number(payment),
        reference=movement.reference,
        reason=movement.reason,
    )
    if movement.kind in ("refund_requested", "refund_void"):
        book = ledger.refund_requested if movement.kind == "refund_requested" else ledger.refund_void
        return book(occasion, movement.minor, ordered=_is_carried(payment, movement))
    made = {
        "charged": ledger.charged,
        "refunded": ledger.refunded,
        "disputed": ledger.disputed,
        "dispute_won": ledger.dispute_won,
        "relieved": ledger.relieved,
    }
    return made[movement.kind](occasion, movement.minor)


def _is_carried(payment: Payment, movement: Movement) -> bool:
    """Whether the organiser carries a refund: one of what is in an order by then."""
    number = int(movement.reference.split("-")[1])
    return any(one.asked_by for one in payment.refunds if one.number == number)


def batch_number(payment: Payment) -> int | None:
    """The batch that the pre-order is in."""
    pieces = read_pieces(payment.claim)
    return pieces[0].spot.batch_number if pieces else None


def is_ordered(table: Table, payment: Payment) -> bool:
    """Whether what was paid is in a manufacturing order by now. 1 read unit."""
    number = batch_number(payment)
    return number is not None and batches.get(table, payment.campaign_id, number).order_id is not None
