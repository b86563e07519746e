"""Many at once, in real threads, against the real transactions of the referee; moto takes one call at a time.

The actions are called themselves: the framework's test client holds one request at a time.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from chalicelib.batches.rules import BatchFull
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing.clock import SystemIds
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.table import Table
from chalicelib.preorders import actions
from chalicelib.preorders.model import NewPreorder
from tests.cameras import batch_plan
from tests.referee.world import RefereedWorld

THREADS = 8


@pytest.fixture
def ports(world: RefereedWorld) -> Ports:
    """Ids that several threads can take from."""
    ids = SystemIds()
    table = Table(world.dynamodb, world.settings.table_name, world.clock, ids)
    return replace(world.ports, ids=ids, table=table)


def wanting(units: int) -> NewPreorder:
    return NewPreorder.model_validate({"lines": [{"variant": {"lens": "wide"}, "quantity": units}]})


def outcome(act: Callable[[], object]) -> str:
    try:
        act()
    except (BatchFull, Busy) as refusal:
        return refusal.code
    return "placed"


def shown(world: RefereedWorld, name: str) -> list[str]:
    """The pre-orders that a fan sees."""
    return [one["preorder_id"] for one in world.fan(name).get("/v1/preorders").json["items"]]


def test_a_crowd_takes_what_there_is_and_nothing_more(world: RefereedWorld, ports: Ports) -> None:
    """S1: whoever hears that it is full hears the truth, or that so many wanted it at once that he may ask again."""
    campaign_id = world.presale(batches=[batch_plan(capacity=20)])

    def place(number: int) -> str:
        name = f"sub-fan{number}"
        return outcome(lambda: actions.place(ports, name, campaign_id, key="k", new=wanting(3)))

    with ThreadPoolExecutor(THREADS) as threads:
        told = Counter(threads.map(place, range(24)))
    world.settle_down()
    batch = world.batch(campaign_id)
    assert told["placed"] == sum(len(shown(world, f"fan{number}")) for number in range(24))
    assert batch["held_units"] == 3 * told["placed"] <= batch["capacity"]
    assert told["placed"] == 6 or told["busy"] > 0


def test_one_request_sent_many_times_at_once_is_one_preorder(world: RefereedWorld, ports: Ports) -> None:
    """L4: all copies hear the same answer."""
    campaign_id = world.presale()

    def place(_: int) -> str:
        return actions.place(ports, "sub-ada", campaign_id, key="k", new=wanting(2)).model_dump_json()

    with ThreadPoolExecutor(THREADS) as threads:
        answers = set(threads.map(place, range(THREADS)))
    world.settle_down()
    assert len(answers) == len(world.items("preorder")) == 1
    assert world.batch(campaign_id)["held_units"] == 2
