"""Ports: all that an action may touch of the world, in one value that is passed in. Doors take it from here, tests
bring their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial

from chalicelib.plumbing import settings as settings_
from chalicelib.plumbing.bus import Bus
from chalicelib.plumbing.clock import Clock, Ids, SystemClock, SystemIds
from chalicelib.plumbing.gateway.port import Gateway
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
    connect_gateway: Callable[[], Gateway]

    @property
    def gateway(self) -> Gateway:
        """The payment provider; made when it is first spoken to, since most functions never do."""
        return self.connect_gateway()


@cache
def _of_this_process() -> Ports:
    from chalicelib.plumbing import aws  # noqa: PLC0415 - no client is made in a test of pure rules

    settings, clock, ids = settings_.current(), SystemClock(), SystemIds()
    table = Table(aws.table_client(clock, ids), settings.table_name, clock, ids)
    secrets = Secrets(partial(aws.client, "secretsmanager"), clock)
    return Ports(
        settings=settings,
        clock=clock,
        ids=ids,
        table=table,
        queues=Queues(partial(aws.client, "sqs")),
        secrets=secrets,
        outbound=Outbound(clock, settings.outbound_allow),
        bus=Bus(partial(aws.client, "events"), settings.event_bus),
        memory=Memory(clock),
        connect_gateway=cache(partial(_gateway, settings, table, secrets, clock)),
    )


def _gateway(settings: Settings, table: Table, secrets: Secrets, clock: Clock) -> Gateway:
    from chalicelib.plumbing.gateway import chosen  # noqa: PLC0415 - only for whoever speaks to the provider

    return chosen.gateway(settings, table, secrets, clock)


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
