"""What must hold of money that goes back, once everything is at rest."""

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chalicelib.kernel import ids
from chalicelib.payments import giving_back, reconciling
from chalicelib.plumbing.gateway.port import Found
from chalicelib.plumbing.memory import Memory
from tests.hands import START
from tests.invariants.items import Items, of
from tests.simulation.features import CAMPAIGN_ID, OLGA

if TYPE_CHECKING:
    from tests.simulation.history import History

# Whose pre-order is one of these has its money back: nobody carries anything for it.
OVER = ("declined", "withdrawn", "lapsed", "dropped", "refunded")


def money_that_goes_back_is_accounted_for(history: "History", items: Items) -> None:
    """Everything here."""
    requests_are_carried_out_once(history, items)
    movements = list(history.world.gateway.movements(START))
    disputes_agree(items, movements)
    refunds_agree(items, movements)
    nobody_carries_what_is_over(items)
    open_refunds_are_listed(history, items)
    the_comparison_finds_nothing(history)


def requests_are_carried_out_once(history: "History", items: Items) -> None:
    """L4: what an organiser was told is given back, the whole of it. M2: nothing is given back that nobody asked for,
    nor twice under one key."""
    refunds = history.reversals.refunds
    digests = {(about, ids.key_digest(key)): (about, key) for about, key in refunds.asked}
    chose = [(one["preorder_id"], "slipped") for one in of(items, "preorder") if one.get("refund_wanted")]
    digests |= dict(zip(chose, chose, strict=True))
    given: Counter[tuple[str, str]] = Counter()
    for payment in of(items, "payment"):
        mine: Counter[tuple[str, str]] = Counter()
        for one in payment.get("refunds", ()):
            if by := one.get("asked_by"):
                assert (payment["preorder_id"], by) in digests, f"M2: nobody has asked for {one}"
                mine[digests[payment["preorder_id"], by]] += one["amount_minor"]
        given += mine
        assert mine.total() == payment.get("given_minor", 0), f"M2: {payment['given_minor']} given, refunds of {mine}"
    for request, minor in refunds.told.items():
        assert given[request] == minor, f"L4: told of a refund of {minor}, and {given[request]} are given back"


def _told(items: Items, *movements: str) -> dict[str, int]:
    """What the ledger tells of these movements, by the provider's reference."""
    told: dict[str, int] = defaultdict(int)
    for one in of(items, "ledger"):
        if one["movement"] in movements:
            side = 1 if one["movement"] == movements[0] else -1
            told[one["reference"]] += side * sum(max(0, entry["amount_minor"]) for entry in one["entries"])
    return {reference: minor for reference, minor in told.items() if minor}


def disputes_agree(items: Items, movements: list[Found]) -> None:
    """M6: what banks have taken and not given back stands in our ledger, dispute by dispute."""
    theirs = {one.reference: one.minor for one in movements if one.kind == "dispute" and one.result != "cancelled"}
    ours = _told(items, "disputed", "dispute_won")
    assert ours == theirs, f"M6: disputes in our ledger {ours}, at the provider {theirs}"


def refunds_agree(items: Items, movements: list[Found]) -> None:
    """M6: refund by refund, both ways."""
    theirs = {one.reference: one.minor for one in movements if one.kind == "refund" and one.result == "done"}
    ours = _told(items, "refunded")
    assert ours == theirs, f"M6: refunds in our ledger {ours}, at the provider {theirs}"


def nobody_carries_what_is_over(items: Items) -> None:
    """M9 of a pre-order that came to nothing: what was taken is with its fan again, or still owed; nobody has gained
    from it or pays for it."""
    over = {one["preorder_id"] for one in of(items, "preorder") if one["state"] in OVER}
    held: dict[str, Counter[str]] = defaultdict(Counter)
    for one in of(items, "ledger"):
        for entry in one["entries"] if one.get("preorder_id") in over else ():
            held[one["preorder_id"]][entry["account"]] += entry["amount_minor"]
    twice = {one["preorder_id"] for one in of(items, "payment") if _has_both(one)}
    for about, accounts in held.items():
        wrong = {name: accounts[name] for name in ("fans", "organiser") if accounts[name]}
        assert not wrong or about in twice, f"M9: {about} is over, and its accounts hold {wrong}"


def _has_both(payment: dict[str, Any]) -> bool:
    """Whether a fan has got money back from us and from the bank, too: that somebody pays for."""
    lost = sum(one.get("lost_minor", 0) for one in payment.get("charges", ()))
    taken = sum(one.get("minor", 0) for one in payment.get("charges", ()))
    return bool(lost + sum(one["amount_minor"] for one in payment.get("refunds", ()) if one["state"] != "void") > taken)


def open_refunds_are_listed(history: "History", items: Items) -> None:
    """M5: a refund that has not arrived is there for its organiser to be seen, and no other."""
    ports = replace(history.world.ports, memory=Memory(history.world.ports.clock))
    shown, cursor = set(), None
    while True:
        found, cursor = giving_back.list_open(ports, OLGA, CAMPAIGN_ID, cursor=cursor, limit=2)
        shown |= {(one.preorder_id, one.number) for one in found}
        if cursor is None:
            break
    owed = {
        (payment["preorder_id"], one["number"])
        for payment in of(items, "payment")
        for one in payment.get("refunds", ())
        if one["state"] not in ("succeeded", "void")
    }
    assert shown == owed, f"M5: refunds {owed} are open, {shown} are listed"


def the_comparison_finds_nothing(history: "History") -> None:
    """M6: the daily comparison says so too."""
    ports = replace(history.world.ports, memory=Memory(history.world.ports.clock))
    for since_ms in (0, reconciling.LOOKS_BACK.total_seconds() * 500):
        history.world.scheduler.now_ms += int(since_ms)
        reconciling.reconcile(ports)
    stored = [item for item in history.world.store.items.values() if item.get("kind") == {"S": "reconciliation"}]
    found = [one for item in stored for one in history.unpack(item)["differences"]]
    assert not found, f"M6: the comparison tells of {found}"
