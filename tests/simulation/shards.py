"""The stream of the table: shards, and the pollers that hand their records to `react`, as late, as often and in such
batches as Lambda may."""

import zlib
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from chalicelib import news, stream
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing.ports import Ports
from infra.event_sources import REACT, passes
from tests.hands import START
from tests.simulation.containers import Function
from tests.simulation.expressions import Item
from tests.simulation.replicas import Key, names_of
from tests.simulation.scheduler import End
from tests.simulation.world import World

STREAM_TRIES, STREAM_BATCH = REACT.settings["MaximumRetryAttempts"] + 1, REACT.settings["BatchSize"]
LATE_MS = {"late": 2000, "later": 300_000}
RETRY_MS = 500
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
    """One shard, and its poller. One that was split has children, which go on with its keys."""

    def __init__(self, world: World, name: str, function: Function, parent: "Shard | None" = None) -> None:
        self.world, self.name, self.function = world, name, function
        # Read first, as Lambda does; None where that is not waited for.
        self.parent = parent
        self.children: list[Shard] = []
        self.records: list[Record] = []
        self.parked: list[Record] = []
        self.poisoned: set[str] = set()
        self.place = 0
        self._most = STREAM_BATCH
        self._tries: Counter[str] = Counter()
        self._busy = self._failing = False

    @property
    def pending(self) -> int:
        return len(self.records) - self.place

    def append(self, record: Record) -> bool:
        """Answers whether the record was lost."""
        trouble = self.world.faults.decide("record", self.name)
        if trouble == "lose record":
            return True
        if trouble == "poison record":
            self.poisoned.add(_number(record))
        self.records.append(record)
        if trouble.startswith("split"):
            first = self if trouble == "split" else None
            names = (f"{self.name}.{half}" for half in range(2))
            self.children = [Shard(self.world, name, self.function, first) for name in names]
        self.poll()
        return False

    def poll(self) -> None:
        if self._busy or not self.pending or (self.parent and self.parent.pending):
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
        self.function.invoke(
            self.name, lambda ports: react(ports, batch, self.poisoned), lambda end: self._ended(batch, end)
        )

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
        for child in self.children:
            child.poll()

    def _failed(self, record: Record) -> None:
        number, self._failing = _number(record), True
        self._tries[number] += 1
        if self._tries[number] == STREAM_TRIES:
            del self._tries[number]  # it may be read once more, by a poller that goes back
            self.parked += [] if record in self.parked else [record]
            self.place += 1

    def redrive(self, again: list[Record]) -> None:
        """L3: what was given up, once more, as an operator would have it, and these beside it."""
        self.poisoned.clear()
        self.records += [*self.parked, *again]
        self.parked = []
        self._tries.clear()
        self.poll()


def _number(record: Record) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


def react(ports: Ports, records: list[Record], poisoned: set[str]) -> list[str]:
    """`stream.react` without its event: the sequence numbers of what failed."""
    quiet = stream.superseded(records)

    def rung(record: Record) -> bool:
        if _number(record) in poisoned:
            return False
        return _number(record) in quiet or attempted(lambda: stream.ring(ports, DynamoDBRecord(record)))

    failed = [_number(record) for record in records if not rung(record)]
    later = [*stream.fold(ports, records), *news.announce(ports, records)]
    return [*failed, *(str(failure["itemIdentifier"]) for failure in later)]


class Stream:
    """Every change of the table, in the order of each item, on several shards."""

    def __init__(self, world: World, shards: int) -> None:
        self.world, self._number = world, 998  # the number of digits changes soon: text order is not their order
        self.lost: list[Record] = []
        function = Function(world)
        self._roots = [Shard(world, f"shard {number}", function) for number in range(shards)]
        world.store.heard.append(self._heard)

    @property
    def shards(self) -> list[Shard]:
        """All of them, also those that were split."""
        found = list(self._roots)
        for shard in found:
            found += shard.children
        return found

    def _heard(self, key: Key, old: Item, new: Item) -> None:
        record = self._record(key, old, new)
        if record and self._shard(key).append(record):
            self.lost.append(record)

    def _record(self, key: Key, old: Item, new: Item) -> Record | None:
        """What the function is given, if its mapping lets it through."""
        self._number += 1
        if not _wanted(bool(old), new.get("kind", {}).get("S"), "refund_wanted" in new):
            return None
        change: Record = {name: image for name, image in (("OldImage", old), ("NewImage", new)) if image}
        change |= {"Keys": names_of(key), "SequenceNumber": str(self._number)}
        change["ApproximateCreationDateTime"] = int(START.timestamp()) + self.world.scheduler.now_ms // 1000
        return {"eventName": "MODIFY" if old else "INSERT", "dynamodb": change}

    def _shard(self, key: Key) -> Shard:
        place, number = divmod(zlib.crc32(key[0].encode()), len(self._roots))
        shard = self._roots[number]
        while shard.children:
            place, half = divmod(place, 2)
            shard = shard.children[half]
        return shard

    def ring(self, items: dict[Key, Item]) -> None:
        """F10: for every item, as if it had just come into its state, as `tools.redrive` does when the stream cannot
        tell any more."""
        for key, item in items.items():
            before = {"state": {"S": "draft"}} if item["kind"] == {"S": "campaign"} else {}
            if record := self._record(key, {}, item):
                record["dynamodb"] |= {"OldImage": before} if before else {}
                self._shard(key).append(record)


@cache
def _wanted(there: bool, kind: str | None, refund: bool) -> bool:  # noqa: FBT001 - what the mapping's filters look at
    """Whether a record passes them. Nothing stored has another kind later, and deletions have no new image."""
    image = {"kind": {"S": kind}, "refund_wanted": {"BOOL": refund}}
    change = {"NewImage": image} if kind else {}
    return passes(REACT.filters, {"eventName": "MODIFY" if there else "INSERT", "dynamodb": change})
