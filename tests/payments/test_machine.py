"""The whole of a payment under any history: what fans, banks, the organiser, the clock, the queue, the provider and its
mail may do in any order, with calls that are lost and workers that die. The M-rows hold after every step; at the end
the faults stop, and everything comes to rest."""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.plumbing import ports as ports_
from tests.invariants import checks
from tests.payments.one_payment import BATCH_ENDS, PLANS, Sale
from tests.races.test_crash_points import AfterWrite, crash, lose

NAMES = ("ada", "bob", "cyd")
CARDS = (
    "card",
    "card",
    "card_declined",
    "card_declines_later",
    "card_authenticate",
    "card_authenticate_always",
    "card_refund_fails",
    "card_expires_later",
)
TROUBLES = ("lost before", "lost after", "late", "provider error", "error after", "provider busy")
MINUTES = (1, 4, 16, 61, 600, 25 * 60, 2 * 24 * 60)
PLACES = st.integers(0, 30)
QUANTITIES = st.integers(1, 5)
# What may last: all else waits for something, and must say for what.
RESTS_IN = {"paid", "declined", "released"}


class Payments(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.sale: Sale | None = None
        self.preorders: list[tuple[str, str]] = []
        self.actions: list[tuple[str, str]] = []
        self.seen: set[str] = set()

    @initialize(
        plan=st.sampled_from(sorted(PLANS)),
        minimum=st.sampled_from([1, 4, 6]),
        price=st.sampled_from([10_000, 333]),
        fans=st.lists(st.tuples(st.sampled_from(CARDS), QUANTITIES), min_size=1, max_size=3),
        hasty=st.booleans(),
        so_far=st.sampled_from(["placed", "secured", "collected"]),
    )
    def opens(self, *, plan, minimum, price, fans, hasty, so_far):
        self.sale = Sale(plan, minimum, price, hasty=hasty)
        self.stack.enter_context(ports_.using(self.sale.world.ports))
        self.seen.add(plan)
        for name, (card, quantity) in zip(NAMES, fans, strict=False):
            self.preorder(name, card, quantity)
        if so_far != "placed":
            self.everything_arrives()
        if so_far == "collected":
            self.sale.forward(BATCH_ENDS - self.sale.world.clock.now())
            self.sale.fire("close_batches")
            self.everything_arrives()

    # -- fans ----------------------------------------------------------------------------------------------------------

    def preorder(self, name: str, card: str, quantity: int) -> None:
        self.seen.add(card)
        sale, key = self.sale, f"key{len(self.preorders)}"
        reply = sale.act(lambda: sale.world.place(name, sale.campaign_id, quantity, key=key, payment_method=card))
        self.answered(reply)
        if reply and reply.status == 201:
            self.preorders.append((name, reply.json["preorder_id"]))

    def answered(self, reply: Any) -> None:
        """Nobody hears of an error of ours, unless a worker was to die or to lose an answer."""
        failed = self.sale.failing and self.sale.failing.done
        assert reply is None or reply.status < 500 or failed, reply.text

    def one(self, place: int) -> tuple[str, str]:
        return self.preorders[place % len(self.preorders)]

    @rule(name=st.sampled_from(NAMES), card=st.sampled_from(CARDS), quantity=QUANTITIES)
    def a_fan_preorders(self, name, card, quantity):
        if len(self.preorders) < 5:
            self.preorder(name, card, quantity)

    @precondition(lambda self: self.preorders)
    @rule(place=PLACES)
    def a_fan_withdraws(self, place):
        name, preorder_id = self.one(place)
        self.answered(self.sale.act(lambda: self.sale.world.fan(name).delete(f"/v1/preorders/{preorder_id}")))

    @precondition(lambda self: self.in_state("action_required", "overdue"))
    @rule(place=PLACES, card=st.sampled_from(CARDS))
    def a_fan_sends_another_card(self, place, card):
        waiting = self.in_state("action_required", "overdue")
        payment = waiting[place % len(waiting)]
        fan = self.sale.world.fan(payment["fan_id"].removeprefix("sub-"))
        path = f"/v1/preorders/{payment['preorder_id']}/payment"
        reply = self.sale.act(lambda: fan.put(path, {"payment_method": card}))
        self.answered(reply)
        self.seen.add("another card" if reply and reply.status == 200 else "no other card")

    @precondition(lambda self: self.waiting_for_the_bank())
    @rule(place=PLACES, approve=st.booleans(), looks=st.booleans())
    def a_fan_answers_the_bank(self, place, approve, looks):
        """Also about what has long been given up: the page is still open."""
        known = self.waiting_for_the_bank()
        about, action = known[place % len(known)]
        self.sale.wire.confirm(about, action, approve=approve)
        self.seen.add("approved" if approve else "denied")
        name = next((name for name, preorder_id in self.preorders if preorder_id == about), None)
        if looks and name:
            fan = self.sale.world.fan(name)
            self.answered(self.sale.act(lambda: fan.post(f"/v1/preorders/{about}/payment/look")))

    def in_state(self, *states: str) -> list[dict[str, Any]]:
        return [one for one in self.sale.of("payment") if one["state"] in states]

    def waiting_for_the_bank(self) -> list[tuple[str, str]]:
        for one in self.sale.of("payment"):
            told = one["preorder_id"], one.get("action")
            if told[1] and told not in self.actions:
                self.actions.append(told)
        return self.actions

    # -- the queue, the stream, the clock ------------------------------------------------------------------------------

    @precondition(lambda self: self.sale.pending)
    @rule(place=PLACES, again=st.booleans())
    def a_message_arrives(self, place, again):
        pending = self.sale.pending
        self.sale.act(lambda: self.sale.deliver(pending[place % len(pending)], again=again))

    @precondition(lambda self: self.sale.sent)
    @rule(place=PLACES)
    def an_old_message_arrives(self, place):
        body = self.sale.sent[-1 - place % len(self.sale.sent)]
        self.sale.act(lambda: self.sale.deliver_old(body))

    @precondition(lambda self: not self.sale.hasty)
    @rule()
    def all_but_payments_catch_up(self):
        self.sale.act(self.sale.catch_up)

    @rule()
    def everything_arrives(self):
        if self.sale.failing and self.sale.failing.done:
            self.seen.add("a worker failed")
        self.sale.act(lambda: self.sale.catch_up(payments=True))

    @rule(minutes=st.sampled_from(MINUTES), looks=st.booleans())
    def time_passes(self, minutes, looks):
        self.sale.forward(timedelta(minutes=minutes))
        if looks:
            self.the_clock_looks("look_after_payments")

    @rule(schedule=st.sampled_from(["look_after_payments", "close_batches", "reconcile_payments"]))
    def the_clock_looks(self, schedule):
        self.sale.act(lambda: self.sale.fire(schedule))

    @precondition(lambda self: self.sale.world.clock.now() < BATCH_ENDS and self.in_state("secured"))
    @rule()
    def the_batch_ends(self):
        self.sale.forward(BATCH_ENDS - self.sale.world.clock.now())
        self.sale.act(lambda: self.sale.fire("close_batches"))

    @precondition(lambda self: self.sale.batch["state"] == "collecting")
    @rule()
    def the_time_to_mend_is_over(self):
        self.sale.forward(timedelta(days=7, minutes=1))
        self.sale.act(lambda: self.sale.fire("close_batches"))

    # -- the provider --------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.sale.events())
    @rule(place=PLACES)
    def an_event_arrives(self, place):
        """Any one, the latest first: early, late, twice or not at all."""
        events = self.sale.events()
        told = events[-1 - place % len(events)]
        self.answered(self.sale.act(lambda: self.sale.post(told)))
        self.seen.add(told.kind)

    @rule(trouble=st.sampled_from(TROUBLES), at_once=st.booleans())
    def the_next_call_fails(self, trouble, at_once):
        self.sale.wire.trouble = trouble
        if at_once:
            self.everything_arrives()

    @precondition(lambda self: self.sale.wire.late)
    @rule()
    def a_late_call_arrives(self):
        self.sale.wire.arrive(self.sale.world.clock.now() + timedelta(minutes=5))

    @precondition(lambda self: self.preorders)
    @rule(place=PLACES, heard=st.booleans())
    def a_charge_is_disputed(self, place, heard):
        about = self.one(place)[1]
        if self.sale.wire.dispute(about):
            self.seen.add("disputed at the bank")
            if heard:
                self.sale.act(lambda: self.sale.look(about))

    @precondition(lambda self: "disputed at the bank" in self.seen)
    @rule(place=PLACES, won=st.booleans())
    def the_bank_decides(self, place, won):
        if self.sale.wire.decide(self.one(place)[1], won=won):
            self.seen.add(f"dispute {'won' if won else 'lost'}")

    @rule(write=st.integers(1, 6), loses=st.booleans())
    def a_worker_fails(self, write, loses):
        """After its so-many-th write it dies, or does not hear of it."""
        self.sale.failing = AfterWrite(write, lose if loses else crash)
        self.everything_arrives()

    # -- the organiser -------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.sale.batch["state"] == "collecting")
    @rule()
    def the_campaign_is_cancelled_while_it_collects(self):
        self.cancel()

    @precondition(lambda self: self.in_state("secured"))
    @rule(really=st.integers(0, 4))
    def the_campaign_is_cancelled(self, really):
        if not really:
            self.cancel()

    def cancel(self) -> None:
        path = f"/v1/campaigns/{self.sale.campaign_id}/cancel"
        self.answered(self.sale.act(lambda: self.sale.world.organiser().post(path)))

    @precondition(lambda self: self.in_state("paid"))
    @rule(place=PLACES, percent=st.sampled_from([1, 50, 100]), key=st.sampled_from("ab"))
    def the_organiser_gives_back(self, place, percent, key):
        """Also before the order, too much, or a second time under the same key: then it is refused, or is one."""
        paid = self.in_state("paid")
        payment = paid[place % len(paid)]
        sent = {"amount_minor": max(1, payment["due_minor"] * percent // 100), "reason": "A scratch"}
        path, organiser = f"/v1/preorders/{payment['preorder_id']}/refunds", self.sale.world.organiser()
        reply = self.sale.act(lambda: organiser.post(path, sent, Idempotency_Key=key))
        self.answered(reply)
        self.seen.add(f"given back: {reply.code if reply else 'died'}")

    @precondition(lambda self: self.failed_refunds())
    @rule(place=PLACES)
    def the_organiser_tries_a_refund_again(self, place):
        failed = self.failed_refunds()
        path, organiser = failed[place % len(failed)], self.sale.world.organiser()
        self.answered(self.sale.act(lambda: organiser.post(path)))
        self.seen.add("refund tried again")

    def failed_refunds(self) -> list[str]:
        return [
            f"/v1/preorders/{payment['preorder_id']}/refunds/{one['number']}/again"
            for payment in self.sale.of("payment")
            for one in payment.get("refunds", ())
            if one["state"] == "failed"
        ]

    # -- what must hold ------------------------------------------------------------------------------------------------

    @invariant()
    def the_rows_hold(self):
        if self.sale:
            self.sale.check()

    def teardown(self):
        try:
            if self.sale:
                self.heals()
        finally:
            self.stack.close()

    def heals(self):
        """L1, M5, M6, M9: the faults stop, the mail comes, time goes on; everything ends, or is open where one sees
        it."""
        sale, world = self.sale, self.sale.world
        sale.wire.trouble, sale.failing, sale.hasty = "", None, False
        for minutes in (0, 2, 16, 25 * 60):
            self.looked_at(timedelta(minutes=minutes))
        for told in sale.events():
            sale.post(told)
        self.looked_at(max(timedelta(), BATCH_ENDS - world.clock.now()))
        for hours in (1, 24 * 8, 1, 13, 25):
            self.looked_at(timedelta(hours=hours))
        self.labels()
        assert not any(world.engine.queues.values()), "messages that nobody takes"
        assert not any(world.engine.dead.values()), "messages that were given up"
        checks.everything(world)
        for payment in sale.of("payment"):
            waits = any(one["state"] == "failed" for one in payment.get("refunds", ()))
            assert payment["state"] in RESTS_IN or waits, f"L1: a payment rests {payment['state']}: {payment}"

    def looked_at(self, later: timedelta) -> None:
        sale = self.sale
        sale.forward(later)
        for queue in list(sale.world.engine.dead):
            sale.world.sqs.redrive(queue)
        for _ in range(2):
            for name in ("close_batches", "look_after_payments"):
                sale.fire(name)
            sale.catch_up(payments=True)
            sale.check()

    def labels(self) -> None:
        """What this history has reached, for the statistics."""
        for old, new in self.sale.world.changes():
            if new.get("kind") in ("payment", "preorder", "batch") and old.get("state") != new["state"]:
                self.seen.add(f"{new['kind']} {new['state']}")
            if new.get("kind") == "ledger":
                self.seen.add(f"ledger {new['movement']}")
        for label in sorted(self.seen | self.sale.wire.seen):
            event(label)


TestPayments = Payments.TestCase
# Forty of the sixty that everybody has; as many more as another profile wants.
TestPayments.settings = settings(
    max_examples=settings.default.max_examples * 2 // 3, stateful_step_count=30, deadline=None
)
