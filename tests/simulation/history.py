"""One history: people and machines under faults, then without, until everything has come to rest; then it is judged."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.batches import actions as batches
from chalicelib.batches import notices, promises
from chalicelib.campaigns import agreements, plans
from chalicelib.campaigns import store as campaign_store
from chalicelib.kernel import instants, keys
from chalicelib.manufacturing import actions as manufacturing
from chalicelib.manufacturing import store as manufacturing_store
from chalicelib.manufacturing.model import Manufacturer
from chalicelib.payments import actions as payments
from chalicelib.payments import events, reconciling
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.table import Table
from chalicelib.preorders import following
from chalicelib.waiting import actions as waiting
from tests.simulation import checks, features, reversals
from tests.simulation.bank import Bank
from tests.simulation.containers import Function
from tests.simulation.drop_outs import TakingOver
from tests.simulation.expressions import Item
from tests.simulation.faults import Fault, Faults, Options, shrink
from tests.simulation.features import CAMPAIGN_ID, MINUTE_MS, OLGA
from tests.simulation.payers import Payers
from tests.simulation.people import People
from tests.simulation.queues import Queue
from tests.simulation.replicas import Key, key_of
from tests.simulation.reversals import Reversals
from tests.simulation.shards import Stream
from tests.simulation.shortcuts import quickly
from tests.simulation.watch import Watch
from tests.simulation.world import SETTINGS, Told, World

TICK_MS, HOUR_MS = 5 * MINUTE_MS, 60 * MINUTE_MS
# By so much a clock may be fast.
FASTEST_MS = 11 * MINUTE_MS
# L1: so long after the last closing time, or the last fault, everything is over.
BOUND_MS = 45 * MINUTE_MS
# And so long the provider may have kept an error under a key, of a charge first and then of its refund.
DAY_MS = 24 * HOUR_MS
KEPT_MS = 3 * DAY_MS
DAYS_MS = 3 * 24 * 60 * MINUTE_MS
# What was done with comes once more in the end: so many records of a shard, so many messages of a queue.
AGAIN = 2
Plan = frozenset[Fault]


@dataclass
class Outcome:
    """How a history ended: what it was made of, and the check that failed, if one did."""

    options: Options
    met: list[Fault]
    failure: str = ""
    story: list[Told] = field(default_factory=list, repr=False)


class History:
    """Everything that lives in one history."""

    def __init__(
        self, options: Options, plan: Plan | None, make_table: type[Table], unpack: Callable[[Item], dict[str, Any]]
    ) -> None:
        self.unpack = unpack
        self.options, self.faults = options, Faults(options, plan)
        self.world = World(self.faults, make_table)
        ports = self.world.ports
        self.watch = Watch(self.world, unpack)
        self.world.store.heard += [self.watch.heard, self._poison, self._listed]
        self._soonest: str | None = None
        self.clock = Function(self.world)
        self.campaign = features.campaign(options.seed, options.features)
        maker = Manufacturer(manufacturer_id="maker", name="Maker", endpoint_url=checks.ADDRESS)
        other = Manufacturer(manufacturer_id="other", name="Other", endpoint_url="https://other.example/orders")
        registering = [manufacturing_store.registering(one) for one in (maker, other)]
        ports.table.commit(*registering, campaign_store.creating(self.campaign))
        self.stream = Stream(self.world, options.shards)
        self.queues = {
            SETTINGS.payments_queue: Queue(self.world, "payments", _pay, 10),
            SETTINGS.following_queue: Queue(self.world, "following", following.follow, 1),
            SETTINGS.orders_queue: Queue(self.world, "orders", manufacturing.deliver, 1),
        }
        self.world.send = lambda queue, body, delay_ms: self.queues[queue].send(body, delay_ms)
        self.broken_before = 0
        self.people = People(self.world, options, self.campaign)
        self.watch.codes = self.people.codes
        self.bank = Bank(self.world)
        self.world.store.heard.append(Payers(self.people, self.bank).heard)
        self.world.store.heard.append(TakingOver(self.people).heard)
        self.reversals = Reversals(self)
        self._acts = [batches.close_due, payments.look_after, events.look_after]
        self._acts += [promises.close_due, notices.give_due] if "slips" in options.features else []
        self._acts += [waiting.end_due] if "waiting" in options.features else []

    def live(self) -> None:
        """Safety under faults, then heal, then liveness: everything must come to rest, and agree."""
        world, scheduler = self.world, self.world.scheduler
        batches.open_presale(world.ports, OLGA, CAMPAIGN_ID)
        self._cut_pages()
        self.people.come()
        scheduler.at(TICK_MS, self._tick)
        if self.options.reversals:
            scheduler.at(DAY_MS, self._compare)
        scheduler.run(self.options.heal_minute * MINUTE_MS)
        self._heal()
        end_ms = max(self._last_ms(), scheduler.now_ms) + KEPT_MS + BOUND_MS
        scheduler.run(end_ms)
        checks.others_went_on(self)
        for order_id in dict.fromkeys(order_id for _, order_id, _ in self.world.posted):
            self.people.answer_order(order_id)
            self.people.answer_order(order_id)
        scheduler.run(end_ms + BOUND_MS)
        self.broken_before = len(self.watch.broken)
        scheduler.now_ms += DAYS_MS
        self._redrive()
        scheduler.run(scheduler.now_ms + self._following_ms() + KEPT_MS + BOUND_MS)

    def _last_ms(self) -> int:
        """When the last batch is decided, and whatever follows from that, if everybody is on time."""
        closed_ms = features.closes_ms(self.options.features) * (len(self.campaign.batches) + 1)
        return closed_ms + self._following_ms()

    def _following_ms(self) -> int:
        """How long a batch takes from its end on: what was driven again may set off all of it."""
        playing_ms = int(agreements.longest(self.campaign.playbook).total_seconds() * 1000)
        slips_ms = HOUR_MS if "slips" in self.options.features else 0
        waits = plans.longest_wait(self.campaign.grace_days, self.campaign.on_drop_outs)
        collecting_ms = int(waits.total_seconds() * 1000)
        back_ms = reversals.LAST_MS if self.options.reversals else 0
        return playing_ms + slips_ms + collecting_ms + back_ms

    def _cut_pages(self) -> None:
        """Pages as small as the seed wants them, so that a small batch has several: nothing else depends on it."""
        units = random.Random(f"pages {self.options.seed}").choice((2, 3) if self.options.rush else (2, 3, 4, 15))
        for key, item in list(self.world.store.items.items()):
            if item.get("kind") == {"S": "batch"}:
                self.world.store.put(key, {**item, "page_units": {"N": str(units)}})

    def _poison(self, key: Key, old: Item, new: Item) -> None:
        """Makes a pre-order of a batch that has just been decided one that cannot be touched."""
        if (
            new.get("kind") != {"S": "batch"}
            or new["state"] == old.get("state")
            or new["state"]["S"] not in following.FOLLOWED
            or not self.faults.decide("lock", key[1])
        ):
            return
        items = self.world.store.items.values()
        mine = [
            item for item in items if item.get("batch_number") == new["number"] and item["kind"] == {"S": "preorder"}
        ]
        if mine:
            self.world.store.poisoned.add(key_of(self.faults.here(key[1]).choice(mine)))

    def batch_state(self, number: int | None) -> str | None:
        """Where a batch is."""
        key = keys.batch(self.campaign.campaign_id, number or 0)
        found = self.world.store.items.get(key)
        return found["state"]["S"] if found else None

    def _tick(self) -> None:
        """Each of the clock's functions; none while nothing is due for whose clock is fastest: it would find that out
        with one query."""
        self.world.scheduler.after(TICK_MS, self._tick)
        if self._soonest is None:
            self._soonest = self._next_due()
        if self._soonest and self._soonest <= instants.text(features.after(self.world.scheduler.now_ms + FASTEST_MS)):
            for act in self._acts:
                self.clock.invoke("clock", act, lambda _: None)

    def _compare(self) -> None:
        """The ledger with the provider's books, once a day: events may be lost."""
        self.world.scheduler.after(DAY_MS, self._compare)
        self.clock.invoke("clock", reconciling.reconcile, lambda _: None)

    def _next_due(self) -> str:
        """When something is next due, as it is listed; an empty text where nothing ever is."""
        items = map(self.world.store.items.get, self.world.store.listed)
        indexes = ("gsi1", "gsi2") if "slips" in self.options.features else ("gsi2",)
        return min((due for item in items if item for index in indexes if (due := _due(item, index))), default="")

    def _listed(self, key: Key, _old: Item, _new: Item) -> None:
        if key in self.world.store.listed:
            self._soonest = None

    def _heal(self) -> None:
        self.world.tell("", "no more faults")
        self.faults.active = False
        self.world.store.throttled.clear()

    def _redrive(self) -> None:
        """L3: what was given up is delivered again, days later, with some of what was done with long ago."""
        chance = random.Random(f"again {self.options.seed}")
        self.world.store.poisoned.clear()
        for shard in self.stream.shards:
            shard.redrive(chance.sample(shard.records, min(AGAIN, len(shard.records))))
        if self.stream.lost:
            self.stream.ring(dict(self.world.store.items))
        for queue in self.queues.values():
            queue.redrive(chance.sample(queue.sent, min(AGAIN, len(queue.sent))))

    def judge(self) -> None:
        """Raises AssertionError, whose text begins with the id of what does not hold."""
        late = "L3: after what was parked was driven again: " if not self.broken_before else ""
        assert not self.watch.broken, late + self.watch.broken[0]
        pending = [shard.name for shard in self.stream.shards if shard.pending or shard.parked]
        pending += [queue.name for queue in self.queues.values() if queue.messages or queue.dead]
        assert not pending, f"L1: not at rest: {pending}"
        checks.at_rest(self)


