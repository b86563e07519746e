"""Where races and crashes begin: each prepares a world and answers the ids that the actions need."""

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

from chalicelib.batches import actions as batches
from chalicelib.batches import counting
from chalicelib.batches import store as batch_store
from chalicelib.batches.rules import BatchFull
from chalicelib.campaigns import actions as campaigns
from chalicelib.kernel import ids, keys
from chalicelib.payments import actions as payments
from chalicelib.preorders import actions as preorders
from chalicelib.preorders import following, paying
from chalicelib.preorders import store as preorder_store
from chalicelib.preorders.model import NewPreorder
from chalicelib.preorders.routing import claimed
from chalicelib.room import rules as room_rules
from chalicelib.room import store as room
from chalicelib.room.model import Book, Claim, Spot
from tests.cameras import batch_plan
from tests.races.quick_world import QuickWorld

Context = dict[str, Any]
OLGA = "sub-olga"


def selling(world: QuickWorld, *, taken: int = 0, **changes: Any) -> Context:
    """A pre-sale of one batch (5 to 20 units), with so many units of carl's secured."""
    campaign_id = world.presale(**{"batches": [batch_plan()], **changes})
    carl = ""
    if taken:
        carl = world.place("carl", campaign_id, taken).json["preorder_id"]
        world.settle_down()
    return {"campaign_id": campaign_id, "carl": carl, "rest": world.settle_down, "clock": world.clock}


def nearly_full(world: QuickWorld) -> Context:
    return selling(world, taken=18)


def limited(world: QuickWorld) -> Context:
    return selling(world, limit_per_fan=3)


def limited_beside(world: QuickWorld) -> Context:
    """ada has one pre-order already, and may have two units more."""
    context = selling(world, limit_per_fan=4)
    world.place("ada", context["campaign_id"], 2, key="earlier")
    world.settle_down()
    return context


class Gone(BaseException):
    """The function is gone: nothing of it runs any more."""


def die(_: Context) -> None:
    raise Gone


def interrupted(
    world: QuickWorld, context: Context, meanwhile: Callable[[Context], object], *, quantity: int = 2, **body: Any
) -> None:
    """Between ada's promise and her claim, something else happens."""
    written = count()

    def hook(when: str, call: str) -> None:
        together = (when, call) == ("before", "transact_write_items") and next(written) > 0
        if (when, call) == ("before", "Update") or together:
            world.engine.hook = None
            meanwhile(context)

    new = NewPreorder.model_validate({"lines": [{"variant": {"lens": "wide"}, "quantity": quantity}], **body})
    world.engine.hook = hook
    with suppress(Gone, BatchFull):
        preorders.place(world.ports, "sub-ada", context["campaign_id"], key="key", new=new)
    world.settle_down()


def promised(world: QuickWorld) -> Context:
    """ada's function died between promise and claim. There are 2 units left."""
    context = nearly_full(world)
    interrupted(world, context, die)
    return context


def promised_long_ago(world: QuickWorld) -> Context:
    """ada's function died between promise and claim a while ago. She may have 2 units."""
    context = selling(world, limit_per_fan=2)
    interrupted(world, context, die)
    world.clock.forward(minutes=16)
    return context


def refused(world: QuickWorld) -> Context:
    """carl and dan were faster than ada, who has been refused; then both went, and their 4 units have new books. Each
    may have 2."""
    plan = batch_plan(minimum=2, capacity=5)
    context = selling(world, taken=2, limit_per_fan=2, batches=[plan])
    interrupted(world, context, lambda c: world.place("dan", c["campaign_id"], 2))
    for name in ("carl", "dan"):
        [preorder] = world.fan(name).get("/v1/preorders").json["items"]
        assert world.fan(name).delete(f"/v1/preorders/{preorder['preorder_id']}").status == 200
        world.settle_down()
    assert [item["state"] for item in world.items("preorder") if item["fan_id"] == "sub-ada"] == ["refused"]
    return context


def behind_full_pages(world: QuickWorld) -> Context:
    """The first page on ada's way is full, the second has 2 units left, and there is more room behind it."""
    context = selling(world, batches=[batch_plan(capacity=120)])
    book = batch_store.get(world.ports.table, context["campaign_id"], 1).shelf()[0]
    for spot, units in zip(room_rules.path((book,), "sub-ada"), (book.page_units, book.page_units - 2), strict=False):
        world.place(one_who_begins_at(book, spot.page), context["campaign_id"], units)
    world.settle_down()
    return context


