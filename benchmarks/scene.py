"""A world of the tests with a ledger: what is set up passes unseen, what is called is booked."""

import gzip
import io
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from contextvars import Context
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import boto3
from moto import mock_aws

from benchmarks import metering
from benchmarks.ledger import Ledger, Stdout
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.gateway.shelf import MemoryShelf
from chalicelib.plumbing.gateway.simulated import SimulatedProvider
from infra import event_sources
from infra.local import resources
from infra.local.queue_source import QueueSource
from tests.cameras import batch_plan, new_campaign
from tests.conftest import ENVIRONMENT, groundswell  # type: ignore[attr-defined]
from tests.hands import PROVIDER_SECRET
from tests.people import Reply
from tests.world import World
from tests.world import opened as opened_world

# API Gateway compresses from here on (minimum_compression_size of the app's configuration).
COMPRESSED_BYTES = 1024
MOST_OPTIONS = 200
SUCCESS = range(200, 300)
CREATED = 201
METRICS = "POWERTOOLS_METRICS_DISABLED"


@dataclass
class Notes:
    """What is measured beside the units: bytes of answers as they leave, bytes of items as they lie, metric names."""

    answers: dict[str, int] = field(default_factory=dict)
    stored: dict[str, int] = field(default_factory=dict)
    metric_names: set[str] = field(default_factory=set)


@dataclass
class Scene:
    """One world. `call` books a request and what it sets off; `taken` answers the books and begins new ones."""

    world: World
    ledger: Ledger
    notes: Notes
    scan: Callable[[], list[metering.Item]]
    _reply: Reply | None = None

    def call(self, act: Callable[[], Reply], *, settle: bool = True, status: int = 0) -> None:
        """One request to the API. Without `settle`, what it sets off stays undelivered. `status`: of an expected
        refusal."""
        with self.ledger.running("api"):
            self._reply = act()
        assert self._reply.status in ((status,) if status else SUCCESS), self._reply.text
        if settle:
            self.world.settle_down()

    def taken(self, *, per: int = 1) -> dict[str, dict[str, float]]:
        self.notes.metric_names |= self.ledger.metric_names
        return self.ledger.taken(per=per)

    def note_answer(self, path: str) -> None:
        """Bytes of the last answer's body as API Gateway sends it."""
        body = self._reply.text.encode() if self._reply else b""
        self.notes.answers[path] = len(gzip.compress(body, mtime=0)) if len(body) >= COMPRESSED_BYTES else len(body)

    def note_stored(self, name: str, *, kinds: tuple[str, ...], per: int) -> None:
        """Mean bytes of stored items of these kinds, and how many items, for each of so many."""
        found = [item for item in self.scan() if item["kind"]["S"] in kinds]
        self.notes.stored[name] = round(sum(map(metering.item_bytes, found)) / per)
        self.notes.stored[f"{name}_items"] = round(len(found) / per)

    # -- the setting -------------------------------------------------------------------------------------------------

    def voting(self, *, options: int) -> str:
        """A campaign in its voting, with nothing left to deliver and nothing booked."""
        campaign_id = self.world.voting(**campaign_of(options))
        self.world.settle_down()
        self.ledger.clear()
        return campaign_id

    def presale(self, *, capacity: int, options: int = 10, **changes: Any) -> str:
        """A campaign in its pre-sale, with one batch."""
        plan = batch_plan(minimum=5, capacity=capacity)
        campaign_id = self.world.presale(**{**campaign_of(options), "batches": [plan], **changes})
        self.world.settle_down()
        self.ledger.clear()
        return campaign_id

    def vote(self, fan: str, campaign_id: str) -> Reply:
        return self.world.vote(fan, campaign_id, colour=["red"], lens=["wide", "tele"])

    def place(self, fan: str, campaign_id: str, *, lens: str = "wide", quantity: int = 1, key: str = "k") -> Reply:
        lines = [{"variant": {"lens": lens}, "quantity": quantity}]
        path = f"/v1/campaigns/{campaign_id}/preorders"
        return self.world.fan(fan).post(path, {"lines": lines}, Idempotency_Key=key)

    def placed(self, fan: str, campaign_id: str, **wanted: Any) -> dict[str, Any]:
        """A pre-order of the setting: it has to succeed."""
        reply = self.place(fan, campaign_id, **wanted)
        assert reply.status == CREATED, reply.text
        return dict(reply.json)


