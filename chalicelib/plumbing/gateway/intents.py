"""What the simulated provider does to things: each function changes the document it is given, or raises Misused and
leaves it half done, for its caller to throw away."""

from datetime import timedelta
from typing import Any

from chalicelib.plumbing.gateway import cards
from chalicelib.plumbing.gateway.cards import CARDS, Card, Outcome
from chalicelib.plumbing.gateway.document import Document, Thing, come_to, foresee, new_reference
from chalicelib.plumbing.gateway.port import Charge, Misused, Prepare, Refund

# So long a refund is on its way, and so long after a charge its holder disputes it.
REFUND_TAKES, DISPUTE_COMES = timedelta(seconds=5), timedelta(seconds=10)
FINISHED = ("done", "cancelled")
INVALID: Outcome = ("declined", "method_invalid")
_MILLISECOND = timedelta(milliseconds=1)


def prepared(document: Document, ask: Prepare, at: int) -> Thing:
    customer = _customer(document, ask.customer)
    intent = _made(document, "method", at, customer=customer, currency=ask.currency, minor=0, series="")
    intent["save"] = True
    method = _put_in(document, intent, ask.method)
    outcome = cards.saved(card_of(document, method), confirmed=method["confirmed"]) if method else INVALID
    return _reached(document, intent, outcome, at)


def charged(document: Document, ask: Charge, at: int) -> Thing:
    """A charge of a series that is paid already is a charge like any other: a real provider takes it, too."""
    intent = _continued(document, ask, ask.charge) if ask.charge else _begun(document, ask, at)
    intent["save"] = ask.save or intent["save"]
    method = _put_in(document, intent, ask.method)
    if method is None:
        return _reached(document, intent, INVALID, at)
    card = card_of(document, method)
    outcome = cards.charged(card, confirmed=method["confirmed"], off_session=ask.off_session)
    return _reached(document, intent, outcome, at)


def refunded(document: Document, ask: Refund, at: int) -> Thing:
    charge = thing(document, ask.charge, "charge")
    same = [one for one in document["things"].values() if one.get("charge") == ask.charge]
    if charge["result"] != "done" or charge["currency"] != ask.amount.currency:
        raise Misused("Only what was charged can be given back, in its currency.")
    if any(one["kind"] == "dispute" and one["result"] != "cancelled" for one in same):
        raise Misused("The bank has taken this charge back already, or is about to.")
    given = sum(one["minor"] for one in same if one["kind"] == "refund" and one["result"] != "failed")
    if given + ask.amount.minor > charge["minor"]:
        raise Misused("More would be given back than was charged.")
    told = {"currency": charge["currency"], "minor": ask.amount.minor, "series": str(ask.number)}
    refund = _made(document, "refund", at, customer=charge["customer"], charge=ask.charge, **told)
    come_to(document, refund, "pending", at)
    end = "failed" if card_of(document, document["methods"][charge["method"]]).refunds_fail else "done"
    foresee(document, refund, end, at=at + REFUND_TAKES // _MILLISECOND)
    return refund


def cancelled(document: Document, reference: str, at: int) -> Thing:
    intent = thing(document, reference, "method", "charge")
    if intent["result"] not in FINISHED:
        intent.update(problem=None, method=None)
        come_to(document, intent, "cancelled", at)
    return intent


def confirmed(document: Document, reference: str, at: int, *, approve: bool) -> Thing:
    """The holder's answer to the bank, where the bank waits for one."""
    intent = thing(document, reference, "method", "charge")
    if intent["result"] != "action_required":
        return intent
    document["methods"][intent["method"]]["confirmed"] |= approve
    return _reached(document, intent, ("done", None) if approve else ("declined", "authentication_failed"), at)


def dispute_closed(document: Document, reference: str, at: int, *, won: bool) -> Thing:
    dispute = thing(document, reference, "dispute")
    if dispute["result"] == "pending":
        come_to(document, dispute, "cancelled" if won else "done", at)
    return dispute


def thing(document: Document, reference: str, *kinds: str) -> Thing:
    one: Thing | None = document["things"].get(reference)
    if one is None or one["kind"] not in kinds:
        raise Misused(f"There is no such {' or '.join(kinds)}.")
    return one


def card_of(document: Document, method: Thing) -> Card:
    return CARDS[method["card"]]


def _customer(document: Document, asked: str | None) -> str:
    if asked is None:
        document["customers"].append(new_reference(document, "customer"))
    elif asked not in document["customers"]:
        raise Misused("There is no such customer.")
    return asked or str(document["customers"][-1])


def _made(document: Document, kind: str, at: int, *, currency: str, **told: Any) -> Thing:
    if document["currency"] not in (None, currency):
        raise Misused("A pre-order has one currency.")
    document["currency"] = currency
    reference = new_reference(document, kind)
    return {"kind": kind, "reference": reference, "currency": currency, "problem": None, "made_at": at, **told}


def _begun(document: Document, ask: Charge, at: int) -> Thing:
    customer, amount = _customer(document, ask.customer), ask.amount._asdict()
    return {**_made(document, "charge", at, customer=customer, series=ask.series, **amount), "save": False}


def _continued(document: Document, ask: Charge, reference: str) -> Thing:
    intent = thing(document, reference, "charge")
    if intent["result"] in FINISHED:
        raise Misused("This charge is done or cancelled.")
    same = (intent["minor"], intent["currency"]) == ask.amount and intent["series"] == ask.series
    if not same or ask.customer not in (None, intent["customer"]):
        raise Misused("A charge is gone on with for what it was begun for: the same amount, series and customer.")
    return intent


def _put_in(document: Document, intent: Thing, token: str) -> Thing | None:
    """Which method the intent uses from now on: a fresh card or a saved one; None for a token that means nothing."""
    intent["method"] = None
    method: Thing | None = document["methods"].get(token)
    if token in CARDS:
        method, token = {"card": token, "customer": intent["customer"], "saved": False, "confirmed": False}, ""
    elif method and (not method["saved"] or method["customer"] != intent["customer"]):
        raise Misused("This method was not saved, or for another customer.")
    if method:
        intent["method"] = token or new_reference(document, "saved")
        document["methods"][intent["method"]] = method
    return method


def _reached(document: Document, intent: Thing, outcome: Outcome, at: int) -> Thing:
    result, intent["problem"] = outcome
    used = document["methods"].get(intent["method"])
    if result == "declined":
        intent["method"] = None
    come_to(document, intent, result, at)
    if result == "done":
        used["saved"] |= intent["save"]
        if intent["kind"] == "charge" and card_of(document, used).disputed:
            _foresee_dispute(document, intent, at + DISPUTE_COMES // _MILLISECOND)
    return intent


def _foresee_dispute(document: Document, charge: Thing, at: int) -> None:
    """Of all that was charged, whatever was given back: banks do not ask."""
    told = {name: charge[name] for name in ("customer", "currency", "minor", "series")}
    foresee(document, _made(document, "dispute", at, charge=charge["reference"], **told), "pending", at=at)
