"""Money from the pre-order to the order: secured, collected, mended, dropped, given back. Every story ends with the
M-rows of tests/invariants/money.py, under every delivery."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib import news
from chalicelib.plumbing import ports as ports_
from chalicelib.plumbing.announcements import Announcement
from chalicelib.plumbing.typed_json import pack
from tests.cameras import batch_plan
from tests.hands import START
from tests.people import Reply
from tests.races.quick_world import QuickWorld
from tests.world import World

DEPOSIT = {"kind": "deposit", "percent": 20}
PREPAY = {"kind": "prepay"}
PLANS = [{"kind": "save_card"}, DEPOSIT, PREPAY]


def sale(world: World, **changes: Any) -> str:
    """One batch of 5 to 20 units; a unit costs 10,000, from 10 units on 9,000."""
    return world.presale(**{"batches": [batch_plan()], **changes})


def placed(world: World, name: str, campaign_id: str, quantity: int, card: str = "card") -> str:
    reply = world.place(name, campaign_id, quantity, payment_method=card)
    assert reply.status == 201, reply.text
    world.settle_down()
    return str(reply.json["preorder_id"])


def preorder(world: World, name: str) -> tuple[str, str | None]:
    [found] = world.fan(name).get("/v1/preorders").json["items"]
    return found["state"], found["reason"]


def payment(world: World, name: str) -> dict[str, Any]:
    [found] = world.fan(name).get("/v1/preorders").json["items"]
    reply = world.fan(name).get(f"/v1/preorders/{found['preorder_id']}/payment")
    assert reply.status == 200, reply.text
    return dict(reply.json)


def moved(world: World, name: str) -> tuple[int, int]:
    """What was taken from a fan, and what has arrived back."""
    found = payment(world, name)
    return found["captured_minor"], found["refunded_minor"]


def over(world: World, days: float = 31) -> None:
    """The batch closes."""
    world.clock.forward(days=days)
    world.tick()


def rest(world: World, seconds: float = 61) -> None:
    """Refunds arrive, and the clock looks at them."""
    world.clock.forward(seconds=seconds)
    world.tick()
    world.tick()


def first_batch(world: World, campaign_id: str) -> dict[str, Any]:
    return world.batches(campaign_id)[0]


def ledger(world: World, campaign_id: str) -> dict[str, int]:
    reply = world.organiser().get(f"/v1/campaigns/{campaign_id}/ledger/balances")
    assert reply.status == 200, reply.text
    return {one["account"]: one["balance_minor"] for one in reply.json["balances"] if one["balance_minor"]}


def put_card(world: World, name: str, preorder_id: str, card: str) -> Reply:
    return world.fan(name).put(f"/v1/preorders/{preorder_id}/payment", {"payment_method": card})


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan["kind"])
def test_whatever_the_plan_everybody_pays_the_settled_price_in_the_end(world: QuickWorld, plan: dict[str, Any]) -> None:
    """M3, M4, M9, B4: 10 units at 9,000, although 10,000 was the most that was shown."""
    campaign_id = sale(world, payment_plan=plan)
    quoted = world.anybody.post(
        f"/v1/campaigns/{campaign_id}/quote", {"lines": [{"variant": {"lens": "wide"}, "quantity": 6}]}
    ).json
    now = {"save_card": 0, "deposit": 12_000, "prepay": 60_000}[plan["kind"]]
    assert (quoted["due_now_minor"], quoted["due_later_most_minor"]) == (now, 60_000 - now)
    placed(world, "ada", campaign_id, 6)
    placed(world, "bob", campaign_id, 4)
    assert moved(world, "ada") == (now, 0)
    assert preorder(world, "ada") == ("secured", None)
    over(world)
    rest(world)
    batch = first_batch(world, campaign_id)
    assert (batch["state"], batch["collected_units"], batch["final_unit_price_minor"]) == ("ordered", 10, 9_000)
    assert [taken - back for taken, back in (moved(world, "ada"), moved(world, "bob"))] == [54_000, 36_000]
    assert preorder(world, "bob") == ("ordered", None)
    assert ledger(world, campaign_id) == {"provider": 90_000, "manufacturer": -90_000}


def test_a_declined_card_is_mended_before_the_time_is_over(world: QuickWorld) -> None:
    """F20: told, asked again with another card, and ordered with all others."""
    campaign_id = sale(world)
    placed(world, "ada", campaign_id, 5)
    late = placed(world, "bob", campaign_id, 3, "card_declines_later")
    over(world)
    found = payment(world, "bob")
    assert (found["state"], found["problem"], found["captured_minor"]) == ("overdue", "insufficient_funds", 0)
    assert (first_batch(world, campaign_id)["state"], preorder(world, "ada")[0]) == ("collecting", "paid")
    assert found["drop_at"] == first_batch(world, campaign_id)["grace_until"]
    assert put_card(world, "bob", late, "card").status == 200
    world.settle_down()
    assert (first_batch(world, campaign_id)["state"], preorder(world, "bob")[0]) == ("ordered", "ordered")
    assert moved(world, "bob") == (30_000, 0)


def test_who_cannot_be_charged_in_time_is_dropped_and_the_others_get_theirs_at_the_settled_price(
    world: QuickWorld,
) -> None:
    """B4, F21: units lost after the lock never raise anybody's price; what is ordered is what was paid."""
    campaign_id = sale(world, payment_plan=DEPOSIT)
    placed(world, "ada", campaign_id, 7)
    placed(world, "bob", campaign_id, 3, "card_declines_later")
    assert moved(world, "bob") == (6_000, 0)
    over(world)
    assert payment(world, "bob")["state"] == "overdue"
    over(world, days=6)
    assert preorder(world, "bob") == ("locked", None), "there is time until the seventh day"
    over(world, days=1.1)
    rest(world)
    assert preorder(world, "bob") == ("dropped", "payment_not_collected")
    assert moved(world, "bob") == (6_000, 6_000), "the deposit goes back"
    batch = first_batch(world, campaign_id)
    assert (batch["state"], batch["final_units"], batch["collected_units"]) == ("ordered", 10, 7)
    order = world.organiser().get(f"/v1/manufacturing-orders/{batch['order_id']}").json
    assert (order["units"], order["total_minor"]) == (7, 63_000), "9,000 a unit, as settled"
    assert moved(world, "ada") == (63_000, 0)


