"""A small sale whose payments are carried by hand: each message, each event of the provider and each look of the clock
comes when a test says so, twice, late or never. Every write is heard by the simulation's watch over money, which keeps
what does not hold."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ReadTimeoutError

from chalicelib.plumbing.gateway.document import Document, settled
from chalicelib.plumbing.gateway.port import Event
from chalicelib.plumbing.typed_json import unpack
from infra.local.pump import Restless
from infra.local.queue_source import QueueSource
from tests.cameras import batch_plan
from tests.conftest import ENVIRONMENT, groundswell
from tests.hands import START
from tests.invariants import checks
from tests.invariants.history import history_is_lawful
from tests.invariants.items import Item, Items, batch_of, of
from tests.invariants.money import (
    no_more_is_taken_than_was_accepted,
    nothing_is_charged_twice,
    what_is_ordered_is_what_was_paid,
)
from tests.payments.wire import Wire
from tests.people import Reply
from tests.races.engine import Message
from tests.races.engine_events import MOST_RECEIVES, _shown
from tests.races.quick_world import Moment, QuickWorld, quickly_opened
from tests.races.test_crash_points import READS, AfterWrite, Crash
from tests.simulation.money import MoneyWatch

QUEUE = ENVIRONMENT["PAYMENTS_QUEUE"]
PLANS = {
    "save_card": {"kind": "save_card"},
    "deposit": {"kind": "deposit", "percent": 30},
    "prepay": {"kind": "prepay"},
}
MOST_ROUNDS = 300
BATCH_ENDS = START + timedelta(days=30, minutes=1)


@cache
def prepared(plan: str, minimum: int, price_minor: int) -> tuple[QuickWorld, Moment, str]:
    """A pre-sale in which nobody has pre-ordered yet. From seven units on all of them are cheaper."""
    ladder = [
        {"from_units": 1, "unit_price_minor": price_minor},
        {"from_units": 7, "unit_price_minor": price_minor - price_minor // 7},
    ]
    batches = [batch_plan(minimum=minimum, capacity=14)]
    with quickly_opened(groundswell, ENVIRONMENT) as world:
        campaign_id = world.presale(batches=batches, payment_plan=PLANS[plan], price_ladder=ladder)
        world.settle_down()
        return world, world.moment(), campaign_id


class Stored(dict[Any, list[tuple[int, Any]]]):
    """What is stored now is what was read last: between reading and asking nobody else acts here."""

    def __init__(self, items: dict[Any, Any]) -> None:
        super().__init__()
        self._items = items

    def __missing__(self, key: Any) -> list[tuple[int, Any]]:
        return [(0, self._items.get(key))]


class Sale:
    """`broken`: what did not hold at some write. `failing`: the next worker that writes dies, or loses an answer."""

    def __init__(self, plan: str, minimum: int, price_minor: int, *, hasty: bool) -> None:
        self.world, moment, self.campaign_id = prepared(plan, minimum, price_minor)
        self.world.back_to(moment)
        self.world.ids.given, self.hasty = 1000, hasty
        self.world.engine.tokens.clear()
        self.world.gateway = self.wire = Wire(self.world)
        self.broken: list[str] = []
        self.sent: list[str] = []
        self.failing: AfterWrite | None = None
        self._heard, self._checked, self._messages = 0, -1, 0
        engine = self.world.engine
        store = SimpleNamespace(items=engine.items, written=[], versions=Stored(engine.items))
        seen = SimpleNamespace(gateway=self.wire, store=store, scheduler=SimpleNamespace(current=None, now_ms=0))
        self.watch, self._written = MoneyWatch(seen, unpack, self.broken), store.written
        engine.hook = self._called

    # -- what is delivered ---------------------------------------------------------------------------------------

    def act(self, do: Callable[[], Any]) -> Any:
        """Does it, and lets all but payments catch up if this sale is hasty. Whoever dies or fails does so in silence:
        the queue, the stream or the clock comes again."""
        answer = None
        with suppress(Crash, ReadTimeoutError):
            answer = do()
        if self.hasty:
            with suppress(Crash, ReadTimeoutError):
                self.catch_up()
        return answer

    def catch_up(self, *, payments: bool = False) -> None:
        """The stream and the queues, as far as they move; the queue of payments as well, if it is meant."""
        sources = [one for one in self.world.pump.sources if payments or one is not self._pay]
        for _ in range(MOST_ROUNDS):
            if not sum(one.turn() for one in sources) and not any(one.pending for one in sources):
                return
        raise Restless("the sale does not come to rest")

    @property
    def _pay(self) -> QueueSource:
        return next(one for one in self.world.pump.sources if one.name == "pay")  # type: ignore[return-value]

    @property
    def pending(self) -> list[Message]:
        return self.world.engine.queues[QUEUE]

    def deliver(self, message: Message, *, again: bool = False) -> None:
        """One message of payments. `again`: it stays in the queue though it was handled."""
        source = self._pay
        source._find()
        message.receives += 1
        failed = source._handle([source._to_lambda(_shown(message))])
        if message in self.pending and ((not failed and not again) or message.receives >= MOST_RECEIVES):
            self.pending.remove(message)
            self.world.engine.dead[QUEUE] += [message] if failed else []

    def deliver_old(self, body: str) -> None:
        self.deliver(Message("old", body, self.world.clock.now()))

    def look(self, preorder_id: str) -> None:
        """Somebody wants to know how a payment stands at the provider."""
        self.deliver_old(json.dumps({"preorder_id": preorder_id, "look": 1}))

    def fire(self, name: str) -> None:
        next(one for one in self.world.pump.schedules if one.name == name).fire()

    def forward(self, duration: timedelta) -> None:
        self.wire.arrive(self.world.clock.now() + duration)
        self.world.clock.moment += duration

    def events(self) -> list[Event]:
        """All that the provider has to tell by now."""
        return self.wire.provider.events(START - timedelta(days=1))

    def post(self, event: Event) -> Reply:
        headers, body = self.wire.provider.signed(event, self.world.clock.now())
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        return self.world.anybody.call("POST", "/v1/payments/events", body, **named)

    # -- what is there -------------------------------------------------------------------------------------------

    def of(self, kind: str) -> Items:
        return [unpack(item) for item in self.world.engine.items.values() if item.get("kind") == {"S": kind}]

    @property
    def batch(self) -> Item:
        return self.world.batch(self.campaign_id)

    def document(self, about: str) -> Document | None:
        document, _ = self.wire.shelf.read(about)
        return settled(document, self.world.clock.now()) if document else None

    # -- what must hold ------------------------------------------------------------------------------------------

    def _called(self, when: str, call: str) -> None:
        if when == "after" and call not in READS:
            self._hear()
        if self.failing:
            self.failing(when, call)  # type: ignore[arg-type]

    def _hear(self) -> None:
        """Tells the watch of each change, and then that the write is over: what must hold holds between any two."""
        stream = self.world.engine.stream
        fresh, self._heard = stream[self._heard :], len(stream)
        for record in (one["dynamodb"] for one in fresh):
            old, new = unpack(record.get("OldImage", {})), unpack(record.get("NewImage", {}))
            hears = {"payment": self.watch.payment, "ledger": self.watch.ledger}.get(new.get("kind", ""))
            try:
                history_is_lawful([(old, new)])
                if hears:
                    hears((new["pk"], new["sk"]), old, new)
            except AssertionError as error:
                self.broken.append(str(error))
        for written in self._written:
            written()
        queue = self.world.engine.queues[QUEUE]
        self.sent += [one.body for one in queue if int(one.message_id.rpartition("-")[2]) > self._messages]
        self._messages = self.world.sqs.sent

    def check(self) -> None:
        """What holds at every instant."""
        assert not self.broken, self.broken[0]
        if self._checked != len(self.world.engine.stream):
            self._checked = len(self.world.engine.stream)
            items = self.world.items()
            checks.agree(items, checks.AT_EVERY_INSTANT)
            what_is_ordered_is_what_was_paid(_as_followed(items))
            theirs = [_as_the_provider_tells(one, self.document(one["preorder_id"])) for one in of(items, "payment")]
            checks.agree(theirs, [no_more_is_taken_than_was_accepted])
            nothing_is_charged_twice([_with_refunds_as_charges(one) for one in theirs])


def _as_followed(items: Items) -> Items:
    """As if what is paid for in an ordered batch had heard of it."""
    made = {batch_of(one) for one in of(items, "batch") if one["state"] == "ordered"}
    return [
        {**one, "state": "ordered"}
        if one.get("kind") == "preorder" and one["state"] == "paid" and batch_of(one) in made
        else one
        for one in items
    ]


def _as_the_provider_tells(payment: Item, document: Document | None) -> Item:
    """A payment with what stands in the provider's books, heard of or not."""
    things = list(document["things"].values()) if document else []
    charges = [one for one in things if one["kind"] == "charge" and one["result"] == "done"]
    refunds = [one for one in things if one["kind"] == "refund" and one["result"] != "failed"]
    return {
        **payment,
        "charges": [{"series": one["series"], "minor": one["minor"]} for one in charges],
        "refunds": [{"amount_minor": one["minor"], "state": one["result"], "number": one["series"]} for one in refunds],
    }


def _with_refunds_as_charges(payment: Item) -> Item:
    """Each refund is given back once, as each series is charged once."""
    back = [{"series": f"refund {one['number']}", "minor": one["amount_minor"]} for one in payment["refunds"]]
    return {**payment, "charges": [*payment["charges"], *back]}
