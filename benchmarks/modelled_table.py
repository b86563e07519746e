"""A table in virtual time: what many clients at once do to each other, without a clock and without an account.

A seeded discrete-event model. Every call of the code that runs on it is a real one, judged by the engine of the tests
and metered by AWS's rules; what is modelled is time: a write takes 4 ms, a read 2.5 ms, a transaction 10 ms, of which
it holds its items for 6 (whoever comes then is told of a conflict), and a partition takes 1,000 write units a second.
Latencies vary as log-normal, sigma 0.25. The same figures as in docs/decisions/0014-room.md, one for every design.
"""

import heapq
import itertools
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import greenlet

from benchmarks import metering
from tests.hands import START
from tests.races.engine import Dynamo, Engine, refused

WRITE_MS, READ_MS, TRANSACTION_MS, HELD_MS = 4.0, 2.5, 10.0, 6.0
SPREAD = 0.25
UNITS_PER_SECOND = 1000.0
Request = dict[str, Any]


class Crash(BaseException):
    """The process dies between two calls. No Exception: no code may take it for a bad moment."""


@dataclass
class Time:
    """Virtual milliseconds. Whoever waits lets the others go on."""

    chance: random.Random
    ms: float = 0.0
    _queue: list[tuple[float, int, Any]] = field(default_factory=list)
    _numbers: Any = field(default_factory=itertools.count)
    _hub: Any = None

    def wait(self, ms: float) -> None:
        heapq.heappush(self._queue, (self.ms + ms, next(self._numbers), greenlet.getcurrent()))
        self._hub.switch()

    def about(self, ms: float) -> float:
        """A latency with this median."""
        return ms * math.exp(self.chance.gauss(0, SPREAD))

    def run(self, clients: Iterable[Callable[[], None]]) -> None:
        """All clients to their ends."""
        self._hub = greenlet.getcurrent()
        for client in clients:
            heapq.heappush(self._queue, (self.ms, next(self._numbers), greenlet.greenlet(client)))
        while self._queue:
            self.ms, _, who = heapq.heappop(self._queue)
            who.switch()

    # -- the clock port ----------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        moment = START + timedelta(milliseconds=self.ms)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def monotonic(self) -> float:
        return self.ms / 1000

    def sleep(self, seconds: float) -> None:
        self.wait(seconds * 1000)


class ModelledTable:
    """The client of a table in virtual time. `crashing`: the share of calls before which the process dies."""

    def __init__(self, time: Time, *, crashing: float = 0.0) -> None:
        self.time, self.crashing = time, crashing
        self.engine = Engine(time.now)
        self._inner = Dynamo(self.engine)
        self._held: dict[tuple[str, str], float] = {}
        self._tokens: dict[str, tuple[float, float]] = defaultdict(lambda: (UNITS_PER_SECOND, 0.0))
        self.writes: Counter[str] = Counter()
        self.reads: Counter[str] = Counter()
        self.conflicts = self.throttled = 0

    # -- what a table's client answers -------------------------------------------------------------------------------

    def get_item(self, **request: Any) -> Request:
        return self._read(lambda: self._inner.get_item(**request), consistent=request.get("ConsistentRead", False))

    def query(self, **request: Any) -> Request:
        return self._read(lambda: self._inner.query(**request), consistent=request.get("ConsistentRead", False))

    def batch_get_item(self, **request: Any) -> Request:
        ((_, asked),) = request["RequestItems"].items()
        return self._read(
            lambda: self._inner.batch_get_item(**request), consistent=asked["ConsistentRead"], many=len(asked["Keys"])
        )

    def put_item(self, **request: Any) -> Request:
        return self._write("Put", request, lambda: self._inner.put_item(**request))

    def update_item(self, **request: Any) -> Request:
        return self._write("Update", request, lambda: self._inner.update_item(**request))

    def delete_item(self, **request: Any) -> Request:
        return self._write("Delete", request, lambda: self._inner.delete_item(**request))

    def transact_write_items(self, **request: Any) -> Request:
        time, length = self.time, self.time.about(TRANSACTION_MS)
        self._maybe_crash()
        keys = [_key(write) for one in request["TransactItems"] for write in one.values()]
        around = max(0.5, (length - HELD_MS) / 2)
        time.wait(around)
        busy = [self._held.get(key, 0.0) > time.ms for key in keys]
        if any(busy):
            self.conflicts += 1
            time.wait(around)
            reasons = [{"Code": "TransactionConflict" if one else "None"} for one in busy]
            raise refused("TransactionCanceledException", "conflict", "TransactWriteItems", CancellationReasons=reasons)
        for key in keys:
            self._held[key] = time.ms + HELD_MS
        before = [self.engine.items.get(key) for key in keys]
        try:
            answer = self._inner.transact_write_items(**request)
        finally:
            self._charge_all(keys, before)
            time.wait(HELD_MS)
            time.wait(around)
        self._maybe_crash()
        return answer

    # -- how long it takes, and what it costs ------------------------------------------------------------------------

    def _read(self, act: Callable[[], Request], *, consistent: bool, many: int = 1) -> Request:
        self._maybe_crash()
        latency = self.time.about(READ_MS)
        self.time.wait(latency / 2)
        answer = act()
        found = answer.get("Responses", {"": answer.get("Items", [answer.get("Item", {})])})
        sizes = [metering.item_bytes(item) for items in found.values() for item in items]
        if many > 1:
            sizes += [0] * (many - len(sizes))
        else:
            sizes = [sum(sizes)]
        self.reads["all"] += sum(metering.read_units(size, consistent=consistent) for size in sizes)  # type: ignore[assignment]
        self.time.wait(latency / 2)
        return answer

    def _write(self, kind: str, request: Request, act: Callable[[], Request]) -> Request:
        self._maybe_crash()
        key, latency = _key(request), self.time.about(WRITE_MS)
        self.time.wait(latency / 2)
        if self._held.get(key, 0.0) > self.time.ms:
            self.conflicts += 1
            self.time.wait(latency / 2)
            raise refused("TransactionConflictException", "conflict", kind)
        before = self.engine.items.get(key)
        try:
            answer = act()
        finally:
            self._maybe_throttle(key[0], self._book(key, before, transaction=False))
            self.time.wait(latency / 2)
        self._maybe_crash()
        return answer

    def _charge_all(self, keys: list[tuple[str, str]], before: list[Any]) -> None:
        for key, old in zip(keys, before, strict=True):
            self._book(key, old, transaction=True)

    def _book(self, key: tuple[str, str], old: Any, *, transaction: bool) -> float:
        """Writes one item's units down."""
        units = metering.write_units(old, self.engine.items.get(key), transaction=transaction)
        self.writes[_side(key)] += units
        return units

    def _maybe_throttle(self, partition: str, units: float) -> None:
        """Counts what the partition could not take in time; the model lets it pass, since none of the designs gets
        there (the count is told)."""
        left, since = self._tokens[partition]
        left = min(UNITS_PER_SECOND, left + (self.time.ms - since) * UNITS_PER_SECOND / 1000) - units
        self.throttled += left < 0
        self._tokens[partition] = max(0.0, left), self.time.ms

    def _maybe_crash(self) -> None:
        if self.crashing and self.time.chance.random() < self.crashing:
            raise Crash


def _key(write: Request) -> tuple[str, str]:
    where = write.get("Key") or write["Item"]
    return where["pk"]["S"], where["sk"]["S"]


def _side(key: tuple[str, str]) -> str:
    """Whether it is room, or an order's own item."""
    return "orders" if key[0].startswith("F#") else "room"
