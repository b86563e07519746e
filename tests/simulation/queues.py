"""Queues as SQS keeps them, and the functions that consume them, side by side."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.plumbing.ports import Ports
from tests.simulation import shards
from tests.simulation.containers import Function
from tests.simulation.scheduler import End
from tests.simulation.world import World

VISIBILITY_MS, MOST_RECEIVES = 180_000, 5
LATE_MS = {"late": 2000, "later": 300_000}
AGAIN_MS = 1000


@dataclass
class Message:
    """One message of a queue, hidden while somebody works on it."""

    body: str
    visible_ms: int
    receives: int = 0


class Queue:
    """A standard queue, and the function that consumes it."""

    def __init__(self, world: World, name: str, handle: Callable[[Ports, dict[str, Any]], None], batch: int) -> None:
        self.world, self.name, self.handle, self.batch = world, name, handle, batch
        self.function = Function(world)
        self.messages: list[Message] = []
        self.dead: list[Message] = []
        self.sent: list[str] = []

    def send(self, body: str, delay_ms: int) -> None:
        trouble = self.world.faults.decide("batch", self.name)
        self.sent.append(body)
        self.put(body, delay_ms + LATE_MS.get(trouble, 1))
        if trouble == "again":
            self.put(body, delay_ms + AGAIN_MS)

    def put(self, body: str, delay_ms: int = 1) -> None:
        message = Message(body, self.world.scheduler.now_ms + delay_ms)
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
        batch = self._received(visible[: 1 if trouble == "cut" else self.batch])
        if not batch:
            return
        self.world.scheduler.after(VISIBILITY_MS, self._receive)
        if len(visible) > len(batch):
            self.world.scheduler.after(1, self._receive)
        self.function.invoke(self.name, lambda ports: self._handled(ports, batch), self._delete)

    def _received(self, batch: list[Message]) -> list[Message]:
        """Those that were not received too often already."""
        for message in batch:
            message.receives += 1
            message.visible_ms = self.world.scheduler.now_ms + VISIBILITY_MS
            if message.receives > MOST_RECEIVES:
                self.messages.remove(message)
                self.dead.append(message)
        return [message for message in batch if message.receives <= MOST_RECEIVES]

    def _handled(self, ports: Ports, batch: list[Message]) -> list[Message]:
        return [m for m in batch if shards.attempted(lambda m=m: self.handle(ports, json.loads(m.body)))]

    def _delete(self, end: End) -> None:
        if end.how == "failed":
            raise end.value  # a door answers what failed and raises nothing: this is our own mistake
        for message in end.value if end.how == "done" else ():
            if message in self.messages and self.world.faults.decide("batch", self.name) != "again":
                self.messages.remove(message)

    def redrive(self, again: list[str]) -> None:
        """L3: dead letters go back to their queue, and these come once more."""
        for body in [message.body for message in self.dead] + again:
            self.put(body)
        self.dead = []
