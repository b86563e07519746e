"""Heat of the keys at 10,000 and 100,000 votes a second: the hottest key's share by the real keys of voter ids, and how
much is refused by partitions that take 1,000 write units a second each (a model, median of seeded layouts).

Each layout has as many partitions as the rate needs, and half as many again.
"""

import random
import statistics
from collections import Counter
from typing import Any

from benchmarks import report
from chalicelib.ballots import proof
from chalicelib.campaigns.rules import ballot_buckets
from chalicelib.kernel import keys

PARTITION_WRITES = 1_000
HEADROOM = 1.5
VOTERS, LAYOUTS = 200_000, 25
# Votes a second, and how many voters the organiser expects.
RATES = {10_000: 10_000_000, 100_000: 100_000_000}


def shares(buckets: int, voters: int) -> list[float]:
    """Which part of the votes each key takes."""
    found = Counter(keys.ballot("c", proof.voter_id("salt", str(n)), buckets).pk for n in range(voters))
    return [count / voters for count in found.values()]


def refused_share(rate: int, of_keys: list[float]) -> float:
    """How much of the votes finds its partition busy, when keys lie on partitions by chance."""
    partitions = round(rate / PARTITION_WRITES * HEADROOM)
    found = []
    for seed in range(LAYOUTS):
        chance, load = random.Random(seed), Counter[int]()  # noqa: S311 - a model's layouts
        for share in of_keys:
            load[chance.randrange(partitions)] += share * rate  # type: ignore[assignment]
        found.append(sum(max(0.0, writes - PARTITION_WRITES) for writes in load.values()) / rate)
    return statistics.median(found)


def run(voters: int = VOTERS) -> dict[str, Any]:
    """By rate: one item for all (the usual tally), the default layout, and that for so many expected voters."""
    heat = {}
    for rate, expected in RATES.items():
        layouts = {
            "one_item": [1.0],
            "default": shares(ballot_buckets(1), voters),
            "expected": shares(ballot_buckets(expected), voters),
        }
        heat[str(rate)] = {
            name: {
                "keys": len(found),
                "hottest_key_writes": round(max(found) * rate),
                "refused_share": round(refused_share(rate, found), 3),
            }
            for name, found in layouts.items()
        }
    return {"key_heat": heat}


def table(results: report.Results) -> list[str]:
    heads = ["votes a second", "layout", "keys", "writes a second on the hottest", "refused at first"]
    rows = [
        (rate, name, one["keys"], one["hottest_key_writes"], f"{one['refused_share']:.1%}")
        for rate, layouts in results["key_heat"].items()
        for name, one in layouts.items()
    ]
    return report.table(heads, rows)
