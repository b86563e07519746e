"""What must hold of a whole history, by the ids of docs; what must hold at every instant is in `watch`."""

import json
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.refusals import Refusal
from chalicelib.news import MARKS
from chalicelib.plumbing.memory import Memory
from chalicelib.preorders import actions
from tests.hands import START
from tests.invariants import checks as invariants
from tests.invariants import money
from tests.invariants.items import claims, of
from tests.simulation.named import named
from tests.simulation.replay import Replay
from tests.simulation.reversal_checks import money_that_goes_back_is_accounted_for

if TYPE_CHECKING:
    from tests.simulation.history import History

# Of the invariants those that a campaign meets that was never voted on.
AT_REST = {
    "S1": invariants.room_is_never_oversold,
    "S2": invariants.counters_are_recounts,
    "S4": invariants.no_fan_has_more_than_the_limit,
    "B3": invariants.preorders_and_claims_are_one_to_one,
    "B5": invariants.one_price_for_all_in_a_batch,
    "O1": invariants.each_batch_has_its_one_order,
    "O3": invariants.orders_say_what_was_secured,
    "O4": invariants.answers_of_the_manufacturer_follow_each_other,
    "M5": invariants.payments_fit_their_preorders,
    "L1": invariants.nothing_is_stranded,
    "B4": invariants.nothing_is_made_that_no_fan_left_open,
    "S3": invariants.given_back_is_reissued_once,
    "A1": invariants.offers_are_each_for_one_fan,
    "L4": invariants.list_and_entries_agree,
    "S2 (parts)": invariants.parts_have_room_together,
    "M1": money.ledger_sums_to_zero,
    "M2": money.no_more_is_taken_than_was_accepted,
    "M3": money.nothing_is_charged_twice,
    "M4": money.balances_are_taken_after_the_lock,
    "M5 (kept)": money.every_charge_is_made_or_given_back,
    "M6": money.ledger_tells_what_payments_tell,
    "M9": money.money_is_where_it_belongs,
    "L4 (slips)": money.slips_are_paid_back,
    "B4 (paid)": money.what_is_ordered_is_what_was_paid,
}
GONE = ("refused", "withdrawn", "lapsed", "dropped", "refunded")
AT_AN_END = ("secured", "declined", "paid", "released")
NEWS = ("confirmed", "locked", "collecting", "ordered", "short", "cancelled", "announced", "closes_soon")
NEWS += tuple(MARKS.values())
OF_A_BATCH = ("groundswell.batch.", "groundswell.slip.", "groundswell.notice.")
ADDRESS = "https://maker.example/orders"
Items = list[dict[str, Any]]


def plain_items(history: "History") -> Items:
    return [history.unpack(item) for item in history.world.store.items.values()]


def at_rest(history: "History") -> None:
    """Everything, once nothing moves any more."""
    items = plain_items(history)
    for name, check in AT_REST.items():
        named(name, check, items)
    steps_are_announced_once(history)
    orders_are_sent_alike(history, items)
    answers_are_kept(history, items)
    decisions_are_repeatable(history)
    acknowledged_are_found(history, items)
    first_answers_stand(history)
    answers_to_slips_are_carried_out(history, items)
    households_are_recounts(items)
    named("M6", money.books_agree, items, history.world.gateway.movements(START))
    money_has_come_to_rest(items)
    if history.options.reversals:
        money_that_goes_back_is_accounted_for(history, items)


def money_has_come_to_rest(items: Items) -> None:
    """L1: every payment is over, or its failed refund is there to be seen; nobody waits for anybody."""
    for batch in of(items, "batch"):
        state = batch["state"]
        assert state not in ("locked", "collecting"), f"L1: batch {batch['number']} is {state} for ever"
    for payment in of(items, "payment"):
        state, refunds = payment["state"], {one["state"] for one in payment.get("refunds", ())}
        assert refunds <= {"succeeded", "failed", "void"}, f"L1: a {state} payment has refunds that are {refunds}"
        is_over = state in AT_AN_END or (state == "releasing" and "failed" in refunds)
        assert is_over, f"L1: a payment is {state} for ever: {payment}"