def one_who_begins_at(book: Book, page: int) -> str:
    """The name of a fan whose way begins on this page."""
    names = (f"zoe{number}" for number in count())
    return next(name for name in names if room_rules.home_and_step(book.pages, f"sub-{name}")[0] == page)


def given_back(world: QuickWorld) -> Context:
    """ada has just gone from a full batch: her 2 units are counted, and have no new book yet."""
    context = waiting(world, taken=18)
    preorders.withdraw(world.ports, "sub-ada", context["ada"])
    counted(world, context)
    return context


def called_off(world: QuickWorld) -> Context:
    """The grace is over: what is still placed lapses as soon as somebody looks. ada's payment is secured but unheard
    of."""
    context = sealed(world)
    world.clock.forward(minutes=16)
    batches.advance(world.ports, context["campaign_id"], 1)
    assert batch_store.get(world.ports.table, context["campaign_id"], 1).late
    return context


def in_pieces(world: QuickWorld) -> Context:
    """ada's 17 units lie on two pages; their payment is secured, and has not been heard of."""
    context = selling(world)
    placed = world.place("ada", context["campaign_id"], 17)
    context = {**context, "ada": placed.json["preorder_id"]}
    ask(world, context)
    payments.pay(world.ports, {"preorder_id": context["ada"]})
    return context


def two_batches(world: QuickWorld) -> Context:
    return selling(world, taken=18, batches=[batch_plan(), batch_plan(days=60)])


def two_batches_limited(world: QuickWorld) -> Context:
    """One unit is left in the first batch. A fan may have five."""
    small = batch_plan(minimum=2, capacity=5)
    return selling(world, taken=4, batches=[small, batch_plan(days=60)], limit_per_fan=5)


def split_promised(world: QuickWorld) -> Context:
    """ada's five units were cut in two and written down; the function died before they had room."""
    context = two_batches(world)
    interrupted(world, context, die, quantity=5, may_split=True)
    return context


def waiting(world: QuickWorld, method: str = "card", taken: int = 6, **changes: Any) -> Context:
    """ada's pre-order of 2 is placed; its payment has not been asked for yet."""
    context = selling(world, taken=taken, **changes)
    placed = world.place("ada", context["campaign_id"], 2, payment_method=method)
    context = {**context, "ada": placed.json["preorder_id"]}
    return {**context, "claim": claim_of_ada(world, context)}


def claim_of_ada(world: QuickWorld, context: Context) -> tuple[Spot, Claim]:
    """The page on which her claim begins, and the claim."""
    table, preorder_id = world.ports.table, context["ada"]
    spot = claimed(world.ports, preorder_store.get(table, "sub-ada", preorder_id))[0].spot
    sheet = room.sheet(spot, table.get(room.key(context["campaign_id"], spot)))
    return spot, sheet.claims[ids.preorder_ref(preorder_id)]


def ask(world: QuickWorld, context: Context) -> None:
    """Somebody hears of ada's claim."""
    paying.follow_claim(world.ports, context["campaign_id"], *claim_of_ada(world, context))


def asked(world: QuickWorld, method: str = "card", taken: int = 6, **changes: Any) -> Context:
    """ada's payment has been asked for; the provider has not."""
    context = waiting(world, method, taken, **changes)
    ask(world, context)
    return context


def declining(world: QuickWorld) -> Context:
    return asked(world, "card_declined")


def declined(world: QuickWorld) -> Context:
    context = declining(world)
    payments.pay(world.ports, {"preorder_id": context["ada"]})
    return context


def paid(world: QuickWorld, taken: int = 6, **changes: Any) -> Context:
    """ada's payment is secured; nobody has heard of it yet."""
    context = asked(world, taken=taken, **changes)
    payments.pay(world.ports, {"preorder_id": context["ada"]})
    return context


def secured(world: QuickWorld) -> Context:
    context = waiting(world)
    world.settle_down()
    return context


def counted(world: QuickWorld, context: Context) -> None:
    """The counters are brought up to the pages, as the stream would bring them."""
    counting.recount(world.ports, context["campaign_id"], 1)