@pytest.mark.parametrize("paid", [4, 5, 6])
def test_too_few_that_pay_end_the_batch_and_everybody_gets_everything_back(world: QuickWorld, paid: int) -> None:
    """B4, M5, F21: minimum - 1, minimum, minimum + 1."""
    campaign_id = sale(world)
    placed(world, "ada", campaign_id, paid)
    placed(world, "bob", campaign_id, 2, "card_expires_later")
    over(world)
    over(world, days=8)
    rest(world)
    if paid < 5:
        assert first_batch(world, campaign_id)["state"] == "short"
        assert preorder(world, "ada") == ("refunded", "minimum_missed")
        assert moved(world, "ada") == (paid * 10_000, paid * 10_000)
        assert ledger(world, campaign_id) == {}
    else:
        assert first_batch(world, campaign_id)["state"] == "ordered"
        assert moved(world, "ada") == (paid * 10_000, 0)


RULE = {"longer_grace_days": 3, "top_up_hours": 48}


def below_its_minimum(world: World, rule: dict[str, int] | None) -> tuple[str, str]:
    """Ada has paid for four of five units, Bob's card is declined. Answers the campaign and Bob's pre-order."""
    campaign_id = sale(world, on_drop_outs=rule)
    placed(world, "ada", campaign_id, 4)
    bobs = placed(world, "bob", campaign_id, 3, "card_declines_later")
    over(world)
    return campaign_id, bobs


def reminders(world: World) -> int:
    return sum(item.get("reminders", 0) for item in world.items("payment"))


def take_over(world: World, campaign_id: str, quantity: int, lens: str = "wide") -> Reply:
    lines = [{"variant": {"lens": lens}, "quantity": quantity}]
    return world.organiser().post(f"/v1/campaigns/{campaign_id}/batches/1/top-up", {"lines": lines})


