"""What the routes of payments are asked: as hoped, and so that each of their refusals is met."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chalicelib.kernel import ids, instants, keys, money_keys
from chalicelib.payments.model import Charge, Refund, RefundState
from chalicelib.plumbing.gateway.port import Event, Prepare
from chalicelib.plumbing.writes import changing
from tests.doors.asking import Asked, ask, by_name, key
from tests.doors.scene import Scene

Case = Callable[[Scene], Asked]
PAYMENT = "/v1/preorders/{preorder_id}/payment"
REFUNDS = "/v1/preorders/{preorder_id}/refunds"
OPEN = "/v1/campaigns/{campaign_id}/refunds"
RECONCILED = "/v1/campaigns/{campaign_id}/reconciliation"
EVENTS, CONFIRM = "POST /v1/payments/events", "POST /v1/payments/simulated/confirm"
GIVE, AGAIN, SEND = f"POST {REFUNDS}", f"POST {REFUNDS}/{{number}}/again", f"PUT {PAYMENT}"
PRICE = 10_000
REFUND = {"amount_minor": 500, "reason": "A scratch on the box."}


def overdue(scene: Scene) -> str:
    """A pre-order whose card was declined at the lock; its id."""
    preorder_id = scene.preorder(scene.campaign("preselling"))
    until = scene.world.clock.now() + timedelta(days=7)
    due = {"series": "balance", "due_minor": PRICE, "drop_at": until, "problem": "insufficient_funds"}
    scene.payment(preorder_id, state="overdue", answered=1, **due)
    return preorder_id


def ordered(scene: Scene) -> str:
    """A pre-order that is paid for and in a manufacturing order; its id."""
    campaign_id = scene.campaign("preselling")
    preorder_id = scene.preorder(campaign_id)
    scene.set(keys.batch(campaign_id, 1), state="ordered", order_id=ids.order_id(campaign_id, 1, revision=1))
    charge = Charge(reference=f"pi_{preorder_id}_1", series="balance", minor=PRICE)
    scene.payment(preorder_id, state="paid", series="balance", due_minor=PRICE, charges=(charge,))
    return preorder_id


def refunding(scene: Scene, preorder_id: str, *states: RefundState) -> None:
    """Refunds of this pre-order's payment, as the provider has told of them."""
    at, charge = scene.world.clock.now(), f"pi_{preorder_id}_1"
    told = {"charge": charge, "amount_minor": 500, "reason": "withdrawn", "requested_at": at}
    problem = {"failed": "card_declined"}
    made = [
        Refund(number=number, state=state, reference=f"re_{preorder_id}_{number}", problem=problem.get(state), **told)
        for number, state in enumerate(states, start=1)
    ]
    scene.payment(preorder_id, refunds=tuple(made))


def with_failed_refund(scene: Scene) -> str:
    preorder_id = ordered(scene)
    refunding(scene, preorder_id, "failed")
    return preorder_id


def reconciled(scene: Scene, campaign_id: str) -> None:
    """The ledger of a campaign was compared, and one charge is not in it."""
    at = instants.text(scene.world.clock.now())
    told = {"kind": "unknown_to_us", "movement": "charge", "reference": "pi_1", "preorder_id": "", "theirs_minor": 500}
    compared: dict[str, Any] = {"reconciled_at": at, "since": at, "compared": 1, "differing": 1, "differences": [told]}
    write = changing(money_keys.reconciliation(campaign_id), put={"kind": "reconciliation", **compared}, provided=[])
    scene.world.ports.table.commit(write)


def event(scene: Scene) -> Asked:
    """What the provider posts when a card is saved."""
    about, now = scene.preorder(scene.campaign("preselling")), scene.world.clock.now()
    told = Event(f"evt_{about}_2", "setup_intent.succeeded", f"seti_{about}_1", about, now)
    headers, body = scene.world.provider.signed(told, now)
    return Asked("nobody", body=body, headers={"Payment-Signature": headers["payment-signature"]})


