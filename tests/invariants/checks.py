"""What must hold of everything that is stored, told in sentences. Written apart from chalicelib: it counts for itself.

Each check takes the plain items of a table and raises AssertionError. `everything` asks them all of a world at rest.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from tests.hands import START
from tests.invariants.draws import drawn_room_is_kept, draws_are_what_the_seed_makes_them, draws_come_to_an_end
from tests.invariants.history import history_is_lawful
from tests.invariants.items import Item, Items, batch_of, claims, claims_by_batch, of, pages, quantities
from tests.invariants.money import (
    balances_are_taken_after_the_lock,
    books_agree,
    every_charge_is_made_or_given_back,
    ledger_sums_to_zero,
    ledger_tells_what_payments_tell,
    money_is_where_it_belongs,
    no_more_is_taken_than_was_accepted,
    nothing_is_charged_twice,
    slips_are_paid_back,
    what_is_ordered_is_what_was_paid,
)
from tests.invariants.orders import (
    answers_of_the_manufacturer_follow_each_other,
    each_batch_has_its_one_order,
    nothing_is_made_that_no_fan_left_open,
    one_price_for_all_in_a_batch,
    orders_say_what_was_secured,
)
from tests.invariants.parts import parts_have_room_together
from tests.invariants.votes import results_are_recounts, tallies_are_recounts
from tests.invariants.waiting import given_back_is_reissued_once, list_and_entries_agree, offers_are_each_for_one_fan
from tests.races.quick_world import QuickWorld
from tests.world import World

FILLING = ("open", "confirmed")
ENDED = ("short", "cancelled")
UNCLAIMED = ("wanted", "refused")
CLAIM_OF = {
    "wanted": "placed",
    "secured": "secured",
    "locked": "secured",
    "paid": "collected",
    "ordered": "collected",
    "withdrawn": "back",
    "lapsed": "back",
    "dropped": "back",
    "refunded": "back",
}
OF_A_PAGE = {"pk", "sk", "kind", "attempt", "n", "s", "b", "c", "v", "z", "r"}
LET_GO = ("released", "declined", "releasing")
PAYMENT_OF = {
    "wanted": ("action_required",),
    "secured": ("secured",),
    "locked": ("collecting", "overdue"),
    "paid": ("paid",),
    "ordered": ("paid",),
    "withdrawn": LET_GO,
    "lapsed": LET_GO,
    "dropped": LET_GO,
    "refunded": LET_GO,
}
WITH_REASON = ("lapsed", "dropped", "refunded")
DECLINED = ("payment_declined", "hold_expired")


def room_is_never_oversold(items: Items) -> None:
    """S1: at every instant, not only at rest, from the pages themselves; and no page or book is fuller than it is."""
    held: Counter[tuple[str, int]] = Counter()
    taken: Counter[tuple[str, int]] = Counter()
    for batch, page in pages(items):
        assert 0 <= page.get("s", 0) <= page["n"] - page.get("b", 0), f"a page's counters: {page}"
        held[batch] += page["n"] - page.get("b", 0)
        taken[batch] += page["n"]
    for batch in of(items, "batch"):
        mine, capacity, name = batch_of(batch), batch["capacity"], f"batch {batch['number']}"
        assert held[mine] <= capacity, f"{name} holds {held[mine]} units in a room of {capacity}"
        assert taken[mine] <= sum(book["units"] for book in batch["books"]), f"{name} took more than its books have"
        assert batch["held_units"] <= capacity, f"{name} tells {batch['held_units']} units in a room of {capacity}"


def pages_are_recounts(items: Items) -> None:
    """S2: the counters of each page are the sums over its claims; a sealed page is full. At every instant."""
    for _, page in pages(items):
        claimed = [page[ref].split(";") for ref in page.keys() - OF_A_PAGE]
        by_state: Counter[str] = Counter()
        for letter, units, *_ in claimed:
            held, _, edited = units.partition("+")
            by_state[letter] += int(held)
            by_state["b"] += int(edited or 0)
        rest = page.get("r", 0) if "z" not in page else page["n"] - sum(by_state.values())
        assert page["n"] == sum(by_state.values()) + rest, f"units taken: {page}"
        assert page.get("b", 0) == by_state["b"] + rest, f"units given back: {page}"
        assert page.get("s", 0) == by_state["s"] + by_state["c"], f"units secured: {page}"
        assert page.get("c", 0) == by_state["c"], f"units paid for: {page}"


def counters_are_recounts(items: Items) -> None:
    """S2 at rest: the counters of a batch, recounted from the claims on its pages."""
    claims = claims_by_batch(items)
    for batch in of(items, "batch"):
        mine = claims[batch_of(batch)]
        held, secured = sum(c["units"] for c in mine), sum(c["units"] for c in mine if c["secured"])
        name = f"batch {batch['number']}"
        assert batch["held_units"] == held, f"{name} counts {batch['held_units']} held units, its claims {held}"
        assert batch["secured_units"] == secured, (
            f"{name} counts {batch['secured_units']} secured units, its claims {secured}"
        )
        paid = sum(c["units"] for c in mine if c["state"] == "collected")
        assert batch.get("collected_units", 0) == paid, f"{name} counts {batch.get('collected_units')} of {paid} paid"


def no_fan_has_more_than_the_limit(items: Items) -> None:
    """At every instant, over all of a fan's pre-orders in a campaign, counted from the claims."""
    limits = {campaign["campaign_id"]: campaign["limit_per_fan"] for campaign in of(items, "campaign")}
    units: Counter[tuple[str, str]] = Counter()
    for batch_claims in claims_by_batch(items).values():
        for claim in batch_claims:
            units[claim["campaign_id"], claim["fan_id"]] += claim["units"]
    for (campaign_id, fan_id), has in units.items():
        assert has <= limits[campaign_id], f"{fan_id} has {has} units, the limit is {limits[campaign_id]}"


