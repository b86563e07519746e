"""The lock and the order once more: from what was stored before each, without faults, by nobody else but this."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.batches import actions as batches
from chalicelib.kernel import keys
from tests.hands import START
from tests.simulation.expressions import Item
from tests.simulation.faults import Faults, Options
from tests.simulation.replicas import Key
from tests.simulation.store import Store
from tests.simulation.world import World

# Who wrote last, and when the order was raised; all else must be the same.
ASIDE = ("attempt", "issued_at")
# What is decided with each, of the batch and beside it.
FIGURES = {"locked": ("final_units", "final_unit_price_minor"), "ordered": ("order_id",)}
KINDS = {"locked": ("settlement",), "ordered": ("order", "order_lines")}


@dataclass
class Replay:
    """What happened to `before` in a history, whose end is in `store`."""

    store: Store
    before: dict[Key, Item]
    state: str = "locked"
    difference: Any = field(default=None, init=False)

    def decided(self, campaign_id: str, number: int) -> bool:
        """Whether the same is decided again."""
        world = World(Faults(Options(0, {}, 1, 0)))
        for key, item in self.before.items():
            if item:
                world.store.put(key, item)
        batch = keys.batch(campaign_id, number)
        locked_at = next(
            item["locked_at"]["S"] for _, item in self.store.versions[batch] if item and "locked_at" in item
        )
        since = datetime.fromisoformat(locked_at) - START
        world.scheduler.now_ms = int(since.total_seconds() * 1000)
        batches.advance(world.ports, campaign_id, number)
        was, now = (self._decision(one, campaign_id, number) for one in (self.store, world.store))
        self.difference = {key: (was.get(key), now.get(key)) for key in was | now if was.get(key) != now.get(key)}
        return not self.difference

    def _decision(self, store: Store, campaign_id: str, number: int) -> dict[Any, Any]:
        """The order, its lines, who is made otherwise than agreed at first, and the figures of the lock."""
        order = f"{campaign_id}.{number}."
        settlement = keys.settlements(campaign_id, number)
        batch = store.items[keys.batch(campaign_id, number)]
        found: dict[Any, Any] = {name: batch.get(name) for name in FIGURES[self.state]}
        for key, item in store.items.items():
            if item.get("kind", {}).get("S") in KINDS[self.state] and (order in key[0] or settlement == key[0]):
                first = next((one for _, one in store.versions[key] if one), item)
                found[key] = {name: value for name, value in first.items() if name not in ASIDE}
        return found