def fan(number: int) -> str:
    """A name whose subject is as long as a user pool's: 36 characters."""
    return f"{number:032d}"


def campaign_of(options: int) -> dict[str, Any]:
    """The tests' camera with so many options in all, at most 200 in each of its two features and in a third."""
    camera = new_campaign()
    features: list[dict[str, Any]] = camera["features"]
    if options > MOST_OPTIONS * len(features):
        features.append({"feature_id": "strap", "title": "Strap", "method": "approval", "keep": 1, "options": []})
    share = options // len(features)
    for feature in features:
        name = feature["feature_id"]
        feature["options"] += [_option(name, number) for number in range(len(feature["options"]), share)]
    return {"features": features}


def _option(feature: str, number: int) -> dict[str, Any]:
    part = {"sku": f"{feature.upper()}-{number}", "quantity": 1}
    return {"option_id": f"{feature}-{number}", "label": f"{feature.title()} {number}", "parts": [part]}


@contextmanager
def opened(notes: Notes) -> Iterator[Scene]:
    """A fresh world on moto whose functions write their logs and metrics as they do when deployed."""
    with mock_aws(), _speaking(), redirect_stdout(io.StringIO()):
        boto3.setup_default_session()
        probe = boto3.session.Session().client("dynamodb")
        definition, table = resources.table_definition(), ENVIRONMENT["TABLE_NAME"]

        def look(key: metering.Item) -> metering.Item | None:
            # In a context of its own: no function asks for this, so none has to be allowed to.
            read = partial(probe.get_item, TableName=table, Key=key, ConsistentRead=True)
            return Context().run(read).get("Item")

        ledger = Ledger(look, metering.indexes(definition))
        assert boto3.DEFAULT_SESSION is not None
        ledger.watch(boto3.DEFAULT_SESSION.events)
        with opened_world(groundswell, ENVIRONMENT) as world:
            # A provider's books are not in our table: what the simulated one writes there is nobody's bill.
            world.provider = SimulatedProvider(MemoryShelf(), world.clock, lambda: PROVIDER_SECRET)
            _book_background(world, ledger)
            sqs = boto3.client("sqs")
            world.ports.queues.connect = lambda: sqs
            yield Scene(world, ledger, notes, lambda: [*probe.scan(TableName=table)["Items"]])
        boto3.DEFAULT_SESSION = None


def _book_background(world: World, ledger: Ledger) -> None:
    for source in (*world.pump.sources, *world.pump.schedules):
        source.handler = _booked(ledger, source.name, source.handler, polled=isinstance(source, QueueSource))


def _booked(ledger: Ledger, name: str, handler: Callable[..., Any], *, polled: bool) -> Callable[..., Any]:
    """Lambda's filter drops what a function is not fed with: an event of nothing else is no invocation."""
    filters = event_sources.FILTERS.get(name, ())

    def run(event: dict[str, Any], context: Any) -> Any:
        records = event.get("Records")
        if records and not any(event_sources.passes(filters, record) for record in records):
            return handler(event, context)
        with ledger.running(name, polled=polled):
            return handler(event, context)

    return run


@contextmanager
def _speaking() -> Iterator[None]:
    """The tests' environment silences metrics and most logs; here they are what is measured."""
    os.environ[METRICS] = "false"  # noqa: TID251 - powertools reads it nowhere else
    level, handler = telemetry.log.log_level, telemetry.log.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    telemetry.log.setLevel("INFO")
    stream = handler.setStream(Stdout())
    try:
        yield
    finally:
        handler.setStream(stream)
        telemetry.log.setLevel(level)
        os.environ[METRICS] = ENVIRONMENT[METRICS]  # noqa: TID251
