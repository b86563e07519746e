"""What is read at Stripe: lists, which know what was written the moment before, and its search, which does not."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.plumbing.gateway.port import Found, Misused
from chalicelib.plumbing.gateway.stripe_words import about_of, dispute_found, intent_found, refund_found

if TYPE_CHECKING:
    from stripe import V1Services

INTENTS = {"pi": "payment_intents", "seti": "setup_intents"}
_OF_A_CHARGE = {"re": "refunds", "pyr": "refunds", "dp": "disputes", "du": "disputes"}
_LISTS = {**INTENTS, **_OF_A_CHARGE, "ch": "charges", "py": "charges", "cus": "customers"}
# The most that a page can have.
_PAGE = {"limit": 100}


def intents_of(v1: "V1Services", reference: str) -> Any:
    """The list that an intent stands in, by its prefix."""
    prefix = reference.partition("_")[0]
    if prefix not in INTENTS:
        raise Misused(f"{reference} is neither a method nor a charge.")
    return getattr(v1, INTENTS[prefix])


def everything(v1: "V1Services", customer: str) -> list[Found]:
    """The oldest first. Lists begin with the newest, and tell whole seconds only."""
    mine: Any = {**_PAGE, "customer": customer}
    charges = [intent_found(one) for one in _each(v1.payment_intents, mine)]
    paid = [{**_PAGE, "payment_intent": one.reference} for one in charges if one.result == "done"]
    found = [one for criteria in paid for one in _taken_back(v1, criteria)]
    found += [*charges, *map(intent_found, _each(v1.setup_intents, mine))]
    found.reverse()
    return sorted(found, key=lambda one: str(one.created_at))


def customers(v1: "V1Services", about: str) -> list[str]:
    quoted = about.replace("\\", "\\\\").replace("'", "\\'")
    found = v1.customers.search({"limit": 100, "query": f"metadata['preorder']:'{quoted}'"})
    return [customer.id for customer in found.auto_paging_iter()]


def movements(v1: "V1Services", since: datetime) -> Iterator[Found]:
    """Of pre-orders only: an account may have other sales. Stripe's clock knows whole seconds."""
    made: Any = {**_PAGE, "created": {"gte": int(since.timestamp())}}
    yield from map(intent_found, filter(about_of, _each(v1.payment_intents, made)))
    yield from _taken_back(v1, made)


def about(v1: "V1Services", reference: str) -> str | None:
    prefix = reference.partition("_")[0]
    if prefix not in _LISTS:
        return None
    expanded: Any = {"expand": ["payment_intent"]} if prefix in _OF_A_CHARGE else {}
    return about_of(getattr(v1, _LISTS[prefix]).retrieve(reference, expanded).to_dict()) or None


def _taken_back(v1: "V1Services", criteria: dict[str, Any]) -> Iterator[Found]:
    with_charge: Any = {**criteria, "expand": ["data.payment_intent"]}
    yield from map(refund_found, filter(about_of, _each(v1.refunds, with_charge)))
    yield from map(dispute_found, filter(about_of, _each(v1.disputes, with_charge)))


def _each(listed: Any, criteria: Any) -> Iterator[dict[str, Any]]:
    for thing in listed.list(criteria).auto_paging_iter():
        yield thing.to_dict()
