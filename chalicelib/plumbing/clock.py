"""Time, waiting and chance: the one door to each, so that a test can hold them in its hand."""

import random
import secrets
import time
from datetime import UTC, datetime
from typing import Protocol

import uuid6

from chalicelib.kernel.instants import to_utc


class Clock(Protocol):
    """What actions know of time."""

    def now(self) -> datetime:
        """This moment in UTC, in whole milliseconds."""

    def monotonic(self) -> float:
        """Seconds that never run backwards: for deadlines."""

    def sleep(self, seconds: float) -> None:
        """Waits."""


class Ids(Protocol):
    """Where ids and chance come from."""

    def new(self) -> str:
        """A fresh UUIDv7 as text."""

    def secret(self) -> str:
        """128 random bits that nobody can guess, in hexadecimal."""

    def jitter(self) -> float:
        """A number in [0, 1) to spread retries over time."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return to_utc(datetime.now(UTC))  # noqa: TID251 - this is the door

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class SystemIds:
    """Time-ordered ids and the system's random source."""

    def new(self) -> str:
        return str(uuid6.uuid7())

    def secret(self) -> str:
        return secrets.token_hex(16)

    def jitter(self) -> float:
        return random.random()  # noqa: S311 - spreads retries, guards nothing
