"""Each call of a money path fails in each of five ways, and then each call of what runs after it, again in each: F6.

`python -m tests.races.crash_pairs [PATH ...] [--faults 1|2] [--every N] [--list]` tries them all.
"""

import argparse
import io
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from tests.races.money_paths import PATHS, Path
from tests.races.quick_world import QuickWorld
from tests.races.searching import MOST_FAULTS, prepared

MOST_TOLD, LONGEST_TOLD = 5, 1500


@contextmanager
def quietly() -> Iterator[None]:
    """Without log and metrics: each fault would be a line and a trace."""
    logging.disable(logging.CRITICAL)
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(logging.NOTSET)


def main() -> int:
    from tests.conftest import ENVIRONMENT, groundswell  # noqa: PLC0415 - sets the environment of this run
    from tests.races.quick_world import quickly_opened  # noqa: PLC0415

    asked, failed = _asked(), 0
    for path in PATHS:
        if asked.paths and not any(part in path.name for part in asked.paths):
            continue
        if asked.list:
            _say(path.name)
            continue
        with quickly_opened(groundswell, ENVIRONMENT) as world:
            failed += _searched(world, path, asked)
    return 1 if failed else 0


def _asked() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("paths", nargs="*", help="names of paths, or parts of them; all if none is given")
    arguments.add_argument("--faults", type=int, choices=(1, 2), default=MOST_FAULTS)
    arguments.add_argument("--every", type=int, default=1, help="of each so many second faults one is tried")
    arguments.add_argument("--list", action="store_true", help="only tell the names")
    return arguments.parse_args()


def _searched(world: QuickWorld, path: Path, asked: argparse.Namespace) -> int:
    from tqdm import tqdm  # noqa: PLC0415 - only at the command line

    begun = time.monotonic()
    with quietly(), tqdm(desc=path.name, unit=" steps", disable=None) as bar:
        search = prepared(world, path, every=(1, asked.every), tell=bar.update)
        _, ones, pairs = search.all(asked.faults)
    _say(
        f"{path.name}: {search.calls} calls, {ones:,} single faults, {pairs:,} pairs in {search.steps:,} steps"
        f" ({time.monotonic() - begun:.0f} s), {len(search.failures)} failures"
    )
    for failure in search.failures[:MOST_TOLD]:
        _say(f"  {failure[:LONGEST_TOLD]}")
    return len(search.failures)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command line


if __name__ == "__main__":
    sys.exit(main())
