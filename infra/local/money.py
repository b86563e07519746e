"""Every figure of a run's money twice: from stored payments and ledger items, and as fans, the organiser and the
provider's own books tell it. Pure."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

Item = dict[str, Any]
Figures = dict[str, Any]
# What a movement of our ledger is called in the provider's books.
KINDS = {"charged": "charge", "refunded": "refund"}
_DECLINED = ("payment_intent.payment_failed",)


def stored(every: Iterable[Item], campaign_id: str, asked: Iterable[str]) -> Figures:
    """The figures from the items of one campaign; payments one by one only for the pre-orders that were `asked` for."""
    items = [item for item in every if _is_of(item, campaign_id)]
    payments = {item["preorder_id"]: item for item in items if item.get("kind") == "payment"}
    preorders = [item for item in items if item.get("kind") == "preorder"]
    books = [json.loads(item["document"]) for item in items if item.get("kind") == "simulated"]
    movements = [item for item in items if item.get("kind") == "ledger"]
    heard = Counter(item["event_kind"] for item in items if item.get("kind") == "provider_event" and _is_heard(item))
    found: Figures = {
        "cards": _cards(payments, preorders, books),
        "ledger": _balances(movements),
        "ledger total": sum(_balances(movements).values()),
        "ledger transactions": len(movements),
        "provider's events heard": dict(heard),
    }
    for movement, kind in KINDS.items():
        found[f"{kind}s"] = {one["reference"]: _moved(one) for one in movements if one["movement"] == movement}
    found |= {f"payment {one}": _payment(payments[one]) for one in asked if one in payments}
    return found | _paid(items, payments, preorders)


def _is_of(item: Item, campaign_id: str) -> bool:
    about = str(item.get("preorder_id") or item.get("about") or item.get("campaign_id") or _document_of(item))
    return about.partition(".")[0] == campaign_id


def _document_of(item: Item) -> str:
    return str(json.loads(item["document"])["about"]) if item.get("kind") == "simulated" else ""


def _is_heard(item: Item) -> bool:
    return bool(item["state"] == "heard")


def _moved(transaction: Item) -> int:
    return sum(entry["amount_minor"] for entry in transaction["entries"] if entry["amount_minor"] > 0)


def _balances(movements: Iterable[Item]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for one in movements:
        for entry in one["entries"]:
            found[entry["account"]] += entry["amount_minor"]
    return {account: minor for account, minor in found.items() if minor}


def _cards(payments: Mapping[str, Item], preorders: Iterable[Item], books: Iterable[Item]) -> dict[str, int]:
    """Mended: paid, although a charge was declined before."""
    documents = {document["about"]: document for document in books}
    failed = {one for one, document in documents.items() if any(e["kind"] in _DECLINED for e in document["events"])}
    asked = (any(method["confirmed"] for method in document["methods"].values()) for document in documents.values())
    reasons = Counter(one.get("reason") for one in preorders)
    return {
        "declined": reasons["payment_declined"],
        "confirmed": sum(asked),
        "mended": sum(payments[one]["state"] == "paid" for one in failed if one in payments),
        "dropped": reasons["payment_not_collected"],
    }


def _payment(payment: Item) -> str:
    taken = sum(one.get("minor", 0) for one in payment.get("charges", ()))
    back = sum(one["amount_minor"] for one in payment.get("refunds", ()) if one["state"] == "succeeded")
    return f"{payment['state']}: {taken} taken, {back} given back"


def _paid(items: Iterable[Item], payments: Mapping[str, Item], preorders: Iterable[Item]) -> Figures:
    """By batch that is ordered: what its fans have paid, refunds deducted, by their payments."""
    ordered = {item["number"] for item in items if item.get("kind") == "batch" and item.get("order_id")}
    paid: Counter[int] = Counter(dict.fromkeys(ordered, 0))
    for one in preorders:
        if one["state"] == "ordered":
            payment = payments[one["preorder_id"]]
            taken = sum(charge.get("minor", 0) for charge in payment.get("charges", ()))
            paid[one["batch_number"]] += taken - sum(refund["amount_minor"] for refund in payment.get("refunds", ()))
    return {f"batch {number} paid": minor for number, minor in paid.items()}


def told(  # noqa: PLR0913 - each source of what is told
    *,
    balances: Item,
    payments: Mapping[str, Item],
    preorders: Iterable[Item],
    confirmed: Iterable[str],
    sent_again: Iterable[str],
    movements: Mapping[str, Mapping[str, int]],
    events: Iterable[str],
    totals: Figures,
) -> Figures:
    """The same figures: `balances` as the organiser is told them, `payments` and `preorders` as fans are, what fans
    have done, `movements` by kind and reference and the kinds of all `events` from the provider's books, and the order
    totals among the figures `totals`."""
    reasons = Counter(one.get("reason") for one in preorders)
    found: Figures = {
        "cards": {
            "declined": reasons["payment_declined"],
            "confirmed": len(list(confirmed)),
            "mended": sum(payments[one]["state"] == "paid" for one in sent_again),
            "dropped": reasons["payment_not_collected"],
        },
        "ledger": {one["account"]: one["balance_minor"] for one in balances["balances"] if one["balance_minor"]},
        "ledger total": balances["total_minor"],
        "ledger transactions": balances["transactions"],
        "provider's events heard": dict(Counter(events)),
    }
    found |= {f"{kind}s": dict(movements.get(kind, {})) for kind in KINDS.values()}
    found |= {f"payment {one}": _shown(payment) for one, payment in payments.items()}
    return found | {
        name.replace("order total", "paid"): minor for name, minor in totals.items() if name.endswith("order total")
    }


def _shown(payment: Item) -> str:
    return f"{payment['state']}: {payment['captured_minor']} taken, {payment['refunded_minor']} given back"
