"""What must hold of money: the M-rows, counted from plain items apart from the code."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from chalicelib.plumbing.gateway.port import Found
from tests.invariants.items import Item, Items, batch_of, of

MADE = ("ordered",)
LOCKED = ("locked", "collecting", "ordered", "short", "cancelled")


def _captured(payment: Item) -> int:
    return sum(charge.get("minor", 0) for charge in payment.get("charges", ()))


def _refunded(payment: Item, *states: str) -> int:
    live = (one for one in payment.get("refunds", ()) if one["state"] != "void")
    return sum(one["amount_minor"] for one in live if not states or one["state"] in states)


def _lost(payment: Item) -> int:
    return sum(charge.get("lost_minor", 0) for charge in payment.get("charges", ()))


def _home(payment: Item) -> tuple[str, int]:
    return payment["preorder_id"].partition(".")[0], int(payment["claim"].partition(".")[0])


def ledger_sums_to_zero(items: Items) -> None:
    """M1: every transaction by itself, in one currency."""
    for one in of(items, "ledger"):
        amounts = [entry["amount_minor"] for entry in one["entries"]]
        assert sum(amounts) == 0, f"M1: {one['transaction_id']} sums to {sum(amounts)}"
        assert all(isinstance(amount, int) for amount in amounts), f"M1: {amounts}"


def no_more_is_taken_than_was_accepted(items: Items) -> None:
    """M2: 0 <= refunded <= captured <= what was accepted."""
    for payment in of(items, "payment"):
        captured, back = _captured(payment), _refunded(payment)
        most = max(payment["amount_most_minor"], payment.get("authorised_minor", 0))
        assert 0 <= back <= captured <= most, f"M2: {back} back of {captured} taken, {most} accepted"


def nothing_is_charged_twice(items: Items) -> None:
    """M3: of each series one charge at most has succeeded."""
    for payment in of(items, "payment"):
        taken = Counter(charge["series"] for charge in payment.get("charges", ()) if charge.get("minor"))
        assert all(times == 1 for times in taken.values()), f"M3: charged {taken}"


def balances_are_taken_after_the_lock(items: Items) -> None:
    """M4: before the lock only what is due then."""
    batches = {batch_of(batch): batch for batch in of(items, "batch")}
    for payment in of(items, "payment"):
        balance = [one for one in payment.get("charges", ()) if one["series"] == "balance"]
        if balance:
            assert "locked_at" in batches[_home(payment)], "M4: a balance was asked for before the lock"
        first = sum(one.get("minor", 0) for one in payment.get("charges", ()) if one["series"] == "first")
        assert first <= payment.get("first_minor", 0), "M4: more than the deposit was taken before the lock"


def ledger_tells_what_payments_tell(items: Items) -> None:
    """M6 inside: what is charged, owed back and given back stands in both, at every instant."""
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for one in of(items, "ledger"):
        if "preorder_id" in one:
            amount = sum(entry["amount_minor"] for entry in one["entries"] if entry["amount_minor"] > 0)
            told[one["preorder_id"]][one["movement"]] += amount
    for payment in of(items, "payment"):
        mine = told.pop(payment["preorder_id"], Counter())
        here = {
            "charged": _captured(payment),
            "refund_requested": _refunded(payment) + mine["refund_void"],
            "refunded": _refunded(payment, "succeeded"),
        }
        assert {name: mine[name] for name in here} == here, f"M6: the ledger tells {mine}, the payment {here}"
        assert mine["disputed"] - mine["dispute_won"] == _lost(payment), f"M6: lost {_lost(payment)}, told {mine}"
    assert not told, f"M6: the ledger tells of {len(told)} payments that are not there"


def every_charge_is_made_or_given_back(items: Items) -> None:
    """M5 at rest: whose money we keep has a line in an order, or can still get one; all else is given back, or its
    refund is open and seen."""
    states = {one["preorder_id"]: one for one in of(items, "preorder")}
    for payment in of(items, "payment"):
        preorder = states[payment["preorder_id"]]
        kept = _captured(payment) - _refunded(payment) - _lost(payment)
        if preorder["state"] == "ordered":
            due = preorder["final_total_minor"] - payment.get("given_minor", 0)
            # What a bank has taken back is not given back as well.
            assert kept <= due <= kept + _lost(payment), f"M5: {kept} kept for what costs {due}"
        elif preorder["state"] not in ("wanted", "secured", "locked", "paid"):
            assert kept <= 0, f"M5: {kept} kept of a pre-order that is {preorder['state']}"
            is_open = _refunded(payment, "requested", "pending", "failed") > 0
            assert is_open or payment["state"] in ("released", "declined"), f"M5: {payment['state']}, nothing open"


def slips_are_paid_back(items: Items) -> None:
    """L4, M5 at rest: whoever chose the money for what is ordered has it, or its refund is open and seen."""
    payments = {one["preorder_id"]: one for one in of(items, "payment")}
    for preorder in of(items, "preorder"):
        if preorder["state"] == "ordered" and preorder.get("refund_wanted"):
            payment = payments[preorder["preorder_id"]]
            kept = _captured(payment) - _refunded(payment) - _lost(payment)
            had_its_bank = any("dispute" in charge for charge in payment["charges"])
            assert kept <= 0 or had_its_bank, f"L4: {kept} kept of whom chose the money"


def money_is_where_it_belongs(items: Items) -> None:
    """M9 at rest: of an ordered batch, captured - refunded - payable to the maker - fees - what the organiser has or
    carries = 0, and none of its fans' money is held any more."""
    ordered = {batch_of(batch) for batch in of(items, "batch") if batch["state"] in MADE}
    homes = {payment["preorder_id"]: _home(payment) for payment in of(items, "payment")}
    held: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    gone = {one["preorder_id"] for one in of(items, "preorder") if one["state"] != "ordered"}
    for one in of(items, "ledger"):
        if one.get("preorder_id") in gone:
            continue
        home = homes.get(one.get("preorder_id", ""), (one["campaign_id"], one.get("batch_number", 0)))
        for entry in one["entries"]:
            held[home][entry["account"]] += entry["amount_minor"]
    for home in ordered:
        accounts = held[home]
        assert accounts["fans"] == 0, f"M9: {-accounts['fans']} of the fans of an ordered batch are still held"
        captured = accounts["provider"] + accounts["refunds_due"]
        spent = accounts["manufacturer"] + accounts["fees"] + accounts["organiser"]
        assert captured + spent == 0, f"M9: {accounts}"