def confirmation(scene: Scene) -> Asked:
    """For a card that the bank asks its holder about."""
    about = scene.preorder(scene.campaign("preselling"))
    waiting = scene.world.provider.prepare(Prepare(f"{about}/first/1", about, "EUR", "card_authenticate"))
    return Asked("nobody", body={"action": waiting.action, "approve": True})


def own(scene: Scene) -> Asked:
    return Asked("fan", {"preorder_id": overdue(scene)})


def another_card(scene: Scene) -> Asked:
    return Asked("fan", own(scene).ids, {"payment_method": "card"})


def open_refunds(scene: Scene) -> Asked:
    return Asked("organiser", {"campaign_id": with_failed_refund(scene).partition(".")[0]})


def give(scene: Scene) -> Asked:
    return Asked("organiser", {"preorder_id": ordered(scene)}, REFUND, key())


def once_more(scene: Scene) -> Asked:
    return Asked("organiser", {"preorder_id": with_failed_refund(scene), "number": "1"})


def comparison(scene: Scene) -> Asked:
    campaign_id = scene.campaign("preselling")
    reconciled(scene, campaign_id)
    return Asked("organiser", {"campaign_id": campaign_id})


def forged(scene: Scene) -> Asked:
    """Signed, but for another body."""
    sent = event(scene)
    return Asked("nobody", body=sent.body + b" ", headers=sent.headers)


def made_up(scene: Scene) -> Asked:
    """A token with one letter changed."""
    sent = confirmation(scene).body
    last = "0" if sent["action"][-1] != "0" else "1"
    return Asked("nobody", body=sent | {"action": sent["action"][:-1] + last})


def nothing_to_pay(scene: Scene) -> Asked:
    return Asked("fan", {"preorder_id": scene.preorder(scene.campaign("preselling"))}, {"payment_method": "card"})


def without_key(scene: Scene) -> Asked:
    return Asked("organiser", {"preorder_id": ordered(scene)}, REFUND)


def not_ordered(scene: Scene) -> Asked:
    """Paid for, but the batch still waits for others."""
    asked = give(scene)
    scene.set(keys.batch(asked.ids["preorder_id"].partition(".")[0], 1), state="collecting", order_id=None)
    return asked


def too_large(scene: Scene) -> Asked:
    """By one minor unit."""
    asked = give(scene)
    return Asked("organiser", asked.ids, REFUND | {"amount_minor": PRICE + 1}, asked.headers)


def reused_key(scene: Scene) -> Asked:
    first = give(scene)
    assert ask(scene, by_name(GIVE), first).status == 201
    return Asked("organiser", first.ids, REFUND | {"amount_minor": 501}, first.headers)


def not_failed(scene: Scene) -> Asked:
    """On its way."""
    asked = once_more(scene)
    refunding(scene, asked.ids["preorder_id"], "pending")
    return asked


def not_compared(scene: Scene) -> Asked:
    return Asked("organiser", {"campaign_id": scene.campaign("preselling")})


EXAMPLES: dict[str, Case] = {
    "GET /v1/payments/provider": lambda _: Asked("nobody"),
    EVENTS: event,
    CONFIRM: confirmation,
    f"GET {PAYMENT}": own,
    SEND: another_card,
    f"POST {PAYMENT}/look": own,
    f"GET {OPEN}": open_refunds,
    GIVE: give,
    AGAIN: once_more,
    f"GET {RECONCILED}": comparison,
}
CASES: dict[tuple[str, str], Case] = {
    (EVENTS, "event_forged"): forged,
    (CONFIRM, "not_simulated"): made_up,
    (SEND, "nothing_to_pay"): nothing_to_pay,
    (GIVE, "refund_key_missing"): without_key,
    (GIVE, "not_paid"): not_ordered,
    (GIVE, "refund_too_large"): too_large,
    (GIVE, "refund_key_reused"): reused_key,
    (AGAIN, "refund_not_failed"): not_failed,
    (f"GET {RECONCILED}", "not_reconciled"): not_compared,
}
