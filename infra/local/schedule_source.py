"""From the clock to a handler: schedules of the form rate(n minutes)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.local import outside
from infra.local.invocation import Invocation

Handler = Callable[[dict[str, Any], Any], Any]
_SECONDS = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}


@dataclass
class ScheduleSource:
    """One handler that is called at a rate. EventBridge may call it twice for one moment, and so may anyone here."""

    name: str
    handler: Handler
    every_seconds: float

    def fire(self) -> None:
        """Calls the handler once with EventBridge's event. What it raises is the caller's to log."""
        event = {
            "version": "0",
            "id": outside.fresh_id(),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "000000000000",
            "time": outside.utc().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": "us-east-1",
            "resources": [f"arn:aws:events:us-east-1:000000000000:rule/{self.name}"],
            "detail": {},
        }
        self.handler(event, Invocation(self.name))


def rate_seconds(expression: str) -> float:
    """`rate(5 minutes)` -> 300.0. Raises ValueError for anything else: cron must not be skipped in silence."""
    found = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    if not found:
        raise ValueError(f"the local run knows rate(...) only, not {expression!r}")
    return int(found[1]) * _SECONDS[found[2]]