def steps_are_announced_once(history: "History") -> None:
    """B2: every step of a batch, every play, slip and notice is announced, under one id, in the same words each time,
    and none that never was.

    The bus may hear of it more than once: by the id a listener knows it. Where records were lost, what has come to
    stand in the end is announced in the end, as it is by then.
    """
    words: dict[str, set[str]] = defaultdict(set)
    lost = bool(history.stream.lost)
    for told in history.world.announced:
        whole = json.loads(told)
        if whole["type"].startswith(OF_A_BATCH):
            words[whole["id"]].add(told)
    steps = {step for step in history.watch.reached if step.endswith(NEWS) or "/played/" in step}
    missing = {step for step in steps - set(words) if not lost or step in ends(history)}
    assert not missing, f"B2: not announced: {sorted(missing)}"
    assert set(words) <= steps, f"B2: announced, and never taken: {sorted(set(words) - steps)}"
    assert lost or all(len(told) == 1 for told in words.values()), f"B2: announced in two ways: {words}"


def ends(history: "History") -> set[str]:
    """Where the batches have come to."""
    batches = of(plain_items(history), "batch")
    return {f"{batch['campaign_id']}/{batch['number']}/{batch['state']}" for batch in batches}


def orders_are_sent_alike(history: "History", items: Items) -> None:
    """O1: one order each, with its own lines and no others, and each is sent. O2: each time the same to the byte. O3:
    to that manufacturer only."""
    bodies: dict[str, set[bytes]] = defaultdict(set)
    for url, order_id, body in history.world.posted:
        assert url == ADDRESS, f"O3: sent to {url}"
        bodies[order_id].add(body)
    assert all(len(sent) == 1 for sent in bodies.values()), f"O2: sent in two ways: {sorted(bodies)}"
    orders = {order["order_id"] for order in of(items, "order")}
    assert orders == set(bodies), f"O1: raised {sorted(orders)}, sent {sorted(bodies)}"
    assert {page["pk"] for page in of(items, "order_lines")} == {f"M#{one}" for one in orders}, "O1: lines of no order"


def answers_are_kept(history: "History", items: Items) -> None:
    """O4, L4: what the manufacturer was acknowledged stands with its order."""
    given = {
        (order["order_id"], answer["answer"]) for order in of(items, "order") for answer in order.get("answers", ())
    }
    assert set(history.people.answered) <= given, "O4: an acknowledged answer is lost"


def decisions_are_repeatable(history: "History") -> None:
    """B5: from what was stored before the lock, the lock and the order are decided again the same, to the byte."""
    for (name, state), before in history.watch.before.items():
        replay = Replay(history.world.store, before, state)
        assert replay.decided(*name), f"B5: batch {name[1]} is {state} otherwise: {replay.difference}"


def acknowledged_are_found(history: "History", items: Items) -> None:
    """L4, S4: who was told of a pre-order finds it, the same under the same key, in the quantity that was asked over
    all its lines."""
    preorders = {item["preorder_id"]: item for item in of(items, "preorder")}
    by_key: dict[tuple[str, str], set[str]] = defaultdict(set)
    for told in history.people.told:
        found = preorders.get(told.preorder.preorder_id)
        assert found, "L4: an acknowledged pre-order is lost"
        asked, heard = sum(line.quantity for line in told.new.lines), history.people.heard
        edits = heard.edits[told.preorder.preorder_id]
        if told.preorder.other_part:
            asked -= preorders[told.preorder.other_part]["units"]
        assert told.preorder.units == asked, "S4: a pre-order has other units than were asked for"
        assert found["units"] in (asked, *edits), "S4: a pre-order has other units than were ever asked for"
        known = heard.edited.get(told.preorder.preorder_id) if len(edits) == 1 else None
        assert known in (None, found["units"]), "L4: an acknowledged change is lost"
        by_key[told.fan_id, told.key].add(told.preorder.preorder_id)
    assert all(len(ids) == 1 for ids in by_key.values()), f"L4: one key, two pre-orders: {by_key}"
    for preorder_id in history.people.withdrawn:
        assert preorders[preorder_id]["state"] == "withdrawn", "L4: an acknowledged withdrawal did not last"


def first_answers_stand(history: "History") -> None:
    """L4: the same key has the same answer for ever, and nobody who was told of a pre-order is refused it later."""
    assert not history.people.broken, history.people.broken[0]
    ports = replace(history.world.ports, memory=Memory(history.world.ports.clock))
    campaign_id = history.campaign.campaign_id
    for told in {(told.fan_id, told.key): told for told in history.people.told}.values():
        try:
            again = actions.place(ports, told.fan_id, campaign_id, key=told.key, new=told.new)
        except Refusal as refusal:
            raise AssertionError(f"L4: told of a pre-order, then under the same key: {refusal!r}") from None
        assert again == told.preorder, f"L4: first answered {told.preorder}, then {again}"


