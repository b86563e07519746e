"""Bugs with money, each as somebody might write it by mistake."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

from chalicelib.batches import collecting, ordering
from chalicelib.batches import settlement_store as settlements
from chalicelib.ledger import rules as ledger_rules
from chalicelib.payments import actions as payment_actions
from chalicelib.payments import answers, booking, turns
from chalicelib.payments import rules as payment_rules
from chalicelib.payments import store as payment_store
from chalicelib.plumbing.writes import Write
from chalicelib.preorders import quoting
from tests.simulation.planted import Planted, wrapped
from tests.simulation.shortcuts import replaced

DEARER_MINOR = 50_000


@contextmanager
def _booking_one_side() -> Iterator[None]:
    """The money that has come is told, and not whose it is."""

    def charged(real: Callable[..., Any], *given: Any) -> Any:
        made = real(*given)
        return made.model_copy(update={"entries": made.entries[:1]})

    with replaced(ledger_rules, "check", lambda _: None), wrapped(ledger_rules, "charged", charged)():
        yield


def _promised_again(real: Callable[..., Any], payment: Any, *given: Any) -> Any:
    """What is still on its way is not counted as given back, once."""
    if len(payment.refunds) > 1:
        return real(payment, *given)
    arrived = tuple(one for one in payment.refunds if one.state == "succeeded")
    due = real(payment.model_copy(update={"refunds": arrived}), *given)
    return tuple(one.model_copy(update={"number": len(payment.refunds) + n}) for n, one in enumerate(due, start=1))


def _new_key() -> Callable[..., str]:
    asked = count()
    return lambda real, *given: f"{real(*given)}/{next(asked)}"


def _never(*_: Any) -> bool:
    return False


@contextmanager
def _asking_anew() -> Iterator[None]:
    """Each ask has a key of its own, and nobody looks first what became of the one before."""
    with wrapped(payment_rules, "key", _new_key())(), replaced(turns, "must_look", _never):
        yield


def _dearer(real: Callable[..., Write], preorder_id: str, due_minor: int, **named: Any) -> Write:
    """More is due than was accepted."""
    made = real(preorder_id, due_minor + DEARER_MINOR, **named)
    return replace(made, condition=tuple(one for one in made.condition if one.attribute != "amount_most_minor"))


@contextmanager
def _charging_what_was_let_go() -> Iterator[None]:
    """A try that was begun goes on, whatever has become of the pre-order."""

    def may_ask(real: Callable[..., bool], payment: Any) -> bool:
        return real(payment) or (payment.state == "releasing" and payment.at_risk)

    def wanted_minor(real: Callable[..., int], payment: Any) -> int:
        due = payment.first_minor if payment.series == "first" else payment.due_minor
        return max(0, due - payment.captured_minor) if payment.state == "releasing" else real(payment)

    with wrapped(turns, "may_ask", may_ask)(), wrapped(payment_rules, "wanted_minor", wanted_minor)():
        yield


def _arrived_at_once(real: Callable[..., Any], payment: Any, found: Any) -> Any:
    """A refund that the provider has taken in has arrived."""
    return real(payment, replace(found, result="done") if found.result == "pending" else found)


def _silence_is_no(_real: Callable[..., bool], ports: Any, payment: Any, _silence: Exception) -> bool:
    """Who does not answer has declined."""
    state = {"requested": "declined", "action_required": "declined", "collecting": "overdue"}.get(payment.state)
    told = {"state": state or payment.state, "answered": payment.tries, "problem": "provider_error"}
    try:
        ports.table.commit(payment_store.revising(payment, payment.model_copy(update=told)))
    except payment_rules.PaymentMoved:
        return False
    return True


@contextmanager
def _going_back() -> Iterator[None]:
    """A charge that is done makes a payment paid, also one that was let go meanwhile."""

    def end_of(payment: Any) -> str:
        return "secured" if payment.series == "first" else "paid"

    def to(payment: Any, end: str, changes: dict[str, Any]) -> Any:
        return payment.model_copy(update=changes | {"state": end})

    with replaced(answers, "_end_of", end_of), replaced(answers, "_to", to):
        yield


@contextmanager
def _ordering_unpaid() -> Iterator[None]:
    """What is locked is ordered, paid for or not."""

    def made(real: Callable[..., Any], table: Any, campaign: Any, batch: Any) -> Any:
        return real(table, campaign, batch.model_copy(update={"collected_units": batch.secured_units}))

    with (
        replaced(collecting, "is_collected", lambda batch: batch.state == "collecting"),
        wrapped(settlements, "made", made)(),
    ):
        yield


def _again(real: Callable[..., bool], batch: Any, campaign: Any, now: Any) -> bool:
    return real(batch.model_copy(update={"prolonged_at": None}), campaign, now)


MONEY_BUGS = (
    Planted("book one side only", ("M1",), _booking_one_side, 20),
    Planted("promise back what is on its way", ("M2",), wrapped(payment_rules, "refunds_due", _promised_again), 40),
    Planted("ask anew under another key", ("M3",), _asking_anew, 100),
    Planted("ask under a key that is forgotten", ("M3",), lambda: replaced(turns, "must_look", _never), 250),
    Planted("charge more than was accepted", ("M3",), wrapped(payment_store, "becoming_due", _dearer), 20),
    Planted("take it all at once", ("M4",), wrapped(quoting, "due_now_minor", lambda _real, _plan, most: most), 20),
    Planted("charge what was let go", ("M4",), _charging_what_was_let_go, 250),
    Planted("take what is asked for as arrived", ("M5",), wrapped(answers, "_refund", _arrived_at_once), 40),
    Planted("give nothing back", ("M5 (kept)",), lambda: replaced(payment_rules, "refunds_due", lambda *_: ()), 40),
    Planted("tell the ledger nothing", ("M6",), lambda: replaced(booking, "writing", lambda *_: []), 20),
    Planted("take silence for a no", ("M7",), wrapped(payment_actions, "_wait", _silence_is_no), 40),
    Planted("bring back what was let go", ("M8",), _going_back, 100),
    Planted("book no order", ("M9",), lambda: replaced(ordering, "_booked", lambda *_: []), 20),
    Planted("order what is not paid for", ("B4", "O3"), _ordering_unpaid, 40),
    Planted("give longer again and again", ("B1",), wrapped(collecting, "may_prolong", _again), 250),
    Planted("send all home at once", ("B1",), lambda: replaced(collecting, "_short", lambda *_: "short"), 250),
)