def at_the_lock(world: QuickWorld, minimum: int = 5) -> Context:
    """The batch is full of secured units, ada's among them: the next look at it seals and locks it."""
    context = paid(world, taken=18, batches=[batch_plan(minimum=minimum)])
    paying.secure(world.ports, "sub-ada", context["ada"])
    counted(world, context)
    return context


def at_the_end(world: QuickWorld) -> Context:
    """Everything is secured and counted, and the closing time has come: the next look at the batch seals it."""
    context = secured(world)
    world.clock.forward(days=30)
    return context


def sealed(world: QuickWorld) -> Context:
    """The batch is sealed at its end, and waits for ada's payment, which has been secured and not been heard of."""
    context = paid(world)
    world.clock.forward(days=30, minutes=1)
    batches.advance(world.ports, context["campaign_id"], 1)
    batch = batch_store.get(world.ports.table, context["campaign_id"], 1)
    assert (batch.state, batch.sealed, batch.held_units, batch.secured_units) == ("confirmed", True, 8, 6)
    return context


def past_the_grace(world: QuickWorld) -> Context:
    """The next look at the batch locks it; ada's payment has just been secured, and not been heard of."""
    context = paid(world)
    world.clock.forward(days=30, minutes=16)
    return context


def past_the_grace_declined(world: QuickWorld) -> Context:
    context = declined(world)
    world.clock.forward(days=30, minutes=16)
    return context


def too_few(world: QuickWorld) -> Context:
    """The next look at the batch finds it short, unless ada's two secured units count first."""
    context = paid(world, taken=4)
    world.clock.forward(days=30, minutes=16)
    return context


def locked(world: QuickWorld) -> Context:
    """Its units are to be paid for; the pre-orders have not followed yet."""
    context = at_the_lock(world)
    batches.advance(world.ports, context["campaign_id"], 1)
    assert world.batch(context["campaign_id"])["state"] == "collecting"
    return context


def follow(world: QuickWorld, context: Context) -> None:
    """The pre-orders of the batch's first pages follow it."""
    following.follow(world.ports, {"campaign_id": context["campaign_id"], "number": 1, "book": 1, "page": 0})


def states(world: QuickWorld, kind: str) -> dict[str, str]:
    """Of each fan's one pre-order or payment."""
    return {item["fan_id"].removeprefix("sub-"): item["state"] for item in world.items(kind)}


def collecting(world: QuickWorld) -> Context:
    """The balance of ada and carl is due; the provider has not been asked for it."""
    context = locked(world)
    follow(world, context)
    assert states(world, "payment") == {"ada": "collecting", "carl": "collecting"}
    return context


def collected(world: QuickWorld) -> Context:
    """ada and carl have paid; their pages have not heard of it."""
    context = collecting(world)
    for name in ("ada", "carl"):
        payments.pay(world.ports, {"preorder_id": context[name]})
    assert states(world, "payment") == {"ada": "paid", "carl": "paid"}
    return context


def overdue(world: QuickWorld, taken: int = 6, **changes: Any) -> Context:
    """carl has paid; ada could not be charged at the lock, and the time to mend it is just over."""
    context = asked(world, "card_declines_later", taken, **changes)
    world.settle_down()
    world.clock.forward(days=30, minutes=1)
    world.tick()
    assert states(world, "payment") == {"ada": "overdue", "carl": "paid"}
    world.clock.forward(days=6)
    world.tick()
    world.clock.forward(days=1, minutes=1)
    return context


def overdue_and_too_few_without(world: QuickWorld) -> Context:
    """Without ada's two units the minimum of five is missed."""
    return overdue(world, taken=4, payment_plan={"kind": "deposit", "percent": 30})


def too_few_have_paid(world: QuickWorld, **announced: int) -> Context:
    """The same, where something is announced for it."""
    return overdue(world, taken=4, payment_plan={"kind": "deposit", "percent": 30}, on_drop_outs=announced)


def longer(world: QuickWorld) -> Context:
    """Whoever has not paid is about to have three days longer."""
    return too_few_have_paid(world, longer_grace_days=3)