def preorders_and_claims_are_one_to_one(items: Items) -> None:
    """B3, L4: each live pre-order has exactly one claim, in exactly its batch, and no room is held for a dead one. In
    each batch that it has rolled over from it has given back exactly what it had."""
    by_preorder: dict[str, Items] = defaultdict(list)
    for claim in claims(items):
        by_preorder[claim["preorder_id"]].append(claim)
    for preorder in of(items, "preorder"):
        mine, state = by_preorder.pop(preorder["preorder_id"], []), preorder["state"]
        name = f"the {state} pre-order"
        left = [claim for claim in mine if claim["batch_number"] in {roll["from_batch"] for roll in _rolls(preorder)}]
        mine = [claim for claim in mine if claim not in left]
        assert len(left) == len(_rolls(preorder)), f"{name} has rolled over from where it never was"
        for claim in left:
            assert claim["state"] == "back", f"{name} still holds room in a batch that it has left"
        if state in UNCLAIMED:
            assert len(mine) <= 1, f"{name} has {len(mine)} claims"
        else:
            assert len(mine) == 1, f"{name} has {len(mine)} claims"
        for claim in mine:
            assert claim["fan_id"] == preorder["fan_id"], f"{name} has another fan's claim"
            assert claim["state"] == CLAIM_OF[state], f"{name} has a claim that is {claim['state']}"
            assert quantities([claim]) == quantities([preorder]), f"{name} claims other lines than it has"
            assert claim["units"] == preorder["units"] == sum(quantities([claim]).values()), f"{name}: units"
            assert preorder.get("batch_number", claim["batch_number"]) == claim["batch_number"], f"{name}: batch"
    assert not by_preorder, f"{len(by_preorder)} claims belong to no pre-order"


def _rolls(preorder: Item) -> Items:
    return list(preorder.get("rolls", ()))


def rolled_units_have_moved(items: Items) -> None:
    """At every instant: a batch tells exactly the units of those who have left it for the next one, each of which is in
    a later batch."""
    told = {batch_of(batch): batch.get("rolled_units", 0) for batch in of(items, "batch")}
    moved: Counter[tuple[str, int]] = Counter()
    left = {(claim["preorder_id"], claim["batch_number"]): claim["units"] for claim in claims(items)}
    for preorder in of(items, "preorder"):
        for roll in _rolls(preorder):
            number = roll["from_batch"]
            assert number < preorder["batch_number"], "a pre-order has rolled back"
            moved[preorder["campaign_id"], number] += left[preorder["preorder_id"], number]
    for batch, units in told.items():
        assert units == moved[batch], f"batch {batch[1]} tells {units} rolled units, {moved[batch]} have left it"