def test_who_has_not_paid_has_longer_where_that_was_announced_and_too_few_have(world: QuickWorld) -> None:
    """F21: told anew with the later date; mended within it, the batch is made."""
    campaign_id, bobs = below_its_minimum(world, RULE)
    ends, told = first_batch(world, campaign_id)["grace_until"], reminders(world)
    over(world, days=7)
    world.tick()
    batch, found = first_batch(world, campaign_id), payment(world, "bob")
    assert (batch["state"], found["state"], preorder(world, "bob")) == ("collecting", "overdue", ("locked", None))
    assert ends <= batch["prolonged_at"] < batch["grace_until"] == found["drop_at"]
    assert told < reminders(world) <= told + 2, "of the declined card once more, and of the new date"
    assert put_card(world, "bob", bobs, "card").status == 200
    world.settle_down()
    assert (first_batch(world, campaign_id)["state"], preorder(world, "bob")[0]) == ("ordered", "ordered")


def test_the_time_to_pay_is_made_longer_once(world: QuickWorld) -> None:
    campaign_id, _ = below_its_minimum(world, {"longer_grace_days": 3})
    for days in (7.1, 3.1):
        assert first_batch(world, campaign_id)["state"] == "collecting"
        over(world, days=days)
    rest(world)
    assert preorder(world, "bob") == ("dropped", "payment_not_collected")
    assert (first_batch(world, campaign_id)["state"], preorder(world, "ada")[0]) == ("short", "refunded")
    assert moved(world, "ada") == (40_000, 40_000)


def test_nobody_has_longer_where_enough_have_paid(world: QuickWorld) -> None:
    campaign_id = sale(world, on_drop_outs=RULE)
    placed(world, "ada", campaign_id, 5)
    placed(world, "bob", campaign_id, 3, "card_declines_later")
    over(world)
    over(world, days=7.1)
    rest(world)
    assert (first_batch(world, campaign_id)["state"], preorder(world, "bob")[0]) == ("ordered", "dropped")
    assert first_batch(world, campaign_id)["prolonged_at"] is None


def test_the_organiser_takes_over_what_was_not_paid_for(world: QuickWorld) -> None:
    """F21, B4: the order has what is paid for and what the organiser takes, and the organiser owes the difference."""
    campaign_id, _ = below_its_minimum(world, {"top_up_hours": 48})
    over(world, days=7.1)
    rest(world)
    batch = first_batch(world, campaign_id)
    assert (batch["state"], batch["missing_units"], preorder(world, "bob")[0]) == ("collecting", 1, "dropped")
    reply = take_over(world, campaign_id, 2)
    assert (reply.status, reply.json["units_to_minimum"]) == (200, 0), reply.text
    assert take_over(world, campaign_id, 2).status == 200, "the same again is answered alike"
    world.settle_down()
    batch = first_batch(world, campaign_id)
    order = world.organiser().get(f"/v1/manufacturing-orders/{batch['order_id']}").json
    assert (batch["state"], order["units"], order["total_minor"]) == ("ordered", 6, 60_000)
    assert moved(world, "ada") == (40_000, 0)
    assert ledger(world, campaign_id) == {"provider": 40_000, "manufacturer": -60_000, "organiser": 20_000}
    assert take_over(world, campaign_id, 3).json["code"] == "topped_up"


def test_what_the_organiser_took_before_the_lock_is_not_what_they_take_over_after_it(world: QuickWorld) -> None:
    """F21: one unit then, and one more of the same now."""
    campaign_id = sale(world, on_drop_outs={"top_up_hours": 48}, playbook=[{"kind": "top_up", "hours": 48}])
    placed(world, "ada", campaign_id, 3)
    placed(world, "bob", campaign_id, 1, "card_declines_later")
    over(world, days=30.1)
    assert take_over(world, campaign_id, 1).status == 200
    world.settle_down()
    assert first_batch(world, campaign_id)["state"] == "collecting"
    over(world, days=7.1)
    rest(world)
    assert first_batch(world, campaign_id)["missing_units"] == 1
    assert take_over(world, campaign_id, 1).status == 200
    world.settle_down()
    batch = first_batch(world, campaign_id)
    order = world.organiser().get(f"/v1/manufacturing-orders/{batch['order_id']}").json
    assert (batch["state"], order["units"]) == ("ordered", 5)
    assert [line["quantity"] for line in (*batch["top_up"], *batch["taken_over"])] == [1, 1]


