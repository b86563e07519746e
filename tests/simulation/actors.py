"""What AWS does around the functions: pollers of the stream's shards, queues with their consumers, the clock's ticks.

They hand over what Lambda would, as late, as often and in such batches as Lambda may.
"""

import json
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from chalicelib import news, stream
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing.ports import Ports
from infra.event_sources import REACT, passes
from tests.hands import START
from tests.simulation.expressions import Item
from tests.simulation.scheduler import End
from tests.simulation.store import Key, names_of
from tests.simulation.world import World

WORKER_MS, VISIBILITY_MS, MOST_RECEIVES = 30_000, 180_000, 5
STREAM_TRIES, STREAM_BATCH = REACT.settings["MaximumRetryAttempts"] + 1, REACT.settings["BatchSize"]
LATE_MS = {"late": 2000, "later": 300_000}
AGAIN_MS, RETRY_MS = 1000, 500
SKEWS_MS = {"fast": 600_000, "slow": -600_000}
Record = dict[str, Any]


def attempted(act: Callable[[], object]) -> bool:
    """Whether a message or record is done with: as `plumbing.worker` judges it."""
    try:
        act()
    except Busy:
        return False
    except Refusal:
        return True
    except Exception:  # noqa: BLE001 - whatever it was, it comes back
        return False
    return True


