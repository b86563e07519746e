"""Runs many histories, or one again: `python -m tests.simulation --count N [--jobs 2]`, `--seed SEED [--shrink]`.

Without a first seed, many begin at one that was never tried: the milliseconds of now.
"""

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterator

from tests.simulation.faults import Options
from tests.simulation.history import Outcome, run, shrunk
from tests.simulation.world import named

AT_ONCE = 50
MOST_TOLD = 200


def _failures(seeds: range) -> list[tuple[int, str]]:
    return [(seed, failure) for seed in seeds if (failure := run(seed).failure)]


def _many(seeds: range, jobs: int) -> Iterator[tuple[int, str]]:
    parts = [seeds[start : start + AT_ONCE] for start in range(0, len(seeds), AT_ONCE)]
    with multiprocessing.Pool(jobs) as pool:
        for found in pool.imap_unordered(_failures, parts):
            yield from found


def told(outcome: Outcome) -> str:
    """The history in lines, and how it ended."""
    lines = [named(line) for line in outcome.story]
    faults = [f"  {fault.actor}, decision {fault.number}: {fault.kind}" for fault in outcome.met]
    return "\n".join([*lines, str(outcome.options), *faults, outcome.failure or "all holds"])


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command line


def one(seed: int, *, shrink: bool) -> bool:
    """Tells one history. Answers whether it failed."""
    outcome = run(seed)
    _say(told(shrunk(outcome) if shrink and outcome.failure else outcome))
    return bool(outcome.failure)


def many(seeds: range, jobs: int) -> bool:
    """Tells of what failed, with its options. Answers whether anything did."""
    begun, failed = time.monotonic(), 0
    for seed, failure in _many(seeds, jobs):
        failed += 1
        _say(f"{failure[:MOST_TOLD]}\n  {Options.drawn(seed)}")
    rate = len(seeds) / (time.monotonic() - begun)
    _say(f"{len(seeds)} histories from seed {seeds.start} on, {failed} failed, {rate:.0f} a second")
    return bool(failed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="the one, or the first")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--shrink", action="store_true", help="leave out every fault that the failure does not need")
    asked = parser.parse_args()
    first = int(time.time() * 1000) if asked.seed is None else asked.seed  # noqa: TID251 - seeds never tried before
    if asked.count == 1:
        return one(first, shrink=asked.shrink)
    return many(range(first, first + asked.count), asked.jobs)


if __name__ == "__main__":
    sys.exit(main())
