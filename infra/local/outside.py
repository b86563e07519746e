"""What the local cloud takes from outside itself: the machine's clock and fresh ids."""

import time
import uuid
from datetime import UTC, datetime


def epoch_seconds() -> float:
    return time.time()  # noqa: TID251 - tokens and events carry the real time


def utc() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - as above


def fresh_id() -> str:
    return str(uuid.uuid4())  # noqa: TID251 - request and event ids mean nothing to the app
