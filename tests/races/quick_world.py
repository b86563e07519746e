"""A world on the engine in memory: the same app, doors, pump and clock; only what is behind boto3 is another.

It can be put back to an earlier moment, so that one preparation serves many interleavings.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from botocore.exceptions import ReadTimeoutError
from chalice.app import Chalice, DynamoDBEventConfig

from chalicelib.kernel import keys
from chalicelib.plumbing import ports as ports_
from chalicelib.plumbing import settings as settings_
from chalicelib.plumbing.bus import Bus
from chalicelib.plumbing.gateway.port import Found, Gateway, Unknown
from chalicelib.plumbing.gateway.shelf import MemoryShelf
from chalicelib.plumbing.gateway.simulated import SimulatedProvider
from chalicelib.plumbing.memory import Memory
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.queues import Queues
from chalicelib.plumbing.secrets import Secrets
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.typed_json import unpack
from infra.local.delivery import Delivery
from infra.local.pump import Pump
from infra.local.stream_source import StreamSource
from tests import permissions
from tests.hands import PROVIDER_SECRET, SECRET, CountedIds, Endpoint, HandClock
from tests.races.engine import Dynamo, Engine, Item, Message
from tests.races.engine_events import Sqs, Streams
from tests.world import World

Answer = TypeVar("Answer")


class OneSecret:
    """A secret store in which every manufacturer has the same secret."""

    def get_secret_value(self, **_: Any) -> dict[str, str]:
        return {"SecretString": SECRET}


@dataclass(frozen=True)
class WatchedProvider(SimulatedProvider):
    """The hook is told of each ask as it is of the table's calls: what the provider writes down is written, too. An
    answer that gets lost is Unknown."""

    engine: Engine

    def _asked(self, *ask: Any) -> Found:
        return self._told("provider", lambda: SimulatedProvider._asked(self, *ask))

    def look_up(self, about: str, customer: str | None) -> tuple[Found, ...]:
        return self._told("provider_look_up", lambda: SimulatedProvider.look_up(self, about, customer))

    def _told(self, name: str, act: Callable[[], Answer]) -> Answer:
        try:
            return self.engine.call(name, act)  # type: ignore[no-any-return]
        except ReadTimeoutError:
            raise Unknown from None


@dataclass(frozen=True)
class Moment:
    """What is stored here and at the provider, what the stream has not told yet, what lies in the queues, and what time
    it is."""

    items: dict[tuple[str, str], Item]
    untold: list[dict[str, Any]]
    queues: dict[str, list[Message]]
    dead: dict[str, list[Message]]
    clock: datetime
    books: dict[str, tuple[str, int]]


class QuickWorld(World):
    """A world without moto."""

    def __init__(self, app: Chalice, settings: dict[str, str], delivery: Delivery | None = None) -> None:
        permissions.watch(app)
        self.app, self.clock, self.ids, self.endpoint = app, HandClock(), CountedIds(), Endpoint()
        for source in app.event_sources:
            if isinstance(source, DynamoDBEventConfig):
                source.stream_arn = settings["STREAM_ARN"]
        self.engine = Engine(self.clock.now)
        self.sqs = Sqs(self.engine)
        self.dynamodb, self._streams = self._connected()
        self.settings = settings_.read(settings)
        self.ports = Ports(
            settings=self.settings,
            clock=self.clock,
            ids=self.ids,
            table=Table(permissions.Watched("dynamodb", self.dynamodb), self.settings.table_name, self.clock, self.ids),
            queues=Queues(lambda: permissions.Watched("sqs", self.sqs)),
            secrets=Secrets(lambda: permissions.Watched("secretsmanager", OneSecret()), self.clock),
            outbound=self.endpoint,  # type: ignore[arg-type]
            bus=Bus(list, ""),
            memory=Memory(self.clock),
            connect_gateway=lambda: self.gateway,
        )
        self.shelf = MemoryShelf()
        self.provider = WatchedProvider(self.shelf, self.clock, lambda: PROVIDER_SECRET, self.engine)
        # Who is asked: the provider itself, or somebody on the way to it.
        self.gateway: Gateway = self.provider
        self.deliver(delivery)

    def _connected(self) -> tuple[Any, Any]:
        """Clients of the table and of its stream."""
        return Dynamo(self.engine), Streams(self.engine)

    def deliver(self, delivery: Delivery | None) -> None:
        self.pump = Pump(self.app, streams=self._streams, sqs=self.sqs, delivery=delivery)  # type: ignore[arg-type]

    def moment(self) -> Moment:
        """What there is now, to come back to."""
        engine = self.engine
        told = max(int(n) for source in self._stream_sources() for n in [*source._last_read.values(), "0"])
        untold = engine.stream[-(engine.sequence - told) :] if engine.sequence > told else []
        queues, dead, books = deepcopy(engine.queues), deepcopy(engine.dead), dict(self.shelf.kept)
        return Moment(dict(engine.items), untold, queues, dead, self.clock.moment, books)

    def back_to(self, moment: Moment) -> None:
        """Everything as it was then; the stream begins with what had not been told yet."""
        engine = self.engine
        engine.items, engine.stream = dict(moment.items), list(moment.untold)
        engine.queues, engine.dead = deepcopy(moment.queues), deepcopy(moment.dead)
        self.clock.moment, engine.hook = moment.clock, None
        self.shelf.kept = dict(moment.books)
        self.ports.memory.known.clear()  # what was learnt since then has not happened
        self.endpoint.calls, self.endpoint.replies = [], []
        if moment.untold:
            engine.sequence = int(moment.untold[-1]["dynamodb"]["SequenceNumber"])
        self.deliver(None)
        for source in self._stream_sources():
            source._iterators = {"shardId-memory": str(engine.sequence - len(moment.untold))}

    def changes(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Everything that was ever changed, as (before, after)."""
        told = [record["dynamodb"] for record in self.engine.stream]
        return [(unpack(change.get("OldImage", {})), unpack(change.get("NewImage", {}))) for change in told]

    def raw(self, pk: str, sk: str) -> Item:
        """What is stored, as the engine has it."""
        return self.engine.items[pk, sk]

    def overwrite(self, item: Item) -> None:
        """Puts an item behind everybody's back."""
        self.engine.write((item["pk"]["S"], item["sk"]["S"]), item)

    def _stream_sources(self) -> list[StreamSource]:
        return [source for source in self.pump.sources if isinstance(source, StreamSource)]

    def register_maker(self, manufacturer_id: str = "maker") -> None:
        """Written straight into the table: the stored form is `manufacturing.store`'s own."""
        key = keys.manufacturer(manufacturer_id)
        text = {"manufacturer_id": manufacturer_id, "name": "Maker", "endpoint_url": "https://maker.example/orders"}
        item: Item = {name: {"S": value} for name, value in (key._asdict() | text | {"kind": "manufacturer"}).items()}
        self.overwrite({**item, "enabled": {"BOOL": True}})


@contextmanager
def quickly_opened(app: Chalice, environment: dict[str, str], delivery: Delivery | None = None) -> Iterator[QuickWorld]:
    """A fresh world in memory; doors use its ports while it is open."""
    world = QuickWorld(app, environment | {"DRAIN_SECONDS": "0", "CAMPAIGN_FRESH_SECONDS": "0"}, delivery)
    with ports_.using(world.ports):
        world.register_maker()
        yield world