def test_a_batch_that_its_organiser_leaves_below_the_minimum_gives_everything_back(world: QuickWorld) -> None:
    campaign_id, _ = below_its_minimum(world, RULE)
    assert take_over(world, campaign_id, 1).json["code"] == "top_up_not_due", "some may still pay"
    for days in (7.1, 3.1, 1.9):
        over(world, days=days)
        assert first_batch(world, campaign_id)["state"] == "collecting"
    over(world, days=0.2)
    rest(world)
    assert (first_batch(world, campaign_id)["state"], preorder(world, "ada")[0]) == ("short", "refunded")
    assert moved(world, "ada") == (40_000, 40_000)
    assert ledger(world, campaign_id) == {}
    assert take_over(world, campaign_id, 1).json["code"] == "top_up_not_due"


@pytest.mark.parametrize(
    ("units", "lens", "code"),
    [(0, "wide", "body_invalid"), (4, "wide", "top_up_too_large"), (1, "tele", "variant_not_made")],
    ids=["none", "more than was lost", "what nobody has paid for"],
)
def test_an_organiser_takes_over_no_more_than_was_lost_and_nothing_new(
    calm_world: QuickWorld, units: int, lens: str, code: str
) -> None:
    campaign_id, _ = below_its_minimum(calm_world, {"top_up_hours": 48})
    over(calm_world, days=7.1)
    rest(calm_world)
    reply = take_over(calm_world, campaign_id, units, lens)
    assert (reply.json["code"], first_batch(calm_world, campaign_id)["taken_over"]) == (code, [])


def test_an_organiser_takes_over_all_that_is_missing(calm_world: QuickWorld) -> None:
    campaign_id = sale(calm_world, on_drop_outs={"top_up_hours": 48})
    placed(calm_world, "ada", campaign_id, 2)
    placed(calm_world, "bob", campaign_id, 4, "card_declines_later")
    over(calm_world)
    over(calm_world, days=7.1)
    rest(calm_world)
    reply = take_over(calm_world, campaign_id, 2)
    assert reply.json["code"] == "top_up_too_small"
    assert "3 more units" in reply.json["detail"]
    assert take_over(calm_world, campaign_id, 3).status == 200


def test_where_nobody_has_paid_nothing_is_waited_for(world: QuickWorld) -> None:
    campaign_id = sale(world, on_drop_outs={"top_up_hours": 48})
    placed(world, "bob", campaign_id, 6, "card_declines_later")
    over(world)
    over(world, days=7.1)
    rest(world)
    assert first_batch(world, campaign_id)["state"] == "short"


def test_a_campaign_can_be_cancelled_while_its_organiser_is_waited_for(world: QuickWorld) -> None:
    campaign_id, _ = below_its_minimum(world, {"top_up_hours": 48})
    over(world, days=7.1)
    rest(world)
    assert world.organiser().post(f"/v1/campaigns/{campaign_id}/cancel").status == 200
    rest(world)
    rest(world)
    assert (first_batch(world, campaign_id)["state"], preorder(world, "ada")[0]) == ("cancelled", "refunded")
    assert moved(world, "ada") == (40_000, 40_000)


def test_reminders_are_told_every_two_days_until_the_end(world: QuickWorld) -> None:
    campaign_id = sale(world)
    placed(world, "ada", campaign_id, 6, "card_declines_later")
    over(world)
    told = []
    for _ in range(7):
        [item] = world.items("payment")
        told.append(item["reminders"])
        over(world, days=1)
    assert told == [1, 1, 2, 2, 3, 3, 4]
    rest(world)
    assert preorder(world, "ada")[0] == "dropped"
    assert first_batch(world, campaign_id)["state"] == "short"


