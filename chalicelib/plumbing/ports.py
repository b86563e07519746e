"""Ports: all that an action may touch of the world, in one value that is passed in. Doors take it from here, tests
bring their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial

from chalicelib.plumbing import settings as settings_
from chalicelib.plumbing.bus import Bus
from chalicelib.plumbing.clock import Clock, Ids, SystemClock, SystemIds
from chalicelib.plumbing.memory import Memory
from chalicelib.plumbing.outbound import Outbound
from chalicelib.plumbing.queues import Queues
from chalicelib.plumbing.secrets import Secrets
from chalicelib.plumbing.settings import Settings
from chalicelib.plumbing.table import Table


@dataclass(frozen=True)
class Ports:
    """The world as actions see it."""

    settings: Settings
    clock: Clock
    ids: Ids
    table: Table
    queues: Queues
    secrets: Secrets
    outbound: Outbound
    bus: Bus
    memory: Memory


@cache
def _of_this_process() -> Ports:
    from chalicelib.plumbing import aws  # noqa: PLC0415 - no client is made in a test of pure rules

    settings, clock, ids = settings_.current(), SystemClock(), SystemIds()
    return Ports(
        settings=settings,
        clock=clock,
        ids=ids,
        table=Table(aws.table_client(clock, ids), settings.table_name, clock, ids),
        queues=Queues(partial(aws.client, "sqs")),
        secrets=Secrets(partial(aws.client, "secretsmanager"), clock),
        outbound=Outbound(clock, settings.outbound_allow),
        bus=Bus(partial(aws.client, "events"), settings.event_bus),
        memory=Memory(clock),
    )


_borrowed: list[Ports] = []


def current() -> Ports:
    """The ports that doors hand to actions."""
    return _borrowed[-1] if _borrowed else _of_this_process()


@contextmanager
def using(ports: Ports) -> Iterator[Ports]:
    """Lets doors use these ports instead: for tests and simulations."""
    _borrowed.append(ports)
    try:
        yield ports
    finally:
        _borrowed.pop()


if settings_.on_lambda():
    current()  # a function starts on a whole processor, whatever its memory, but answers on a share of one