def answers_to_slips_are_carried_out(history: "History", items: Items) -> None:
    """L4: what a fan has answered to a slip, or what counts for who said nothing, is what happens, and nothing else.
    S2: the answers are counted. L1: each slip that may be answered ends."""
    slips = [slip for slip in of(items, "slip") if "choice_until" in slip]
    asked = history.people.heard.leaving | {
        one for one, said in history.people.heard.choices.items() if "refund" in said
    }
    homes = {one["preorder_id"]: one["batch_number"] for one in claims(items)}
    for slip in slips:
        mine = [one for one in of(items, "preorder") if homes.get(one["preorder_id"]) == slip["batch_number"]]
        chosen = [one["chosen"]["choice"] for one in mine if one.get("chosen", {}).get("slip") == slip["slip"]]
        only = sum(one["batch_number"] == slip["batch_number"] for one in slips) == 1
        counted = [slip["waiting"], slip["refunds"]]
        assert not only or counted == [chosen.count("wait"), chosen.count("refund")], f"S2: {counted} of {chosen}"
        assert slip["state"] == "closed", "L1: a slip waits for answers for ever"
    for preorder in of(items, "preorder"):
        refund = any(_is_refunded(preorder, slip) for slip in slips)
        gone = preorder["state"] in GONE or preorder.get("refund_wanted", False)
        assert gone or not refund or "batch_number" not in preorder, "L4: who is to have the money back is not asked"
        left = preorder["state"] == "withdrawn" or preorder.get("refund_wanted", False)
        assert refund or not left or preorder["preorder_id"] in asked, "L4: somebody was withdrawn who never asked"


def _is_refunded(preorder: dict[str, Any], slip: dict[str, Any]) -> bool:
    known = preorder.get("dated", {}).get(str(slip["batch_number"]), 0)
    if slip["slip"] <= known or preorder.get("batch_number", slip["batch_number"]) != slip["batch_number"]:
        return False
    chosen = preorder.get("chosen", {"slip": 0})
    return (chosen["choice"] if chosen["slip"] >= slip["slip"] else slip["silence"]) == "refund"


def households_are_recounts(items: Items) -> None:
    """S2: the units of a household are those of all pre-orders that count for it."""
    units: dict[str, int] = defaultdict(int)
    for preorder in of(items, "preorder"):
        if preorder["state"] not in GONE:
            units[preorder.get("household", "")] += preorder["units"]
    for one in of(items, "household"):
        has = units[one["pk"].split("#")[3]]
        assert one["units"] == has, f"S2: a household counts {one['units']} units, and has {has}"


def others_went_on(history: "History") -> None:
    """L2, before anything is driven again: a poisoned record is parked after its tries, and no other waits behind it; a
    pre-order that cannot be touched keeps no other of its batch."""
    if history.stream.lost:
        return  # what nobody ever hears of waits for somebody to look: F10
    for shard in history.stream.shards:
        assert not shard.pending, f"L2: {shard.pending} records wait on {shard.name}"
        parked = {record["dynamodb"]["SequenceNumber"] for record in shard.parked}
        assert shard.poisoned <= parked, "L2: a poisoned record is neither done nor parked"
    dead = {queue.name for queue in history.queues.values() if queue.dead}
    assert not any(queue.messages for queue in history.queues.values()), "L2: messages wait"
    untouchable = history.world.store.poisoned
    if not untouchable or dead - {"following"} or any(shard.parked for shard in history.stream.shards):
        return  # what was parked may be missed anywhere: L3 looks at it
    skipped = {item["preorder_id"] for item in plain_items(history) if (item["pk"], item["sk"]) in untouchable}
    items = [item for item in plain_items(history) if item.get("preorder_id") not in skipped]
    refs = {one["preorder_id"] for one in claims(plain_items(history))} - skipped
    for preorder in of(items, "preorder"):
        batch = history.batch_state(preorder.get("batch_number"))
        waits = preorder["state"] in ("secured", "locked") and batch not in (None, "open", "confirmed")
        waits |= preorder["state"] == "paid" and batch in ("ordered", "short", "cancelled")
        assert preorder["preorder_id"] not in refs or not waits, (
            f"L2: a pre-order stayed {preorder['state']} in a batch that is {batch}, behind one that is poisoned"
        )