def about_to_wait(world: QuickWorld) -> Context:
    """ada is dropped, and the batch has not heard of it; the organiser is to be waited for."""
    context = too_few_have_paid(world, top_up_hours=48)
    for _ in range(2):
        batches.advance(world.ports, context["campaign_id"], 1)
        follow(world, context)
    payments.pay(world.ports, {"preorder_id": context["ada"]})
    paying.drop(world.ports, "sub-ada", context["ada"])
    assert states(world, "preorder") == {"ada": "dropped", "carl": "paid"}
    return context


def dropping(world: QuickWorld) -> Context:
    """ada is to be charged a last time; nobody has heard of it yet."""
    context = overdue(world)
    batches.advance(world.ports, context["campaign_id"], 1)
    follow(world, context)
    assert any(payment.get("last") for payment in world.items("payment"))
    return context


def dropped(world: QuickWorld) -> Context:
    """ada was charged a last time, in vain; her page has not heard of it."""
    context = dropping(world)
    payments.pay(world.ports, {"preorder_id": context["ada"]})
    assert states(world, "payment") == {"ada": "dropped", "carl": "paid"}
    return context


def all_collected(world: QuickWorld) -> Context:
    """All is paid for, on the pages as well; the counters have not heard of ada."""
    context = collected(world)
    paying.collect(world.ports, "sub-carl", context["carl"])
    counted(world, context)
    paying.collect(world.ports, "sub-ada", context["ada"])
    return context


def asked_for_a_deposit(world: QuickWorld) -> Context:
    return asked(world, payment_plan={"kind": "deposit", "percent": 30})


def deposited(world: QuickWorld) -> Context:
    """ada and carl have paid a part of it."""
    context = waiting(world, payment_plan={"kind": "deposit", "percent": 30})
    world.settle_down()
    assert states(world, "payment") == {"ada": "secured", "carl": "secured"}
    return context


def deposited_and_collected(world: QuickWorld) -> Context:
    """carl has paid all of it, ada only the part that was due at first; she can still mend it."""
    context = asked(world, "card_declines_later", payment_plan={"kind": "deposit", "percent": 30})
    world.settle_down()
    world.clock.forward(days=30, minutes=1)
    world.tick()
    assert states(world, "payment") == {"ada": "overdue", "carl": "paid"}
    return context


def locking(world: QuickWorld) -> Context:
    """Locked a moment ago, not collecting yet: whoever locked it died right after."""
    context = at_the_lock(world)

    def hook(when: str, _call: str) -> None:
        stored = world.engine.items[keys.batch(context["campaign_id"], 1)]
        if when == "after" and stored["state"] == {"S": "locked"}:
            raise Gone

    world.engine.hook = hook
    with suppress(Gone):
        batches.advance(world.ports, context["campaign_id"], 1)
    world.engine.hook = None
    assert world.batch(context["campaign_id"])["state"] == "locked"
    return context


def cancelled(world: QuickWorld) -> Context:
    """The batch is cancelled; its pre-orders have not followed yet. ada's payment is secured but unheard of."""
    context = paid(world)
    campaigns.cancel(world.ports, OLGA, context["campaign_id"])
    batches.advance_all(world.ports, context["campaign_id"])
    return context


def ordered(world: QuickWorld) -> Context:
    """The order has been raised and not been sent."""
    context = collected(world)
    for name in ("ada", "carl"):
        paying.collect(world.ports, f"sub-{name}", context[name])
    counted(world, context)
    batches.advance(world.ports, context["campaign_id"], 1)
    assert world.batch(context["campaign_id"])["state"] == "ordered"
    return {**context, "order_id": f"{context['campaign_id']}.1.1"}


def drafting(world: QuickWorld) -> Context:
    return {"campaign_id": world.campaign()}


def voting(world: QuickWorld) -> Context:
    context = {"campaign_id": world.voting()}
    world.vote("bob", context["campaign_id"], colour=["blue"])
    world.settle_down()
    world.clock.forward(seconds=1)
    return context


def voted(world: QuickWorld) -> Context:
    """Voting has ended; the recount is due."""
    context = voting(world)
    campaigns.settle(world.ports, OLGA, context["campaign_id"])
    return context


def settled(world: QuickWorld) -> Context:
    context = voting(world)
    world.settle(context["campaign_id"])
    return context