def _pay(ports: Ports, message: dict[str, Any]) -> None:
    """As the door of the queue."""
    act = events.hear if "event_id" in message else payments.pay
    act(ports, message)


def _due(item: Item, index: str) -> str:
    whose = item.get(f"{index}pk")
    return item[f"{index}sk"]["S"] if whose is not None and whose["S"].startswith("DUE#") else ""


def run(of: int | Options, plan: Plan | None = None, make_table: type[Table] = Table) -> Outcome:
    """One history from its seed, or its options; with a plan, only with those faults of it."""
    failure, options = "", Options.drawn(of) if isinstance(of, int) else of
    with (
        quickly() as unpack,
        (history := History(options, plan, make_table, unpack)).world.scheduler.until_gone(),
    ):
        try:
            history.live()
            history.judge()
        except AssertionError as error:
            failure = str(error)
    outcome = Outcome(history.options, history.faults.met, failure, history.world.story)
    for part in (history.world.store, history.world.scheduler, history.watch, history.people, history.world, history):
        vars(part).clear()  # they know each other: so they go at once, and need not be looked for
    return outcome


def shrunk(outcome: Outcome, make_table: type[Table] = Table) -> Outcome:
    """The shortest history that fails in the same way: by the same invariant."""
    options, name = outcome.options, outcome.failure.partition(":")[0]

    def fails(plan: Plan) -> bool:
        return run(options, plan, make_table).failure.partition(":")[0] == name

    return run(options, frozenset(shrink(outcome.met, fails)), make_table)
