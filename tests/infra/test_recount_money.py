"""The recount of money: stored payments and ledger items on one side, everybody's own account of it on the other."""

import json
from typing import Any

import pytest

from infra.local import money, recount

Item = dict[str, Any]
PAID, DROPPED, DECLINED = "c.a.0", "c.b.0", "c.d.0"
FAILED, CONFIRMED = {"kind": "payment_intent.payment_failed"}, {"confirmed": True}


def movement(kind: str, debit: str, credit: str, minor: int, **more: Any) -> Item:
    entries = [{"account": debit, "amount_minor": minor}, {"account": credit, "amount_minor": -minor}]
    return {"kind": "ledger", "campaign_id": "c", "movement": kind, "entries": entries, **more}


def document(about: str, *events: Item, confirmed: bool = False) -> Item:
    told = {"about": about, "events": list(events), "methods": {"pm": {"confirmed": confirmed}}}
    return {"kind": "simulated", "document": json.dumps(told)}


def items() -> list[Item]:
    refund = {"amount_minor": 20, "state": "succeeded"}
    return [
        {"kind": "batch", "campaign_id": "c", "number": 1, "state": "ordered", "order_id": "o"},
        {"kind": "preorder", "campaign_id": "c", "preorder_id": PAID, "state": "ordered", "batch_number": 1},
        {"kind": "preorder", "campaign_id": "c", "preorder_id": DROPPED, "state": "dropped"}
        | {"reason": "payment_not_collected"},
        {"kind": "preorder", "campaign_id": "c", "preorder_id": DECLINED, "state": "lapsed"}
        | {"reason": "payment_declined"},
        {"kind": "payment", "preorder_id": PAID, "state": "paid", "charges": [{"minor": 20}, {"minor": 80}]},
        {"kind": "payment", "preorder_id": DROPPED, "state": "released", "charges": [{"minor": 20}]}
        | {"refunds": [refund]},
        {"kind": "payment", "preorder_id": DECLINED, "state": "declined"},
        movement("charged", "provider", "fans", 20, preorder_id=PAID, reference="pi_1"),
        movement("charged", "provider", "fans", 80, preorder_id=PAID, reference="pi_2"),
        movement("charged", "provider", "fans", 20, preorder_id=DROPPED, reference="pi_3"),
        movement("refund_requested", "fans", "refunds_due", 20, preorder_id=DROPPED, reference="refund-1"),
        movement("refunded", "refunds_due", "provider", 20, preorder_id=DROPPED, reference="re_1"),
        movement("ordered", "fans", "manufacturer", 100, batch_number=1),
        {**movement("charged", "provider", "fans", 7, reference="pi_9"), "campaign_id": "another"},
        {"kind": "payment", "preorder_id": "another.a.0", "state": "paid", "charges": [{"minor": 7}]},
        document(PAID, FAILED, confirmed=True),
        document(DROPPED, FAILED),
        document("another.a.0", FAILED, confirmed=True),
        {"kind": "provider_event", "about": PAID, "event_kind": "payment_intent.succeeded", "state": "heard"},
        {"kind": "provider_event", "about": PAID, "event_kind": "payment_intent.succeeded", "state": "received"},
    ]


def shown(state: str, captured: int, refunded: int = 0) -> Item:
    return {"state": state, "captured_minor": captured, "refunded_minor": refunded}


def told(**changes: Any) -> recount.Figures:
    balances = [
        {"account": account, "balance_minor": minor}
        for account, minor in {"provider": 100, "fans": 0, "manufacturer": -100}.items()
    ]
    everything: dict[str, Any] = {
        "balances": {"balances": balances, "total_minor": 0, "transactions": 6},
        "payments": {PAID: shown("paid", 100), DROPPED: shown("released", 20, 20)},
        "preorders": [{"reason": "payment_not_collected"}, {"reason": "payment_declined"}],
        "confirmed": {PAID},
        "sent_again": {PAID, DROPPED},
        "movements": {"charge": {"pi_1": 20, "pi_2": 80, "pi_3": 20}, "refund": {"re_1": 20}},
        "events": ["payment_intent.succeeded"],
        "totals": {"batch 1 order total": 100, "batch 1 order units": 1},
    }
    return money.told(**everything | changes)


def differing(stored: list[Item], said: recount.Figures) -> list[str]:
    return [one.figure for one in recount.disagreements(money.stored(stored, "c", [PAID, DROPPED]), said)]


def test_what_agrees_agrees() -> None:
    assert differing(items(), told()) == []


def test_the_ledger_is_recounted_entry_by_entry() -> None:
    found = money.stored(items(), "c", [])
    assert (found["ledger"], found["ledger total"]) == ({"provider": 100, "manufacturer": -100}, 0)
    assert found["cards"] == {"declined": 1, "confirmed": 1, "mended": 1, "dropped": 1}


@pytest.mark.parametrize(
    ("changes", "figures"),
    [
        ({"payments": {PAID: shown("paid", 99), DROPPED: shown("released", 20, 20)}}, [f"payment {PAID}"]),
        ({"payments": {PAID: shown("paid", 100), DROPPED: shown("releasing", 20)}}, [f"payment {DROPPED}"]),
        ({"movements": {"charge": {"pi_1": 20, "pi_2": 80}, "refund": {"re_1": 20}}}, ["charges"]),
        ({"movements": {"charge": {"pi_1": 20, "pi_2": 80, "pi_3": 20}, "refund": {"re_1": 19}}}, ["refunds"]),
        ({"events": ["payment_intent.succeeded", "refund.updated"]}, ["provider's events heard"]),
        ({"confirmed": set()}, ["cards"]),
        ({"sent_again": {DROPPED}}, ["cards"]),
        ({"totals": {"batch 1 order total": 101}}, ["batch 1 paid"]),
        ({"balances": {"balances": [], "total_minor": 1, "transactions": 5}}, ["ledger", "ledger total"]),
    ],
)
def test_each_difference_is_named(changes: Item, figures: list[str]) -> None:
    assert [one for one in differing(items(), told(**changes)) if one != "ledger transactions"] == figures


def test_a_movement_that_only_the_ledger_knows_is_named() -> None:
    more = movement("charged", "provider", "fans", 5, preorder_id=PAID, reference="pi_8")
    assert differing([*items(), more], told()) == ["charges", "ledger", "ledger transactions"]
