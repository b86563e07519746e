"""One shard's records on their way to one handler: which are next, which failed how often, which are given up."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infra.local.delivery import Delivery

Record = dict[str, Any]
# Delivers a batch and answers the handler's own answer; raises what the handler raises.
Invoke = Callable[[list[Record]], Any]
_KEPT_BEHIND = 200
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parked:
    """A record that was given up after its last try. `error` is what it failed with, if the handler raised."""

    source: str
    record: Record
    error: str


@dataclass
class Shard:
    """Records in the shard's order and the place of one handler in them. Only a success moves the place forward."""

    source: str
    shard_id: str
    batch_size: int
    most_tries: int
    delivery: Delivery
    records: list[Record] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    _place: int = 0
    _limit: int = 0
    # Whether the last delivery failed: the pump then waits a moment before the next one.
    failing: bool = False
    _tries: Counter[str] = field(default_factory=Counter)

    @property
    def pending(self) -> int:
        return len(self.records) - self._place

    def deliver(self, invoke: Invoke) -> int:
        """Delivers at most one batch. Answers how many records were tried; 0 when there was nothing to do."""
        if not self.pending or self.delivery.is_late():
            return 0
        most = self._limit or self.delivery.batch_size(self.batch_size)
        batch = self.records[self._place : self._place + most]
        try:
            answer = invoke(batch)
        except Exception as error:  # noqa: BLE001 - what a handler raises is its answer
            _log.exception("%s raised on %d records of %s", self.source, len(batch), self.shard_id)
            self._all_failed(batch, repr(error))
        else:
            self._answered(batch, first_failed(batch, answer))
        return len(batch)

    def _answered(self, batch: list[Record], failed: int | None) -> None:
        self.failing = failed is not None
        if failed is None:
            self._place += len(batch)
            self._limit = 0
            self._step_back(len(batch))
        else:
            self._place += failed
            self._try_again(batch[failed], "reported as failed")

    def _all_failed(self, batch: list[Record], error: str) -> None:
        """Halves the batch, as a mapping with bisecting does, until the one bad record stands alone."""
        self.failing = True
        if len(batch) > 1:
            self._limit = len(batch) // 2
        else:
            self._try_again(batch[0], error)

    def _try_again(self, record: Record, error: str) -> None:
        number = sequence_number(record)
        self._tries[number] += 1
        if self._tries[number] < self.most_tries:
            return
        _log.error("PARKED: %s gave up %s after %d tries: %s", self.source, record, self.most_tries, error)
        self.parked.append(Parked(self.source, record, error))
        self._place += 1
        self._limit = 0

    def _step_back(self, delivered: int) -> None:
        if self.delivery.is_again():
            self._place -= self.delivery.steps_back(min(self._place, 2 * delivered))
        elif self._place > 2 * _KEPT_BEHIND:
            del self.records[: self._place - _KEPT_BEHIND]
            self._place = _KEPT_BEHIND


def sequence_number(record: Record) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


def first_failed(batch: list[Record], answer: Any) -> int | None:
    """Where Lambda resumes: at the lowest failed record; at the first when an identifier is none of the batch's."""
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    if not failures:
        return None
    places = {sequence_number(record): place for place, record in enumerate(batch)}
    named = [places.get(failure.get("itemIdentifier"), 0) for failure in failures]
    return min(named)