def test_a_holder_who_has_to_confirm_has_a_quarter_of_an_hour(world: QuickWorld) -> None:
    """F20: until then the room is held; confirmed in time, it counts."""
    campaign_id = sale(world)
    preorder_id = placed(world, "ada", campaign_id, 6, "card_authenticate")
    found = payment(world, "ada")
    assert (found["state"], preorder(world, "ada")[0]) == ("action_required", "placed")
    assert (first_batch(world, campaign_id)["held_units"], first_batch(world, campaign_id)["secured_units"]) == (6, 0)
    world.clock.forward(minutes=14)
    world.tick()
    assert preorder(world, "ada")[0] == "placed"
    sent = {"action": found["action"], "approve": True}
    assert world.anybody.post("/v1/payments/simulated/confirm", sent).json == {"ok": True}
    assert world.fan("ada").post(f"/v1/preorders/{preorder_id}/payment/look").status == 200
    world.settle_down()
    assert (preorder(world, "ada")[0], payment(world, "ada")["action"]) == ("secured", None)
    over(world)
    assert first_batch(world, campaign_id)["state"] == "ordered"


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan["kind"])
def test_a_hold_that_nobody_confirms_lapses_once_and_gives_the_room_back(
    world: QuickWorld, plan: dict[str, Any]
) -> None:
    """S3: and a confirmation that comes too late takes nothing."""
    campaign_id = sale(world, payment_plan=plan)
    placed(world, "ada", campaign_id, 6, "card_authenticate")
    action = payment(world, "ada")["action"]
    world.clock.forward(minutes=15)
    world.tick()
    assert preorder(world, "ada") == ("lapsed", "hold_expired")
    assert first_batch(world, campaign_id)["held_units"] == 0
    world.anybody.post("/v1/payments/simulated/confirm", {"action": action, "approve": True})
    rest(world)
    assert moved(world, "ada") == (0, 0)


def test_a_holder_who_says_no_at_the_bank_has_no_place(world: QuickWorld) -> None:
    campaign_id = sale(world)
    preorder_id = placed(world, "ada", campaign_id, 6, "card_authenticate")
    sent = {"action": payment(world, "ada")["action"], "approve": False}
    world.anybody.post("/v1/payments/simulated/confirm", sent)
    world.fan("ada").post(f"/v1/preorders/{preorder_id}/payment/look")
    world.settle_down()
    assert preorder(world, "ada") == ("lapsed", "payment_declined")


def test_a_time_out_after_the_charge_is_no_second_charge(world: QuickWorld) -> None:
    """M3, M7, F18."""
    campaign_id = sale(world)
    placed(world, "ada", campaign_id, 6, "card_times_out")
    over(world)
    rest(world, seconds=120)
    assert (first_batch(world, campaign_id)["state"], moved(world, "ada")) == ("ordered", (60_000, 0))


def test_an_error_that_the_provider_repeats_for_a_day_is_resolved_by_looking(world: QuickWorld) -> None:
    """M7, F18: stored 5xx. Unknown stays unknown until the key is forgotten; then it is looked up, and asked anew."""
    campaign_id = sale(world)
    placed(world, "ada", campaign_id, 6, "card_error")
    over(world)
    for _ in range(20):
        over(world, days=1 / 24)
        assert payment(world, "ada")["state"] == "collecting"
    for _ in range(5):
        over(world, days=1 / 24)
    assert (first_batch(world, campaign_id)["state"], moved(world, "ada")) == ("ordered", (60_000, 0))


def test_what_is_withdrawn_before_the_lock_gives_the_deposit_back(world: QuickWorld) -> None:
    campaign_id = sale(world, payment_plan=DEPOSIT)
    preorder_id = placed(world, "ada", campaign_id, 6)
    assert world.fan("ada").delete(f"/v1/preorders/{preorder_id}").json["state"] == "withdrawn"
    world.settle_down()
    [refund] = payment(world, "ada")["refunds"]
    assert (refund["amount_minor"], refund["state"]) == (12_000, "pending"), "seen until it has arrived"
    rest(world)
    assert (payment(world, "ada")["state"], moved(world, "ada")) == ("released", (12_000, 12_000))
    assert ledger(world, campaign_id) == {}