def payments_fit_their_preorders(items: Items) -> None:
    """M2, M5 at rest: money is held for what is made, and for nothing else."""
    payments = {payment["preorder_id"]: payment for payment in of(items, "payment")}
    claimed = {claim["preorder_id"] for claim in claims(items)}
    for preorder in of(items, "preorder"):
        if preorder["preorder_id"] not in claimed:
            continue
        payment = payments.pop(preorder["preorder_id"], {"state": None})
        if payment["state"] is None and preorder["state"] in ("withdrawn", "lapsed"):
            continue  # over before a payment was asked for
        state, expected = payment["state"], PAYMENT_OF.get(preorder["state"], ())
        assert state in expected, f"a payment is {state} while its pre-order is {preorder['state']}"
        declined = preorder.get("reason") in DECLINED
        assert (state == "declined") == declined, (
            f"payment {state}, but the pre-order's reason is {preorder.get('reason')}"
        )
        total = preorder.get("total_most_minor", payment["amount_most_minor"])
        assert payment["amount_most_minor"] == total, "another amount was authorised"
    assert not payments, f"{len(payments)} payments belong to no pre-order"


def nothing_is_stranded(items: Items) -> None:
    """L1, B1 at rest: nothing waits for a step that nobody will take."""
    payments = {payment["preorder_id"]: payment["state"] for payment in of(items, "payment")}
    claimed = {claim["preorder_id"] for claim in claims(items)}
    for preorder in of(items, "preorder"):
        if preorder["preorder_id"] in claimed:
            waits = payments.get(preorder["preorder_id"], "") in ("action_required", "overdue")
            assert preorder["state"] not in ("wanted", "locked") or waits, f"a pre-order stayed {preorder['state']}"
        has_reason = preorder["state"] in WITH_REASON
        assert has_reason == ("reason" in preorder), f"{preorder['state']} with or without reason"
    ended = {c["campaign_id"] for c in of(items, "campaign") if c["state"] in ("closed", "cancelled")}
    batches = {batch_of(batch): batch["state"] for batch in of(items, "batch")}
    for (campaign_id, number), state in batches.items():
        assert state != "locked", f"batch {number} was locked and never collected"
        assert not (campaign_id in ended and state in FILLING), f"batch {number} is {state} though its campaign ended"
    for preorder in of(items, "preorder"):
        if "batch_number" not in preorder:
            continue
        state, batch = preorder["state"], batches[batch_of(preorder)]
        assert state != "secured" or batch in FILLING, f"a pre-order stayed secured in a batch that is {batch}"
        assert state != "ordered" or batch == "ordered", f"a pre-order is ordered in a batch that is {batch}"
        assert state not in ("locked", "paid") or batch == "collecting", f"a pre-order stayed {state}: batch {batch}"


AT_EVERY_INSTANT: tuple[Callable[[Items], None], ...] = (
    room_is_never_oversold,
    pages_are_recounts,
    no_fan_has_more_than_the_limit,
    preorders_and_claims_are_one_to_one,
    each_batch_has_its_one_order,
    answers_of_the_manufacturer_follow_each_other,
    list_and_entries_agree,
    offers_are_each_for_one_fan,
    given_back_is_reissued_once,
    draws_are_what_the_seed_makes_them,
    drawn_room_is_kept,
    rolled_units_have_moved,
    parts_have_room_together,
    ledger_sums_to_zero,
    ledger_tells_what_payments_tell,
    no_more_is_taken_than_was_accepted,
    nothing_is_charged_twice,
    balances_are_taken_after_the_lock,
)
AT_REST: tuple[Callable[[Items], None], ...] = (
    *AT_EVERY_INSTANT,
    counters_are_recounts,
    orders_say_what_was_secured,
    payments_fit_their_preorders,
    nothing_is_stranded,
    money_is_where_it_belongs,
    slips_are_paid_back,
    every_charge_is_made_or_given_back,
    what_is_ordered_is_what_was_paid,
    one_price_for_all_in_a_batch,
    nothing_is_made_that_no_fan_left_open,
    draws_come_to_an_end,
    tallies_are_recounts,
    results_are_recounts,
)


def everything(world: World) -> None:
    """All of it, of a world at rest; and nothing was given up on the way there."""
    assert not world.pump.parked, f"given up: {[parked.error for parked in world.pump.parked]}"
    agree(world.items())
    books_agree(world.items(), world.provider.movements(START))
    if isinstance(world, QuickWorld):
        history_is_lawful(world.changes())


def agree(items: Items, checks: Iterable[Callable[[Items], None]] = AT_REST) -> None:
    for check in checks:
        check(items)