class Shard:
    """One shard of the stream, and the poller that hands its records to `react`."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.records: list[Record] = []
        self.parked: list[Record] = []
        self.place = 0
        self._most = STREAM_BATCH
        self._tries: Counter[str] = Counter()
        self._busy = self._failing = False

    @property
    def pending(self) -> int:
        return len(self.records) - self.place

    def append(self, record: Record) -> None:
        self.records.append(record)
        self.poll()

    def poll(self) -> None:
        if self._busy or not self.pending:
            return
        self._busy = True
        pause_ms = RETRY_MS if self._failing else 1
        self.world.scheduler.after(LATE_MS.get(self._decide(), pause_ms), self._hand_over)

    def _decide(self) -> str:
        return self.world.faults.decide("batch", self.name)

    def _hand_over(self) -> None:
        trouble = self._decide()
        most = self.world.faults.here(self.name).randint(1, 3) if trouble == "cut" else self._most
        batch = self.records[self.place : self.place + most]
        invoke(self.world, self.name, lambda: react(self.world.ports, batch), lambda end: self._ended(batch, end))

    def _ended(self, batch: list[Record], end: End) -> None:
        if end.how == "failed":
            raise end.value  # a door answers what failed and raises nothing: this is our own mistake
        self._busy = self._failing = False
        if end.how == "done":
            numbers = [_number(record) for record in batch]
            failed = [numbers.index(number) for number in end.value]
            self.place += min(failed, default=len(batch))
            self._most = STREAM_BATCH
            if failed:
                self._failed(batch[min(failed)])
            elif self._decide() == "again":
                self.place -= self.world.faults.here(self.name).randint(1, min(self.place, 2 * len(batch)))
        else:
            self._most = max(1, len(batch) // 2)
            self._failed(batch[0])
        self.poll()

    def _failed(self, record: Record) -> None:
        number, self._failing = _number(record), True
        self._tries[number] += 1
        if self._tries[number] == STREAM_TRIES:
            self.parked.append(record)
            self.place += 1

    def redrive(self) -> None:
        """What was given up, once more, as an operator would have it."""
        self.records += self.parked
        self.parked = []
        self._tries.clear()
        self.poll()


def _number(record: Record) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


def react(ports: Ports, records: list[Record]) -> list[str]:
    """`stream.react` without its event: the sequence numbers of what failed."""
    quiet = stream.superseded(records)

    def rung(record: Record) -> bool:
        return _number(record) in quiet or attempted(lambda: stream.ring(ports, DynamoDBRecord(record)))

    failed = [_number(record) for record in records if not rung(record)]
    later = [*stream.fold(ports, records), *news.announce(ports, records)]
    return [*failed, *(str(failure["itemIdentifier"]) for failure in later)]


class Stream:
    """Every change of the table, in the order of each item, on several shards."""

    def __init__(self, world: World, shards: int) -> None:
        self.world, self._number = world, 998  # the number of digits changes soon: text order is not their order
        self.shards = [Shard(world, f"shard {number}") for number in range(shards)]
        world.store.heard.append(self._heard)

    def _heard(self, key: Key, old: Item, new: Item) -> None:
        self._number += 1
        images = {"OldImage": old, "NewImage": new}
        change: Record = {name: image for name, image in images.items() if image}
        change |= {"Keys": names_of(key), "SequenceNumber": str(self._number)}
        change["ApproximateCreationDateTime"] = int(START.timestamp()) + self.world.scheduler.now_ms // 1000
        name = "INSERT" if not old else "MODIFY" if new else "REMOVE"
        record = {"eventName": name, "dynamodb": change}
        if passes(REACT.filters, record):
            self.shards[zlib.crc32(key[0].encode()) % len(self.shards)].append(record)


@dataclass
class Message:
    """One message of a queue, hidden while somebody works on it."""

    body: str
    visible_ms: int
    receives: int = 0


class Queue:
    """A standard queue, and the function that consumes it. Consumers run side by side."""

    def __init__(self, world: World, name: str, handle: Callable[[Ports, dict[str, Any]], None], batch: int) -> None:
        self.world, self.name, self.handle, self.batch = world, name, handle, batch
        self.messages: list[Message] = []
        self.dead: list[Message] = []

    def send(self, body: str, delay_ms: int) -> None:
        trouble = self.world.faults.decide("batch", self.name)
        self._put(Message(body, self.world.scheduler.now_ms + delay_ms + LATE_MS.get(trouble, 1)))
        if trouble == "again":
            self._put(Message(body, self.world.scheduler.now_ms + delay_ms + AGAIN_MS))

    def _put(self, message: Message) -> None:
        self.messages.append(message)
        self.world.scheduler.at(message.visible_ms, self._receive)

    def _receive(self) -> None:
        now_ms = self.world.scheduler.now_ms
        visible = [message for message in self.messages if message.visible_ms <= now_ms]
        if not visible:
            return
        trouble = self.world.faults.decide("batch", self.name)
        if trouble == "mixed":
            self.world.faults.here(self.name).shuffle(visible)
        batch = visible[: 1 if trouble == "cut" else self.batch]
        for message in batch:
            message.receives += 1
            message.visible_ms = now_ms + VISIBILITY_MS
            if message.receives > MOST_RECEIVES:
                self.messages.remove(message)
                self.dead.append(message)
        batch = [message for message in batch if message.receives <= MOST_RECEIVES]
        if not batch:
            return
        self.world.scheduler.after(VISIBILITY_MS, self._receive)
        if len(visible) > len(batch):
            self.world.scheduler.after(1, self._receive)
        invoke(self.world, self.name, lambda: self._handled(batch), self._delete)

    def _handled(self, batch: list[Message]) -> list[Message]:
        ports = self.world.ports
        return [m for m in batch if attempted(lambda m=m: self.handle(ports, json.loads(m.body)))]

    def _delete(self, end: End) -> None:
        if end.how == "failed":
            raise end.value  # as above
        for message in end.value if end.how == "done" else ():
            if message in self.messages and self.world.faults.decide("batch", self.name) != "again":
                self.messages.remove(message)

    def redrive(self) -> None:
        """Dead letters go back to their queue."""
        for message in self.dead:
            self._put(Message(message.body, self.world.scheduler.now_ms + 1))
        self.dead = []


def invoke(
    world: World, actor: str, act: Callable[[], Any], then: Callable[[End], None], timeout_ms: int = WORKER_MS
) -> None:
    """One run of a function in a container, whose clock may be wrong."""
    skew_ms = SKEWS_MS.get(world.faults.decide("clock", actor), 0)
    world.scheduler.invoke(actor, act, then, timeout_ms=timeout_ms, skew_ms=skew_ms)