def test_a_campaign_that_is_cancelled_while_collecting_gives_everything_back(world: QuickWorld) -> None:
    """M4, M5."""
    campaign_id = sale(world)
    placed(world, "ada", campaign_id, 6)
    placed(world, "bob", campaign_id, 3, "card_declines_later")
    over(world)
    assert first_batch(world, campaign_id)["state"] == "collecting"
    assert world.organiser().post(f"/v1/campaigns/{campaign_id}/cancel").status == 200
    world.settle_down()
    rest(world)
    assert first_batch(world, campaign_id)["state"] == "cancelled"
    assert preorder(world, "ada") == ("refunded", "campaign_cancelled")
    assert preorder(world, "bob") == ("lapsed", "campaign_cancelled")
    assert (moved(world, "ada"), moved(world, "bob")) == ((60_000, 60_000), (0, 0))


def test_a_refund_that_fails_stays_listed_until_it_is_mended(world: QuickWorld) -> None:
    """M5, F20."""
    campaign_id = sale(world, payment_plan=DEPOSIT)
    preorder_id = placed(world, "ada", campaign_id, 6, "card_refund_fails")
    world.fan("ada").delete(f"/v1/preorders/{preorder_id}")
    world.settle_down()
    rest(world)
    [listed] = world.organiser().get(f"/v1/campaigns/{campaign_id}/refunds").json["items"]
    assert (listed["state"], listed["amount_minor"], listed["preorder_id"]) == ("failed", 12_000, preorder_id)
    assert ledger(world, campaign_id) == {"provider": 12_000, "refunds_due": -12_000}
    assert world.organiser("eve").get(f"/v1/campaigns/{campaign_id}/refunds").code == "campaign_missing"
    again = f"/v1/preorders/{preorder_id}/refunds/1/again"
    assert world.organiser("eve").post(again).code == "payment_missing"
    assert world.organiser().post(again).status == 200
    assert world.organiser().post(again).code in ("refund_not_failed", "payment_moved")
    world.settle_down()


def test_an_organiser_gives_a_part_back_once_and_carries_it(world: QuickWorld) -> None:
    campaign_id = sale(world)
    preorder_id = placed(world, "ada", campaign_id, 6)
    path, body = f"/v1/preorders/{preorder_id}/refunds", {"amount_minor": 1_500, "reason": "A scratch on the box"}
    assert world.organiser().post(path, body, Idempotency_Key="r1").code == "not_paid"
    over(world)
    for _ in range(2):
        assert world.organiser().post(path, body, Idempotency_Key="r1").status == 201
    assert world.organiser().post(path, body | {"amount_minor": 9}, Idempotency_Key="r1").code == "refund_key_reused"
    assert (
        world.organiser().post(path, body | {"amount_minor": 58_501}, Idempotency_Key="r2").code == "refund_too_large"
    )
    assert world.organiser("eve").post(path, body, Idempotency_Key="r3").code == "payment_missing"
    assert world.organiser().post(path, body).code == "refund_key_missing"
    world.settle_down()
    rest(world)
    assert moved(world, "ada") == (60_000, 1_500)
    assert payment(world, "ada")["refunds"][0]["reason"] == "A scratch on the box"
    assert ledger(world, campaign_id) == {"provider": 58_500, "manufacturer": -60_000, "organiser": 1_500}


def test_a_payment_is_shown_to_its_fan_alone(calm_world: QuickWorld) -> None:
    """A1."""
    world = calm_world
    campaign_id = sale(world)
    preorder_id = placed(world, "ada", campaign_id, 6)
    path = f"/v1/preorders/{preorder_id}/payment"
    assert world.fan("eve").get(path).code == "payment_missing"
    assert world.fan("eve").post(f"{path}/look").code == "payment_missing"
    assert put_card(world, "eve", preorder_id, "card").code == "payment_missing"
    assert put_card(world, "ada", preorder_id, "card").code == "nothing_to_pay"
    assert "card" not in world.fan("ada").get(path).text.replace("save_card", "")