def what_is_ordered_is_what_was_paid(items: Items) -> None:
    """B4, O3: the order costs what its fans have paid, and what the organiser takes, to the minor unit."""
    paid: Counter[tuple[str, int]] = Counter()
    for preorder in of(items, "preorder"):
        if preorder["state"] == "ordered":
            paid[batch_of(preorder)] += preorder["final_total_minor"]
    batches = {batch_of(batch): batch for batch in of(items, "batch")}
    for order in of(items, "order"):
        batch = batches[batch_of(order)]
        if not (batch.get("top_up") or batch.get("taken_over")):
            assert order["total_minor"] == paid[batch_of(order)], f"B4: {order['total_minor']} ordered, {paid} paid"


def books_agree(items: Items, movements: Iterable[Found]) -> None:
    """M6: our ledger and the provider's books, both ways, charge by charge and refund by refund."""
    theirs = {
        (one.kind, one.reference): one.minor
        for one in movements
        if one.result == "done" and one.kind in ("charge", "refund")
    }
    names = {"charged": "charge", "refunded": "refund"}
    ours: dict[tuple[str, str], int] = {}
    for one in of(items, "ledger"):
        if one["movement"] in names:
            amount = sum(entry["amount_minor"] for entry in one["entries"] if entry["amount_minor"] > 0)
            ours[names[one["movement"]], one["reference"]] = amount
    later = {key for key in theirs.keys() - ours.keys() if key[0] == "refund"}  # it has arrived since we looked
    assert ours == {key: minor for key, minor in theirs.items() if key not in later}, f"M6: {ours} and {theirs}"
