"""The ports of a history: the functions' own Table, client and senders; what is behind them is in memory, and goes
wrong as the plan says. Every call is a switch point."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from chalicelib.plumbing import settings as settings_
from chalicelib.plumbing.bus import Bus
from chalicelib.plumbing.dynamodb import PAUSE_SECONDS, TRIES, DynamoDB, _passing
from chalicelib.plumbing.memory import Memory
from chalicelib.plumbing.outbound import Answer, EndpointSilent
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.queues import Queues
from chalicelib.plumbing.secrets import Secrets
from chalicelib.plumbing.sigv4 import Credentials
from chalicelib.plumbing.table import Table
from tests.conftest import ENVIRONMENT
from tests.hands import START, CountedIds
from tests.races.quick_world import OneSecret
from tests.simulation import limits
from tests.simulation.faults import Faults
from tests.simulation.gateway import FaultyGateway
from tests.simulation.scheduler import Died, Scheduler
from tests.simulation.store import Store

PAUSES_MS = {"pause": 20, "wait": 2000, "freeze": 400_000}
THROTTLES_MS = {"throttle": 30, "throttle long": 3000}
LAGS_MS = {"stale": 500, "stale long": 60_000}
IN_FLIGHT_MS = 20
SETTINGS = settings_.read(ENVIRONMENT | {"DRAIN_SECONDS": "0", "CAMPAIGN_FRESH_SECONDS": "2"})
# When, who, what, with which request, and what befell it.
Told = tuple[int, str, str, Any, str]
_NOBODY = Credentials("nobody", "nothing", None, "us-east-1", "dynamodb")
_IN_MEMORY = "memory:"


@dataclass
class Clock:
    """The scheduler's time, as wrong as the invocation's clock is."""

    scheduler: Scheduler

    def now(self) -> datetime:
        current = self.scheduler.current
        return START + timedelta(milliseconds=self.scheduler.now_ms + (current.skew_ms if current else 0))

    def monotonic(self) -> float:
        return self.scheduler.now_ms / 1000

    def sleep(self, seconds: float) -> None:
        self.scheduler.pause(int(seconds * 1000))


class World:
    """One history's ports, and what happened on them. `send` is told of each message: queue, body, delay in ms."""

    def __init__(self, faults: Faults, make_table: type[Table] = Table) -> None:
        self.faults, self.scheduler = faults, Scheduler()
        self.store = Store(lambda: self.scheduler.now_ms)
        self.send: Callable[[str, str, int], None] = lambda _queue, _body, _delay_ms: None
        self.announced: list[str] = []
        # To which address, under which id, what.
        self.posted: list[tuple[str, str, bytes]] = []
        self.story: list[Told] = []
        clock, ids = Clock(self.scheduler), CountedIds()
        self.ports = Ports(
            settings=SETTINGS,
            clock=clock,
            ids=ids,
            table=make_table(wired(self, clock, ids), SETTINGS.table_name, clock, ids),  # type: ignore[arg-type]
            queues=Queues(lambda: Sender(self)),  # type: ignore[arg-type,return-value]
            secrets=Secrets(OneSecret, clock),  # type: ignore[arg-type]
            outbound=Endpoint(self),  # type: ignore[arg-type]
            bus=Bus(lambda: Events(self), SETTINGS.event_bus),
            memory=Memory(clock),
            connect_gateway=lambda: self.gateway,
        )
        self.gateway = FaultyGateway(self)

    def tell(self, actor: str, what: str, request: Any = None, kind: str = "") -> None:
        self.story.append((self.scheduler.now_ms, actor, what, request, kind))

    def call(self, name: str, act: Callable[[str], Any], request: Any = None) -> Any:
        """One try of one call, with what befalls it. `act` hears of it: a table knows more than to fail."""
        invocation = self.scheduler.current
        if invocation is None:
            return act("")
        self.scheduler.now_ms += 1
        kind = invocation.streak.pop() if invocation.streak else self.faults.decide("call", invocation.actor)
        self.tell(invocation.actor, name, request, kind)
        if kind in PAUSES_MS:
            self.scheduler.pause(PAUSES_MS[kind])
        if kind.endswith(" all"):
            kind = kind.removesuffix(" all")
            invocation.streak = [kind, kind]
        if kind == "die before":
            raise Died
        if kind == "refuse":
            raise EndpointConnectionError(endpoint_url=_IN_MEMORY)
        answer = act(kind)
        if name == "GetItem":
            invocation.read_ms = self.scheduler.now_ms
        if kind == "die after":
            raise Died
        if kind == "lose":
            raise ReadTimeoutError(endpoint_url=_IN_MEMORY)
        return answer


