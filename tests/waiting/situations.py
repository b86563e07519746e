"""Where races and crashes of the waiting list begin: a batch of 20 units, of which carl has 15."""

from typing import Any

from chalicelib.batches import rules as batch_rules
from chalicelib.batches import store as batches
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import actions as preorders
from chalicelib.waiting import actions
from chalicelib.waiting.model import NewEntry
from tests.races.quick_world import QuickWorld
from tests.races.situations import Context, counted, selling


def joins(fan: str, quantity: int = 5, key: str = "key", **more: Any) -> Any:
    new = NewEntry.model_validate({"lines": [{"variant": {"lens": "wide"}, "quantity": quantity}], **more})

    def act(ports: Ports, context: Context) -> None:
        actions.join(ports, f"sub-{fan}", context["campaign_id"], key=key, new=new)

    return act


def full(world: QuickWorld) -> Context:
    """The other five units are bob's, whose payment has not been asked for; it will be declined. cyd and dan wait."""
    context = selling(world, taken=15)
    context["bob"] = world.place("bob", context["campaign_id"], 5, payment_method="card_declined").json["preorder_id"]
    counted(world, context)
    for fan in ("cyd", "dan"):
        joins(fan)(world.ports, context)
    return context


def free(world: QuickWorld) -> Context:
    """bob has gone, which is counted; nobody has been told yet."""
    context = full(world)
    preorders.withdraw(world.ports, "sub-bob", context["bob"])
    counted(world, context)
    assert batch_rules.offerable_units(batches.get(world.ports.table, context["campaign_id"], 1)) == 5
    return context


def offered(world: QuickWorld) -> Context:
    """cyd is offered the five units."""
    context = free(world)
    assert actions.offer(world.ports, context["campaign_id"], 1)
    return context


def expiring(world: QuickWorld) -> Context:
    """In a second the offer ends."""
    context = offered(world)
    world.clock.forward(hours=24, seconds=-1)
    return context


def closing(world: QuickWorld) -> Context:
    """An offer is open, and the batch is at its end."""
    context = free(world)
    world.clock.forward(days=30, seconds=-1)
    actions.offer(world.ports, context["campaign_id"], 1)
    return context