@pytest.mark.parametrize("plan", PLANS[:2], ids=lambda plan: plan["kind"])
def test_a_late_event_does_not_bring_back_the_card_that_was_replaced(world: QuickWorld, plan: dict[str, Any]) -> None:
    """F20, M8: it makes us look between the new card and the next try."""
    campaign_id = sale(world, payment_plan=plan)
    placed(world, "ada", campaign_id, 5)
    late = placed(world, "bob", campaign_id, 3, "card_declines_later")
    over(world)
    assert payment(world, "bob")["state"] == "overdue"
    assert put_card(world, "bob", late, "card").status == 200
    assert world.fan("bob").post(f"/v1/preorders/{late}/payment/look").status == 200
    world.settle_down()
    assert (payment(world, "bob")["state"], preorder(world, "bob")[0]) == ("paid", "ordered")


def news_of(world: QuickWorld, kind: str) -> list[Announcement]:
    changes = ((old, new) for old, new in world.changes() if new.get("kind") == kind)
    written = {"ApproximateCreationDateTime": START.timestamp()}
    found = (news.news("dev", {"OldImage": pack(old), "NewImage": pack(new), **written}) for old, new in changes)
    return [one for one in found if one is not None]


def test_a_reminder_is_news_for_its_fan_under_an_id_of_its_own(calm_world: QuickWorld) -> None:
    world = calm_world
    campaign_id = sale(world, payment_plan=DEPOSIT)
    preorder_id = placed(world, "ada", campaign_id, 6, "card_declines_later")
    over(world)
    over(world, days=2.1)
    told = news_of(world, "payment")
    assert [one.id for one in told] == [f"{preorder_id}/overdue/{number}" for number in (1, 2)]
    assert {one.type for one in told} == {"groundswell.payment.overdue"}
    assert told[0].data["page"] == f"/campaigns/{campaign_id}/preorders/{preorder_id}/payment"
    assert (told[0].data["owed_minor"], told[0].data["problem"]) == (48_000, "insufficient_funds")
    assert not {"payment_method", "customer", "action"} & told[0].data.keys()


def test_what_a_batch_waits_for_after_the_lock_is_news_once(calm_world: QuickWorld) -> None:
    campaign_id, _ = below_its_minimum(calm_world, RULE)
    for days in (7.1, 3.1, 2.1):
        over(calm_world, days=days)
        rest(calm_world)
    told = {one.id: one for one in news_of(calm_world, "batch")}
    states = ("confirmed", "locked", "collecting", "prolonged", "awaiting", "short")
    assert [*told] == [f"{campaign_id}/1/{state}" for state in states]
    prolonged, awaiting = told[f"{campaign_id}/1/prolonged"], told[f"{campaign_id}/1/awaiting"]
    assert prolonged.data["grace_until"] == first_batch(calm_world, campaign_id)["grace_until"]
    assert (awaiting.type, awaiting.data["missing_units"]) == ("groundswell.batch.awaiting", 1)


def test_a_fee_is_kept_of_what_fans_have_paid_and_the_organiser_carries_it(calm_world: QuickWorld) -> None:
    """M9."""
    world = calm_world
    settings = world.ports.settings.model_copy(update={"fee_basis_points": 250})
    with ports_.using(replace(world.ports, settings=settings)):
        campaign_id = sale(world)
        placed(world, "ada", campaign_id, 6)
        over(world)
        told = ledger(world, campaign_id)
    assert told == {"provider": 60_000, "manufacturer": -60_000, "fees": -1_500, "organiser": 1_500}


def test_what_drop_outs_can_cost_is_told_before_the_lock(calm_world: QuickWorld) -> None:
    world = calm_world
    campaign_id = sale(world)
    placed(world, "ada", campaign_id, 12)
    assert first_batch(world, campaign_id)["carried_most_minor"] == 9_000, "9 units, each 1,000 below their own tier"
    over(world)
    assert first_batch(world, campaign_id)["carried_most_minor"] is None
