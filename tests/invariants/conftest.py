"""One finished story, told once: its items are what the checks are tried on."""

from copy import deepcopy
from typing import Any

import pytest

from tests.cameras import batch_plan
from tests.conftest import ENVIRONMENT, groundswell
from tests.races.quick_world import quickly_opened

Items = list[dict[str, Any]]


@pytest.fixture(scope="session")
def story() -> Items:
    """An ordered and answered batch, a filling one, a short one, one that rolled over; a withdrawn, a declined and
    a split pre-order."""
    with quickly_opened(groundswell, ENVIRONMENT) as world:
        plans = [batch_plan(capacity=12), batch_plan(days=40, minimum=9), batch_plan(days=90)]
        campaign_id = world.presale(ballots=3, batches=plans)
        for name, quantity in (("ada", 7), ("bob", 5), ("cyd", 4), ("dan", 12)):
            world.place(name, campaign_id, quantity)
        gone = world.place("eve", campaign_id, 2).json["preorder_id"]
        world.place("fay", campaign_id, 1, payment_method="card_declined")
        world.settle_down()
        world.fan("eve").delete(f"/v1/preorders/{gone}")
        world.settle_down()
        first, second, _ = world.batches(campaign_id)
        world.maker().post(f"/v1/manufacturing-orders/{first['order_id']}/answer", {"answer": "received"})
        assert (first["state"], second["state"], second["secured_units"]) == ("ordered", "confirmed", 16)
        missed = world.presale(batches=[batch_plan()])
        world.place("gus", missed, 3)
        rolling = world.presale(batches=[batch_plan(), batch_plan(days=90)], playbook=[{"kind": "roll"}])
        world.place("hal", rolling, 3)
        split = world.presale(batches=[batch_plan(), batch_plan(days=90)])
        world.place("ivy", split, 18)
        world.settle_down()
        world.place("jon", split, 4, may_split=True)
        world.settle_down()
        world.clock.forward(days=31)
        world.tick()
        return world.items()


@pytest.fixture
def items(story: Items) -> Items:
    """A copy of its own for a test to spoil."""
    return deepcopy(story)
