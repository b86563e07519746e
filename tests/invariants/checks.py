"""What must hold of everything that is stored, told in sentences. Written apart from chalicelib: it counts for itself.

Each check takes the plain items of a table and raises AssertionError. `everything` asks them all of a world at rest.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from tests.invariants.history import history_is_lawful
from tests.invariants.items import Items, batch_of, claims_by_batch, of, quantities
from tests.invariants.orders import (
    answers_of_the_manufacturer_follow_each_other,
    each_batch_has_its_one_order,
    one_price_for_all_in_a_batch,
    orders_say_what_was_secured,
)
from tests.invariants.votes import results_are_recounts, tallies_are_recounts
from tests.races.quick_world import QuickWorld
from tests.world import World

FILLING = ("open", "confirmed")
LIVE = ("placed", "secured", "locked", "ordered")
ENDED = ("short", "cancelled")
PAYMENT_OF = {
    "secured": ("secured",),
    "locked": ("secured",),
    "ordered": ("secured",),
    "withdrawn": ("released", "declined"),
    "lapsed": ("released", "declined"),
}


def room_is_never_oversold(items: Items) -> None:
    """S1: at every instant, not only at rest."""
    for batch in of(items, "batch"):
        held, secured, capacity = batch["held_units"], batch["secured_units"], batch["capacity"]
        name = f"batch {batch['number']}"
        assert held <= capacity, f"{name} holds {held} units in a room of {capacity}"
        assert 0 <= secured <= held, f"{name} has {secured} secured units of {held} held"


def counters_are_recounts(items: Items) -> None:
    """S2: the counters of a batch, and the fans' limits, recounted from claims and pre-orders. At every instant."""
    claims = claims_by_batch(items)
    for batch in of(items, "batch"):
        mine = claims[batch_of(batch)]
        held, secured = sum(c["units"] for c in mine), sum(c["units"] for c in mine if c["secured"])
        name = f"batch {batch['number']}"
        assert batch["held_units"] == held, f"{name} counts {batch['held_units']} held units, its claims {held}"
        assert batch["secured_units"] == secured, (
            f"{name} counts {batch['secured_units']} secured units, its claims {secured}"
        )
    expected: Counter[tuple[str, str]] = Counter()
    for preorder in of(items, "preorder"):
        expected[preorder["fan_id"], preorder["campaign_id"]] += preorder["units"] * (preorder["state"] in LIVE)
    for limit in of(items, "fan_limit"):
        fan = limit["pk"].removeprefix("F#"), limit["sk"].removeprefix("L#")
        assert limit["units"] == expected.pop(fan, 0), f"{fan} is counted with {limit['units']} units"
    assert not +expected, f"live pre-orders without a counted limit: {+expected}"


def preorders_and_claims_are_one_to_one(items: Items) -> None:
    """B3: each live pre-order holds exactly one claim, in exactly its batch, and no claim is left of a dead one."""
    claims: dict[str, Items] = defaultdict(list)
    for claim in of(items, "claim"):
        claims[claim["preorder_id"]].append(claim)
    for preorder in of(items, "preorder"):
        mine, name = claims.pop(preorder["preorder_id"], []), f"the {preorder['state']} pre-order"
        live = preorder["state"] in LIVE
        assert len(mine) == live, f"{name} has {len(mine)} claims"
        for claim in mine:
            assert batch_of(claim) == batch_of(preorder), f"{name} has its claim in another batch"
            assert claim["fan_id"] == preorder["fan_id"], f"{name} has another fan's claim"
            assert claim["secured"] == (preorder["state"] != "placed"), f"{name} disagrees with its claim on securing"
            assert quantities([claim]) == quantities([preorder]), f"{name} claims other lines than it has"
            assert claim["units"] == preorder["units"] == sum(quantities([claim]).values()), f"{name}: units"
    assert not claims, f"{len(claims)} claims belong to no pre-order"


def answers_can_be_found(items: Items) -> None:
    """L4: whatever was answered to an idempotency key names a pre-order that is there, each its own."""
    there = {preorder["preorder_id"] for preorder in of(items, "preorder")}
    answers = of(items, "answer")
    told = [preorder_id for preorder_id in there if any(preorder_id in answer["answer"] for answer in answers)]
    assert len(told) == len(answers) == len(there), (
        f"{len(answers)} answers, {len(there)} pre-orders, {len(told)} match"
    )


def payments_fit_their_preorders(items: Items) -> None:
    """M2, M5 at rest: money is held for what is made, and for nothing else."""
    payments = {payment["preorder_id"]: payment for payment in of(items, "payment")}
    for preorder in of(items, "preorder"):
        payment = payments.pop(preorder["preorder_id"])
        state, expected = payment["state"], PAYMENT_OF.get(preorder["state"], ())
        assert state in expected, f"a payment is {state} while its pre-order is {preorder['state']}"
        declined = preorder.get("reason") == "payment_declined"
        assert (state == "declined") == declined, (
            f"payment {state}, but the pre-order's reason is {preorder.get('reason')}"
        )
        assert payment["amount_most_minor"] == preorder["total_most_minor"], "another amount was authorised"
    assert not payments, f"{len(payments)} payments belong to no pre-order"


def nothing_is_stranded(items: Items) -> None:
    """L1, B1 at rest: nothing waits for a step that nobody will take."""
    for preorder in of(items, "preorder"):
        assert preorder["state"] not in ("placed", "locked"), f"a pre-order stayed {preorder['state']}"
        assert (preorder["state"] == "lapsed") == ("reason" in preorder), f"{preorder['state']} with or without reason"
    ended = {c["campaign_id"] for c in of(items, "campaign") if c["state"] in ("closed", "cancelled")}
    batches = {batch_of(batch): batch["state"] for batch in of(items, "batch")}
    for (campaign_id, number), state in batches.items():
        assert state != "locked", f"batch {number} was locked and never ordered"
        assert not (campaign_id in ended and state in FILLING), f"batch {number} is {state} though its campaign ended"
    for preorder in of(items, "preorder"):
        state, batch = preorder["state"], batches[batch_of(preorder)]
        assert state != "secured" or batch in FILLING, f"a pre-order stayed secured in a batch that is {batch}"
        assert state != "ordered" or batch == "ordered", f"a pre-order is ordered in a batch that is {batch}"


AT_EVERY_INSTANT: tuple[Callable[[Items], None], ...] = (
    room_is_never_oversold,
    counters_are_recounts,
    preorders_and_claims_are_one_to_one,
    answers_can_be_found,
    each_batch_has_its_one_order,
    answers_of_the_manufacturer_follow_each_other,
)
AT_REST: tuple[Callable[[Items], None], ...] = (
    *AT_EVERY_INSTANT,
    orders_say_what_was_secured,
    payments_fit_their_preorders,
    nothing_is_stranded,
    one_price_for_all_in_a_batch,
    tallies_are_recounts,
    results_are_recounts,
)


def everything(world: World) -> None:
    """All of it, of a world at rest; and nothing was given up on the way there."""
    assert not world.pump.parked, f"given up: {[parked.error for parked in world.pump.parked]}"
    agree(world.items())
    if isinstance(world, QuickWorld):
        history_is_lawful(world.changes())


def agree(items: Items, checks: Iterable[Callable[[Items], None]] = AT_REST) -> None:
    for check in checks:
        check(items)
