"""What a batch of 10,000 units costs on its way from open to ordered, beyond the pre-orders themselves: payments,
counters, confirming, sealing, adding up, the order, and every pre-order's following. Every call of the functions on the
tests' engine, metered by rule; 10,000 fans, one unit each, the stream delivered in hundreds.
"""

import io
import sys
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import replace
from typing import Any

from tqdm import tqdm

from benchmarks import metering, report
from benchmarks.modelled_table import ModelledTable, Request
from chalicelib.plumbing import ports as ports_
from chalicelib.plumbing.table import Table
from chalicelib.preorders import placing
from chalicelib.preorders.model import NewPreorder
from tests.cameras import batch_plan
from tests.conftest import ENVIRONMENT, groundswell  # type: ignore[attr-defined]
from tests.hands import HandClock
from tests.races.engine import Dynamo
from tests.races.quick_world import QuickWorld, quickly_opened
from tests.tables import definition

UNITS, AT_ONCE = 10_000, 100
NEW = NewPreorder.model_validate({"lines": [{"variant": {"lens": "wide"}, "quantity": 1}]})


class Timeless:
    """No time passes, and nobody waits."""

    def __init__(self, clock: HandClock) -> None:
        self._clock, self.ms = clock, 0.0
        self.chance = None

    def about(self, ms: float) -> float:
        return ms

    def wait(self, ms: float) -> None:
        """The units are what is measured."""

    def now(self) -> Any:
        return self._clock.now()


class ByKind(ModelledTable):
    """Books write units by the kind of the item, the indexes' entries too."""

    def __init__(self, world: QuickWorld, over: tuple[metering.Index, ...]) -> None:
        super().__init__(Timeless(world.clock))  # type: ignore[arg-type]
        self.engine, self._inner, self._indexes = world.engine, Dynamo(world.engine), over

    def transact_write_items(self, **request: Any) -> Request:
        try:
            return super().transact_write_items(**request)
        finally:
            self._held.clear()

    def _book(self, key: tuple[str, str], old: Any, *, transaction: bool) -> float:
        new = self.engine.items.get(key)
        kind = str(((new or old or {}).get("kind") or {"S": "nothing"})["S"])
        units = metering.write_units(old, new, transaction=transaction)
        units += sum(index.write_units(old, new) for index in self._indexes)
        self.writes[kind] += units
        return units


def run(units: int = UNITS) -> dict[str, Any]:
    with quickly_opened(groundswell, ENVIRONMENT) as world, redirect_stdout(io.StringIO()):
        plan = batch_plan(minimum=units // 2, capacity=units)
        campaign_id = world.presale(batches=[plan], limit_per_fan=5)
        table = ByKind(world, metering.indexes(definition()))
        metered = Table(table, world.ports.table.name, world.clock, world.ids)  # type: ignore[arg-type]
        world.ports = replace(world.ports, table=metered, settings=_remembering(world))
        with ports_.using(world.ports):
            filling = _fill(world, table, campaign_id, units)
            locking = _taken(table)
        [batch] = world.batches(campaign_id)
    assert batch["state"] == "ordered"
    return {"stepping": {"units": units, "filling": filling, "locking_and_ordering": locking}}


def _remembering(world: QuickWorld) -> Any:
    """Containers remember a sale, as they do when deployed."""
    return world.settings.model_copy(update={"campaign_fresh_seconds": 2})


def _fill(world: QuickWorld, table: ByKind, campaign_id: str, units: int) -> dict[str, dict[str, float]]:
    """Everything until the batch is full of secured units but one; answers the units so far, each by kind."""
    each = tqdm(range(units), desc="stepping", unit="unit", file=sys.stderr, disable=None)
    for number in each:
        placing.place(world.ports, f"00000000-0000-4000-8000-{number:012d}", campaign_id, key="k", new=NEW)
        if number == units - 2:
            world.settle_down()
            found = _taken(table)
        elif number % AT_ONCE == AT_ONCE - 1:
            world.settle_down()
    world.settle_down()
    return found


def _taken(table: ByKind) -> dict[str, dict[str, float]]:
    """Write and read units since last asked, the writes by kind."""
    written = {kind: float(units) for kind, units in sorted(table.writes.items())}
    found = {"write": written, "read": {"all": float(table.reads["all"])}}
    table.writes, table.reads = Counter(), Counter()
    return found


def table(results: dict[str, Any]) -> list[str]:
    whole = results["stepping"]
    rows = []
    for phase in ("filling", "locking_and_ordering"):
        for kind, units in (*whole[phase]["write"].items(), ("read units", whole[phase]["read"]["all"])):
            rows.append((phase.replace("_", " "), kind, f"{units:,}", round(units / whole["units"], 4)))
    return report.table(["phase", "write units of", "in all", "a unit of the batch"], rows)
