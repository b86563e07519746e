"""The pump: carries stream records, queue messages and schedules of an engine into the very handlers that are deployed.

It finds them in the Chalice app's event sources, so a handler that is registered is fed, and one that is not is not.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from chalice.app import Chalice, DynamoDBEventConfig, ScheduledEventConfig, ScheduleExpression, SQSEventConfig

from infra import event_sources
from infra.local.delivery import Delivery
from infra.local.queue_source import QueueSource
from infra.local.schedule_source import ScheduleSource, rate_seconds
from infra.local.shard import Parked
from infra.local.stream_source import StreamSource

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_sqs import SQSClient

Source = StreamSource | QueueSource
_QUICK_SECONDS, _AGAIN_SECONDS, _IDLE_SECONDS, _TROUBLE_SECONDS = 0.02, 0.2, 0.25, 1.0
_MINUTES_A_DAY = 24 * 60
MOST_ROUNDS = 2000
_log = logging.getLogger(__name__)


class Restless(Exception):  # noqa: N818 - told as a fact, like a refusal
    """The whole did not come to rest: something wakes itself for ever."""


class Pump:
    """`settle` and `tick` for tests, in the caller's thread; `run` for the server, with a thread for each source."""

    def __init__(  # noqa: PLR0913 - all but the app are options
        self,
        app: Chalice,
        *,
        streams: "DynamoDBStreamsClient",
        sqs: "SQSClient",
        delivery: Delivery | None = None,
        most_tries: int = 5,
        windowed: frozenset[str] = frozenset({"fold"}),
        every_seconds: float | None = None,
        filters: Mapping[str, tuple[event_sources.Pattern, ...]] = event_sources.FILTERS,
    ) -> None:
        """`windowed`: handlers whose mapping has a tumbling window. `every_seconds`: instead of the schedules' own
        rates; what is due once a day then is once a minute.

        `filters`: which records each handler's mapping lets through, as deployed.
        """
        delivery = delivery or Delivery()
        self.sources: list[Source] = []
        self.schedules: list[ScheduleSource] = []
        for source in app.event_sources:
            handler = app.handler_map[source.name]
            match source:
                case DynamoDBEventConfig(name=name, stream_arn=arn, batch_size=size):
                    stream = StreamSource(
                        name,
                        handler,
                        arn,
                        size,
                        name in windowed,
                        streams,
                        delivery,
                        most_tries,
                        filters.get(name, ()),
                    )
                    self.sources.append(stream)
                case SQSEventConfig(name=name, queue=queue, queue_arn=arn, batch_size=size):
                    queue_name = str(queue or str(arn).rpartition(":")[2])
                    self.sources.append(QueueSource(name, handler, queue_name, size, sqs, delivery))
                case ScheduledEventConfig(name=name, schedule_expression=expression):
                    seconds = rate_seconds(_expression(expression))
                    seconds = max(every_seconds, seconds / _MINUTES_A_DAY) if every_seconds else seconds
                    self.schedules.append(ScheduleSource(name, handler, seconds))
                case _:
                    raise TypeError(f"the local run cannot feed {source.name}: {type(source).__name__}")
        self._delivery = delivery

    @property
    def parked(self) -> list[Parked]:
        """Stream records that were given up."""
        return [parked for source in self.sources if isinstance(source, StreamSource) for parked in source.parked]

    def settle(
        self,
        *,
        patience_seconds: float = 0.0,
        most_rounds: int = MOST_ROUNDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> int:
        """Delivers until nothing moves. With patience, waits that long in all for delayed or hidden messages.

        Answers how many deliveries it took. Raises Restless when there is no end to it.
        """
        handed_over, waited = 0, 0.0
        for _ in range(most_rounds):
            moved = sum(source.turn() for source in self._delivery.mixed(self.sources))
            handed_over += moved
            if moved or any(source.pending for source in self.sources):
                continue
            if waited >= patience_seconds or not self._is_waiting():
                return handed_over
            sleep(_QUICK_SECONDS)
            waited += _QUICK_SECONDS
        raise Restless(f"still moving after {most_rounds} rounds")

    def tick(self) -> None:
        """Fires every schedule once, whatever its rate."""
        for schedule in self._delivery.mixed(self.schedules):
            schedule.fire()
            if self._delivery.is_again():
                schedule.fire()

    def run(self, stop: threading.Event) -> list[threading.Thread]:
        """Starts the threads and answers them; they end soon after `stop` is set."""
        threads = [threading.Thread(target=_feed, args=(source, stop), name=source.name) for source in self.sources]
        threads += [
            threading.Thread(target=_fire, args=(schedule, stop), name=schedule.name) for schedule in self.schedules
        ]
        for thread in threads:
            thread.daemon = True
            thread.start()
        return threads

    def _is_waiting(self) -> bool:
        return any(source.waiting() for source in self.sources)


def _expression(expression: Any) -> str:
    return expression.to_string() if isinstance(expression, ScheduleExpression) else str(expression)


def _feed(source: Source, stop: threading.Event) -> None:
    pause = _QUICK_SECONDS
    while not stop.wait(pause):
        try:
            moved = source.turn()
            if isinstance(source, StreamSource) and source.failing:
                pause = _AGAIN_SECONDS
            else:
                pause = _QUICK_SECONDS if moved else min(_IDLE_SECONDS, pause * 1.5)
        except Exception:  # noqa: BLE001 - one bad moment must not end the feeding
            if stop.is_set():
                return
            _log.exception("%s could not be fed", source.name)
            pause = _TROUBLE_SECONDS


def _fire(schedule: ScheduleSource, stop: threading.Event) -> None:
    while not stop.wait(schedule.every_seconds):
        try:
            schedule.fire()
        except Exception:  # noqa: BLE001 - as Lambda does: the next time is a new chance
            _log.exception("%s failed", schedule.name)
