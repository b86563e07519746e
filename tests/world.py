"""A whole Groundswell in one process: moto behind, Chalice's test client in front, the pump between, time in the
test's hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from chalice.app import Chalice, DynamoDBEventConfig
from chalice.test import Client

from chalicelib.kernel import keys
from chalicelib.manufacturing import store as manufacturing
from chalicelib.manufacturing.model import Manufacturer
from chalicelib.plumbing import ports as ports_
from chalicelib.plumbing import settings as settings_
from chalicelib.plumbing.bus import Bus
from chalicelib.plumbing.gateway.shelf import TableShelf
from chalicelib.plumbing.gateway.simulated import SimulatedProvider
from chalicelib.plumbing.memory import Memory
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.queues import Queues
from chalicelib.plumbing.secrets import Secrets
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.typed_json import unpack
from infra.local.delivery import Delivery
from infra.local.pump import Pump
from tests import permissions
from tests.cameras import new_campaign
from tests.hands import PROVIDER_SECRET, SECRET, CountedIds, Endpoint, HandClock
from tests.people import Person, Reply, claims_of, unsigned
from tests.tables import IN_MOTO, Tables, created


class World:
    """Everything at once, for one test."""

    def __init__(
        self, app: Chalice, settings: dict[str, str], delivery: Delivery | None = None, tables: Tables = IN_MOTO
    ) -> None:
        permissions.watch(app)
        self.tables = tables
        self.app, self.clock, self.ids, self.endpoint = app, HandClock(), CountedIds(), Endpoint()
        for source in app.event_sources:
            if isinstance(source, DynamoDBEventConfig):
                source.stream_arn = settings["STREAM_ARN"]
        self.dynamodb = tables.dynamodb()
        self._secrets = boto3.client("secretsmanager")
        events = boto3.client("events")
        self.settings = settings_.read(settings)
        self.ports = Ports(
            settings=self.settings,
            clock=self.clock,
            ids=self.ids,
            table=Table(tables.table_client(self.clock, self.ids), self.settings.table_name, self.clock, self.ids),
            queues=Queues(lambda: boto3.client("sqs")),
            secrets=Secrets(lambda: self._secrets, self.clock),
            outbound=self.endpoint,  # type: ignore[arg-type]
            bus=Bus(lambda: events, self.settings.event_bus),
            memory=Memory(self.clock),
            connect_gateway=lambda: self.provider,
        )
        self.provider = SimulatedProvider(TableShelf(self.ports.table), self.clock, lambda: PROVIDER_SECRET)
        self.deliver(delivery)

    def deliver(self, delivery: Delivery | None) -> None:
        """From here on events are delivered like this."""
        streams, sqs = self.tables.streams(), boto3.client("sqs")
        self.pump = Pump(self.app, streams=streams, sqs=sqs, delivery=delivery)

    # -- people ------------------------------------------------------------------------------------------------------

    def person(self, claims: dict[str, Any] | None) -> Person:
        return Person(Client(self.app), unsigned(claims) if claims else None)

    def fan(self, name: str = "ada") -> Person:
        return self.person(claims_of(name))

    def organiser(self, name: str = "olga") -> Person:
        return self.person(claims_of(name, groups=["organisers"]))

    def maker(self, manufacturer_id: str = "maker") -> Person:
        return self.person(claims_of(manufacturer_id, groups=["manufacturers"], manufacturer_id=manufacturer_id))

    @property
    def anybody(self) -> Person:
        return self.person(None)

    # -- the story ---------------------------------------------------------------------------------------------------

    def register_maker(self, manufacturer_id: str = "maker") -> None:
        maker = Manufacturer(manufacturer_id=manufacturer_id, name="Maker", endpoint_url="https://maker.example/orders")
        self.ports.table.commit(manufacturing.registering(maker))
        name = f"{self.settings.webhook_secret_prefix}{manufacturer_id}"
        self._secrets.create_secret(Name=name, SecretString=SECRET)

    def campaign(self, organiser: str = "olga", **changes: Any) -> str:
        """A draft; answers its id."""
        reply = self.organiser(organiser).post("/v1/campaigns", new_campaign(**changes))
        assert reply.status == 201, reply.text
        return str(reply.json["campaign_id"])

    def voting(self, **changes: Any) -> str:
        campaign_id = self.campaign(**changes)
        assert self.organiser().post(f"/v1/campaigns/{campaign_id}/open-voting").status == 200
        return campaign_id

    def settle(self, campaign_id: str) -> None:
        assert self.organiser().post(f"/v1/campaigns/{campaign_id}/settle").status == 200
        self.settle_down()

    def presale(self, *, ballots: int = 1, **changes: Any) -> str:
        """A campaign in its pre-sale: red has won, both lenses are selectable."""
        campaign_id = self.voting(**changes)
        for number in range(ballots):
            self.vote(f"voter{number}", campaign_id, colour=["red"], lens=["wide", "tele"])
        self.clock.forward(seconds=1)
        self.settle(campaign_id)
        reply = self.organiser().post(f"/v1/campaigns/{campaign_id}/open-presale")
        assert reply.status == 200, reply.text
        return campaign_id

    def vote(self, name: str, campaign_id: str, **votes: list[str]) -> Reply:
        return self.fan(name).put(f"/v1/campaigns/{campaign_id}/ballot", {"votes": votes})

    def place(self, name: str, campaign_id: str, quantity: int = 1, key: str = "k1", **body: Any) -> Reply:
        lines = [{"variant": {"lens": "wide"}, "quantity": quantity}]
        path = f"/v1/campaigns/{campaign_id}/preorders"
        return self.fan(name).post(path, {"lines": lines, **body}, Idempotency_Key=key)

    def settle_down(self) -> None:
        """Until nothing moves any more: every stream record and every message delivered."""
        self.pump.settle(patience_seconds=0)

    def tick(self) -> None:
        """The schedules fire, and what follows from them."""
        self.pump.tick()
        self.settle_down()

    # -- what is stored ----------------------------------------------------------------------------------------------

    def items(self, kind: str | None = None) -> list[dict[str, Any]]:
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.settings.table_name)
        found = [unpack(item) for page in pages for item in page["Items"]]
        return [item for item in found if kind is None or item.get("kind") == kind]

    def batch(self, campaign_id: str, number: int = 1) -> dict[str, Any]:
        return self.ports.table.get(keys.batch(campaign_id, number)) or {}

    def batches(self, campaign_id: str) -> list[dict[str, Any]]:
        return list(self.anybody.get(f"/v1/campaigns/{campaign_id}/batches").json["items"])


@contextmanager
def opened(
    app: Chalice, environment: dict[str, str], delivery: Delivery | None = None, tables: Tables = IN_MOTO
) -> Iterator[World]:
    """A world on a fresh engine; doors use its ports while it is open.

    The table is the stack's own definition; the rest is made directly, since a whole stack takes ten times as long.
    """
    sqs = boto3.client("sqs")
    for queue in (value for setting, value in environment.items() if setting.endswith("_QUEUE")):
        sqs.create_queue(QueueName=queue, Attributes={"VisibilityTimeout": "0"})
    boto3.client("events").create_event_bus(Name=environment["EVENT_BUS"])
    with created(tables.dynamodb(), environment["TABLE_NAME"]) as stream_arn:
        waits = {"DRAIN_SECONDS": "0", "CAMPAIGN_FRESH_SECONDS": "0"}
        world = World(app, environment | {"STREAM_ARN": stream_arn, **waits}, delivery, tables)
        with ports_.using(world.ports):
            world.register_maker()
            yield world
