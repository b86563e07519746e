"""Chalice's own command without its five seconds between two looks at a function: an emulator's changes take none."""

import sys
import time

MOST_SECONDS = 0.2
_sleep = time.sleep


def nap(seconds: float) -> None:
    _sleep(min(seconds, MOST_SECONDS))


# Before Chalice is imported: it keeps the function that it finds then.
time.sleep = nap  # type: ignore[assignment]

from chalice.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
