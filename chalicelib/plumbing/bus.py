"""The stage's event bus: where others listen without touching our code, nor we theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SOURCE = "groundswell"


class NotTaken(Exception):  # noqa: N818 - a fact, as refusals are
    """The bus answered, and did not take what it was given."""


@dataclass
class Bus:
    """An EventBridge bus by name; a stage without one has an empty name, and nothing to hand over."""

    connect: Callable[[], Any]
    name: str

    def put(self, detail_type: str, detail: str, *, at: datetime) -> None:
        """Hands one event over, at least once. Raises NotTaken, which hides in an answer with status 200, and
        botocore's errors."""
        entry = {"EventBusName": self.name, "Source": SOURCE, "DetailType": detail_type, "Detail": detail, "Time": at}
        answer = self.connect().put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            refused = answer["Entries"][0]
            raise NotTaken(f"{detail_type}: {refused.get('ErrorCode')}, {refused.get('ErrorMessage')}")
