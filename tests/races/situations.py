"""Where races and crashes begin: each prepares a world and answers the ids that the actions need."""

from typing import Any

from chalicelib.batches import actions as batches
from chalicelib.batches import rules as batch_rules
from chalicelib.batches import store as batch_store
from chalicelib.campaigns import actions as campaigns
from chalicelib.campaigns import store as campaign_store
from chalicelib.payments import actions as payments
from chalicelib.preorders import actions as preorders
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
    return {"campaign_id": campaign_id, "carl": carl, "rest": world.settle_down}


def nearly_full(world: QuickWorld) -> Context:
    return selling(world, taken=18)


def limited(world: QuickWorld) -> Context:
    return selling(world, limit_per_fan=3)


def two_batches(world: QuickWorld) -> Context:
    return selling(world, taken=18, batches=[batch_plan(), batch_plan(days=60)])


def waiting(world: QuickWorld, method: str = "card", taken: int = 6) -> Context:
    """ada's pre-order of 2 is placed; its payment has not been asked for yet."""
    context = selling(world, taken=taken)
    placed = world.place("ada", context["campaign_id"], 2, payment_method=method)
    return {**context, "ada": placed.json["preorder_id"]}


def declining(world: QuickWorld) -> Context:
    return waiting(world, "card_declined")


def declined(world: QuickWorld) -> Context:
    context = declining(world)
    payments.pay(world.ports, {"preorder_id": context["ada"]})
    return context


def paid(world: QuickWorld) -> Context:
    """ada's payment is secured; nobody has heard of it yet."""
    context = waiting(world)
    payments.pay(world.ports, {"preorder_id": context["ada"]})
    return context


def secured(world: QuickWorld) -> Context:
    context = waiting(world)
    world.settle_down()
    return context


def at_the_lock(world: QuickWorld) -> Context:
    """The batch is full of secured units, ada's among them: the next look at it locks it."""
    context = waiting(world, taken=18)
    payments.pay(world.ports, {"preorder_id": context["ada"]})
    preorders.secure(world.ports, "sub-ada", context["ada"])
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
    context = waiting(world, taken=4)
    payments.pay(world.ports, {"preorder_id": context["ada"]})
    world.clock.forward(days=30, minutes=16)
    return context


def locked(world: QuickWorld) -> Context:
    """Ordered; the pre-orders have not followed yet."""
    context = at_the_lock(world)
    batches.advance(world.ports, context["campaign_id"], 1)
    return context


def locking(world: QuickWorld) -> Context:
    """Locked a moment ago, not ordered yet."""
    context = at_the_lock(world)
    table = world.ports.table
    batch, campaign = (
        batch_store.get(table, context["campaign_id"], 1),
        campaign_store.get(table, context["campaign_id"]),
    )
    for state in ("confirmed", "locked"):
        step = batch_rules.next_step(batch, campaign, world.clock.now())
        if batch.state == "open" or state == "locked":
            assert step is not None
            batches._take(world.ports, campaign, batch, step)
            batch = batch_store.get(table, context["campaign_id"], 1)
    assert batch.state == "locked"
    return context


def cancelled(world: QuickWorld) -> Context:
    """The batch is cancelled; its pre-orders have not followed yet. ada's payment is secured but unheard of."""
    context = paid(world)
    campaigns.cancel(world.ports, OLGA, context["campaign_id"])
    batches.advance_all(world.ports, context["campaign_id"])
    return context


def ordered(world: QuickWorld) -> Context:
    """The order has been raised and not been sent."""
    context = locked(world)
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
