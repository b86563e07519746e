"""Calling a stage's stream readers as Lambda does."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from infra import event_sources
from infra.deploy.names import Stage
from infra.local import outside

Record = dict[str, Any]
_MOST_RECORDS = {source.function: int(source.settings["BatchSize"]) for source in event_sources.ALL}
READERS = {name for name, filters in event_sources.FILTERS.items() if filters}
_WINDOWED = {source.function for source in event_sources.ALL if "TumblingWindowInSeconds" in source.settings}
# A call takes 6 MB; the rest is for the frame around the records.
_MOST_CHARACTERS = 5_000_000


class FailedAgain(Exception):  # noqa: N818 - told in one sentence
    """The function did not take all of the records; its log says why."""


@dataclass(frozen=True)
class Reader:
    """One function that reads the table's stream. `function` is its handler's name."""

    client: Any
    stage: Stage
    function: str

    def read(self, records: Iterable[Record], *, shard_id: str, stream_arn: str) -> int:
        """Gives it those records that its mapping lets through, in order, in batches as large as its mapping's.

        Answers how many it took. Raises FailedAgain at the first batch that it did not take whole.
        """
        filters, taken = event_sources.FILTERS[self.function], 0
        wanted = (record for record in records if event_sources.passes(filters, record))
        for batch in batches(wanted, most=_MOST_RECORDS[self.function]):
            event: dict[str, Any] = {"Records": batch}
            if self.function in _WINDOWED:
                event |= _window(shard_id, stream_arn)
            self._call(event)
            taken += len(batch)
        return taken

    def _call(self, event: dict[str, Any]) -> None:
        name = self.stage.function(self.function)
        reply = self.client.invoke(FunctionName=name, InvocationType="RequestResponse", Payload=json.dumps(event))
        told = json.loads(reply["Payload"].read() or "null") or {}
        if reply.get("FunctionError"):
            raise FailedAgain(f"{name} failed: {told.get('errorType')}: {told.get('errorMessage')}")
        if failures := told.get("batchItemFailures"):
            raise FailedAgain(f"{name} reports {len(failures)} of {len(event['Records'])} records as failed")


def batches(records: Iterable[Record], *, most: int) -> Iterator[list[Record]]:
    """As many together as one call takes."""
    batch: list[Record] = []
    size = 0
    for record in records:
        own = len(json.dumps(record))
        if batch and (len(batch) == most or size + own > _MOST_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += own
    if batch:
        yield batch


def _window(shard_id: str, stream_arn: str) -> dict[str, Any]:
    moment = outside.utc().strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "window": {"start": moment, "end": moment},
        "state": {},
        "shardId": shard_id,
        "eventSourceARN": stream_arn,
        "isFinalInvokeForWindow": False,
        "isWindowTerminatedEarly": False,
    }
