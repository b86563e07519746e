"""Moments between two invocations: kept, gone back to, and told apart."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from infra.local.shard import Shard
from infra.local.stream_source import StreamSource
from tests.races.engine import Item, Key, Message
from tests.races.quick_world import QuickWorld
from tests.races.scripts import Place

MOST_KNOWN = 100_000


@dataclass(frozen=True)
class Polled:
    """How far one function has read its stream, and what it still has in hand."""

    iterators: dict[str, str]
    last_read: dict[str, str]
    shards: dict[str, Shard]

    @classmethod
    def of(cls, source: StreamSource) -> "Polled":
        return cls(source._iterators, source._last_read, source._shards).copied()

    def copied(self) -> "Polled":
        shards = {name: _copied(shard) for name, shard in self.shards.items()}
        return Polled(dict(self.iterators), dict(self.last_read), shards)

    def give_to(self, source: StreamSource) -> None:
        mine = self.copied()
        source._iterators, source._last_read, source._shards = mine.iterators, mine.last_read, mine.shards


@dataclass(frozen=True)
class Moment:
    """All that what follows depends on, and what has happened so far."""

    place: Place
    items: dict[Key, Item]
    stream: list[dict[str, Any]]
    sequence: int
    queues: dict[str, list[Message]]
    dead: dict[str, list[Message]]
    clock: datetime
    books: dict[str, tuple[str, int]]
    ids: int
    polled: tuple[Polled, ...]


def now(world: QuickWorld, place: Place) -> Moment:
    engine = world.engine
    return Moment(
        place=place,
        items=dict(engine.items),
        stream=list(engine.stream),
        sequence=engine.sequence,
        queues=_kept(engine.queues),
        dead=_kept(engine.dead),
        clock=world.clock.moment,
        books=dict(world.shelf.kept),
        ids=world.ids.given,
        polled=tuple(map(Polled.of, _streams(world))),
    )


def back_to(world: QuickWorld, moment: Moment) -> None:
    engine = world.engine
    engine.items, engine.stream, engine.sequence = dict(moment.items), list(moment.stream), moment.sequence
    for queues, kept in ((engine.queues, moment.queues), (engine.dead, moment.dead)):
        queues.clear()
        queues.update(_kept(kept))
    engine.tokens.clear()
    world.clock.moment, world.ids.given, world.shelf.kept = moment.clock, moment.ids, dict(moment.books)
    world.endpoint.calls, world.endpoint.replies = [], []
    for source, polled in zip(_streams(world), moment.polled, strict=True):
        polled.give_to(source)


class Eye:
    """Tells moments apart by what matters to anything that follows. The ids of attempts, messages and records do not:
    nobody reads them but the call that made them."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Item, int]] = {}

    def key(self, moment: Moment) -> Hashable:
        """Equal where all that follows is equal."""
        items = frozenset((key, self._seen(item)) for key, item in moment.items.items())
        books = tuple(sorted((about, text) for about, (text, _) in moment.books.items()))
        polled = tuple(self._ahead(moment, one) for one in moment.polled)
        return hash((moment.place, items, moment.clock, books, polled, _told(moment.queues), _told(moment.dead)))

    def _ahead(self, moment: Moment, polled: Polled) -> Hashable:
        """What a function has still to hear."""
        behind = moment.sequence - int(next(iter(polled.iterators.values()), "0"))
        unread = tuple(map(self._change, moment.stream[-behind:])) if behind > 0 else ()
        in_hand: list[Hashable] = []
        for name, shard in sorted(polled.shards.items()):
            pending = shard.records[shard._place :]
            tries = tuple(shard._tries[str(one["dynamodb"]["SequenceNumber"])] for one in pending)
            in_hand.append((name, shard._limit, tries, tuple(map(self._change, pending)), len(shard.parked)))
        return bool(polled.iterators), unread, tuple(in_hand)

    def _change(self, record: dict[str, Any]) -> Hashable:
        told = record["dynamodb"]
        images = (self._seen(told[name]) if name in told else 0 for name in ("OldImage", "NewImage"))
        return repr(told["Keys"]), str(told["ApproximateCreationDateTime"]), *images

    def _seen(self, item: Item) -> int:
        """Its content in one number. Items are replaced, never changed in place: each is read once."""
        known = self._known.get(id(item))
        if known is None or known[0] is not item:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            content = sorted((name, repr(value)) for name, value in item.items() if name != "attempt")
            known = self._known[id(item)] = item, hash(tuple(content))
        return known[1]


def _streams(world: QuickWorld) -> list[StreamSource]:
    return [source for source in world.pump.sources if isinstance(source, StreamSource)]


def _copied(shard: Shard) -> Shard:
    return replace(shard, records=list(shard.records), parked=list(shard.parked), _tries=shard._tries.copy())


def _kept(queues: dict[str, list[Message]]) -> dict[str, list[Message]]:
    return {name: [replace(message) for message in messages] for name, messages in queues.items() if messages}


def _told(queues: dict[str, list[Message]]) -> Hashable:
    return tuple(
        (name, tuple((one.body, one.visible_at, one.receives) for one in messages))
        for name, messages in sorted(queues.items())
    )