@dataclass(frozen=True, kw_only=True)
class Wire(DynamoDB):
    """The functions' own client; what it sends goes into the store as it is, with the client's own retries. A request
    is made anew for each call, and nobody changes it: so it need not become text and be read again."""

    world: World

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """As `DynamoDB._call`: `test_the_wire_tries_again_as_the_client_does` compares the two."""
        for tries in range(1, TRIES + 1):
            try:
                return self.world.call(operation, lambda kind: self._answered(operation, request, kind), request)
            except ClientError as error:
                if tries == TRIES or not _passing(error):
                    raise
            except (EndpointConnectionError, ReadTimeoutError):
                if tries == TRIES:
                    raise
            self.clock.sleep(self.ids.jitter() * PAUSE_SECONDS * 2**tries)
        raise AssertionError("the last try answers or raises")

    def _answered(self, operation: str, request: dict[str, Any], kind: str) -> dict[str, Any]:
        store, now_ms = self.world.store, self.world.scheduler.now_ms
        if kind in THROTTLES_MS:
            store.throttled[limits.partitions(operation, request)[0]] = now_ms + THROTTLES_MS[kind]
        flight_ms = IN_FLIGHT_MS if kind == "in flight" else 0

        def others() -> None:
            if flight_ms:
                self.world.scheduler.pause(flight_ms)

        return store.answer(operation, request, lag_ms=LAGS_MS.get(kind, 0), in_flight=others)


def wired(world: World, clock: Clock, ids: CountedIds) -> Wire:
    return Wire(endpoint=_IN_MEMORY, who=_NOBODY, clock=clock, ids=ids, pool=None, world=world)  # type: ignore[arg-type]


def named(told: Told) -> str:
    """One line of the story: when, who, what, on which keys, and what befell it."""
    at_ms, actor, what, request, kind = told
    if what == "Query":
        what += f" {request['ExpressionAttributeValues'][':pk']['S']}"
    elif request:
        what += " " + ", ".join(f"{key['pk']['S']}/{key['sk']['S']}" for key in limits.keys(what, request))
    return f"{at_ms / 60_000:9.4f} min  {actor:12} {what}" + (f": {kind}" if kind else "")


class Sender:
    """The calls of an SQS client that a sender makes."""

    def __init__(self, world: World) -> None:
        self.world = world

    def get_queue_url(self, *, QueueName: str) -> dict[str, str]:  # noqa: N803
        return {"QueueUrl": QueueName}

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0) -> None:  # noqa: N803
        self.world.call(f"send {MessageBody}", lambda _: self.world.send(QueueUrl, MessageBody, 1000 * DelaySeconds))


class Events:
    """The bus."""

    def __init__(self, world: World) -> None:
        self.world = world

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.world.call("announce", lambda _: self.world.announced.extend(entry["Detail"] for entry in Entries))
        return {"FailedEntryCount": 0}


class Endpoint:
    """The manufacturer's, as the sender sees it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def post(self, url: str, *, headers: dict[str, str], body: bytes) -> Answer:
        invocation = self.world.scheduler.current
        trouble = self.world.faults.decide("answer", invocation.actor) if invocation else ""
        if trouble == "answer 500":
            return Answer(500, b"")
        try:
            self.world.call(f"post to {url}", lambda _: self.world.posted.append((url, headers["webhook-id"], body)))
        except (EndpointConnectionError, ReadTimeoutError) as error:
            raise EndpointSilent(type(error).__name__) from None
        if trouble:
            raise EndpointSilent(trouble)
        return Answer(204, b"")
