"""Wrong live tallies out of 400 seeded histories for each of five adversarial deliveries: the real fold, and plain
adding as baseline, over the tests' table in memory. A tally is wrong when it is not the recount of the last ballots.
"""

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tqdm import tqdm

from benchmarks import report
from chalicelib.campaigns import store as campaigns
from chalicelib.kernel.keys import Key
from tests.conftest import ENVIRONMENT, groundswell  # type: ignore[attr-defined]
from tests.races import test_tally_schedules as schedules
from tests.races.quick_world import QuickWorld, quickly_opened
from tests.races.racing import Unguarded

SEEDS, BALLOTS = 400, 60
CLASSES: dict[str, Callable[..., None]] = {
    "delivered again after a crash": schedules.crashing,
    "other batch boundaries": schedules.lost_place,
    "two attempts interleaved": schedules.at_once,
    "an attempt that sleeps past its timeout": schedules.slow_attempt,
    "late repeats": schedules.late_again,
}


class Adding(Unguarded):
    """What a fold without a watermark does: adds whatever comes, and never compares."""

    def get(self, key: Key) -> dict[str, Any] | None:
        found = super().get(key)
        return found and {name: value for name, value in found.items() if name != "watermark"}


@contextmanager
def world() -> Iterator[QuickWorld]:
    with quickly_opened(groundswell, ENVIRONMENT) as opened:
        opened.ports.table.commit(campaigns.creating(schedules.CAMPAIGN))
        yield opened


def wrong(schedule: Callable[..., None], *, adding: bool, seeds: int) -> int:
    """How many of so many histories end in a wrong tally."""
    found = 0
    with world() as quick:
        start, ports = quick.moment(), quick.ports
        if adding:
            table = Adding(ports.table.client, ports.table.name, quick.clock, quick.ids)
            ports = replace(ports, table=table)
        for seed in range(seeds):
            quick.back_to(start)
            history = schedules.History(random.Random(seed), shards=1 + 2 * (seed % 2)).cast(BALLOTS)  # noqa: S311
            schedule(quick, ports, history)
            found += not schedules.agrees(quick, history)
    return found


def run(seeds: int = SEEDS) -> dict[str, Any]:
    each = tqdm(CLASSES.items(), desc="folding", unit="class", file=sys.stderr, disable=None)
    found = {name: (wrong(it, adding=False, seeds=seeds), wrong(it, adding=True, seeds=seeds)) for name, it in each}
    return {
        "fold_histories_per_class": seeds,
        "fold_wrong_tallies": {name: ours for name, (ours, _) in found.items()},
        "fold_wrong_tallies_plain_add": {name: theirs for name, (_, theirs) in found.items()},
    }


def table(results: report.Results) -> list[str]:
    heads = ["delivery", f"wrong of {results['fold_histories_per_class']}", "plain adding"]
    plain = results["fold_wrong_tallies_plain_add"]
    return report.table(heads, [(name, ours, plain[name]) for name, ours in results["fold_wrong_tallies"].items()])
