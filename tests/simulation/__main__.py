"""Replays one seed, or runs many: `python -m tests.simulation SEED [--count N] [--jobs 2] [--shrink]`."""

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.history import Outcome, run, shrunk
from tests.simulation.world import named

AT_ONCE = 50


def _failures(seeds: range) -> list[tuple[int, str]]:
    return [(seed, failure) for seed in seeds if (failure := run(seed).failure)]


def _many(seeds: range, jobs: int) -> Iterator[tuple[int, str]]:
    parts = [seeds[start : start + AT_ONCE] for start in range(0, len(seeds), AT_ONCE)]
    with ProcessPoolExecutor(jobs) as pool:
        for found in pool.map(_failures, parts):
            yield from found


def told(outcome: Outcome) -> str:
    """The history in lines, and how it ended."""
    lines = [named(line) for line in outcome.story]
    faults = [f"  {fault.actor}, decision {fault.number}: {fault.kind}" for fault in outcome.met]
    return "\n".join([*lines, str(outcome.options), *faults, outcome.failure or "all holds"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--shrink", action="store_true", help="leave out every fault that the failure does not need")
    asked = parser.parse_args()
    if asked.count == 1:
        outcome = run(asked.seed)
        print(told(shrunk(outcome) if asked.shrink and outcome.failure else outcome))  # noqa: T201 - a command line
        return bool(outcome.failure)
    begun, failed = time.monotonic(), 0
    for seed, failure in _many(range(asked.seed, asked.seed + asked.count), asked.jobs):
        failed += 1
        print(f"seed {seed}: {failure:.200}", flush=True)  # noqa: T201
    seconds = time.monotonic() - begun
    print(f"{asked.count} histories, {failed} failed, {asked.count / seconds:.0f} a second")  # noqa: T201
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
