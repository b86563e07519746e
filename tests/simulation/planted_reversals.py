"""Bugs with money that goes back at an organiser's or a bank's word, each as somebody might write it by mistake."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import count
from types import SimpleNamespace
from typing import Any

from chalicelib.kernel import ids
from chalicelib.payments import answers, booking, giving_back
from chalicelib.payments import rules as payment_rules
from tests.simulation.planted import Planted, wrapped
from tests.simulation.reversals import DISPUTES, REFUNDS
from tests.simulation.shortcuts import replaced


def _deaf_to_keys() -> AbstractContextManager[None]:
    """Each request is a new one, whatever its key says."""
    asked = count()
    deaf = SimpleNamespace(
        is_preorder_id=ids.is_preorder_id, key_digest=lambda key: ids.key_digest(f"{key}/{next(asked)}")
    )
    return replaced(giving_back, "ids", deaf)


def _new_key() -> Callable[..., str]:
    """Each ask for a refund has a key of its own."""
    asked = count()
    return lambda real, *given: f"{real(*given)}/{next(asked)}"


def _untold() -> AbstractContextManager[None]:
    """What an organiser promises is in the payment alone."""
    return replaced(giving_back, "booking", SimpleNamespace(is_ordered=booking.is_ordered, writing=lambda *_, **__: []))


def _keeping_what_was_won(real: Callable[..., Any], payment: Any, found: Any) -> Any:
    """Whatever the bank decides, what it has taken is gone."""
    return answers.Heard(payment) if found.result == "cancelled" else real(payment, found)


def _disputed_again(real: Callable[..., Any], payment: Any, found: Any) -> Any:
    """Each time that somebody tells of a dispute the bank has taken it."""
    if found.result == "cancelled":
        return real(payment, found)
    lost = {one.reference: one.lost_minor for one in payment.charges}
    clean = tuple(one.model_copy(update={"lost_minor": 0}) for one in payment.charges)
    told = real(payment.model_copy(update={"charges": clean}), found)
    charges = tuple(
        one.model_copy(update={"lost_minor": one.lost_minor + lost[one.reference]}) for one in told.payment.charges
    )
    return told._replace(payment=told.payment.model_copy(update={"charges": charges}))


def _never(*_: Any) -> bool:
    return False


def _none(*_: Any) -> int:
    return 0


REVERSAL_BUGS = (
    Planted("give back again under one key", ("M2", "L4"), _deaf_to_keys, 100, REFUNDS),
    Planted(
        "ask for a refund under another key",
        ("M2",),
        wrapped(payment_rules, "refund_key", _new_key()),
        100,
        REFUNDS,
        ("die after", 0.1),
    ),
    Planted("promise what no ledger tells", ("M6",), _untold, 20, REFUNDS),
    Planted("keep what was won", ("M6",), wrapped(answers, "_dispute", _keeping_what_was_won), 60, DISPUTES),
    Planted("take a dispute twice", ("M6",), wrapped(answers, "_dispute", _disputed_again), 60, DISPUTES),
    Planted(
        "give back what the bank has taken",
        ("M2",),
        lambda: replaced(payment_rules, "is_taken_back", _never),
        100,
        DISPUTES,
    ),
    Planted(
        "let the organiser carry it", ("M9",), lambda: replaced(payment_rules, "relief_minor", _none), 60, DISPUTES
    ),
)
