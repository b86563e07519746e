"""Any history of asks, repeats and waiting: what holds after every step."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chalicelib.plumbing.gateway.cards import CARDS
from chalicelib.plumbing.gateway.document import settled
from chalicelib.plumbing.gateway.port import KEY_LIFE, Amount, Found, Misused, TryLater, Unknown
from tests.hands import START
from tests.plumbing.gateway.contract import ABOUT, OTHER, Fan
from tests.plumbing.gateway.simulated_hands import Simulated

FANS = st.sampled_from([ABOUT, OTHER])
TOKENS = st.sampled_from([*CARDS, "nonsense"])
MINOR = st.sampled_from([-1, 0, 1, 300, 300, 500, 900])
WAITS = st.sampled_from([0.001, 1, 4.999, 5, 10, 3600, 86_399, 86_400]).map(lambda seconds: timedelta(seconds=seconds))
PLACES = st.integers(0, 40)


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.provider = Simulated()
        self.fans = {about: Fan(self.provider, about) for about in (ABOUT, OTHER)}
        self.asks: list[tuple[str, Any]] = []
        self.kept: dict[Any, Any] = {}
        self.finished: dict[str, str] = {}
        self.told: list[str] = []

    def answer(self, act: str, ask: Any) -> Any:
        try:
            return getattr(self.provider.gateway, act)(ask)
        except (Misused, Unknown, TryLater) as failed:
            return type(failed)

    def ask(self, act: str, ask: Any) -> None:
        """Asks, and at once again: what is answered then is what the key stands for."""
        at, first = self.provider.now(), self.answer(act, ask)
        again = self.answer(act, ask)
        assert again == first or first in (Unknown, TryLater)
        if again is not TryLater:
            self.asks.append((act, ask))
            self.kept[ask] = at, again

    def things(self, kind: str) -> list[Found]:
        return [one for fan in self.fans.values() for one in fan.of(kind)]

    @rule(about=FANS, card=TOKENS)
    def saves(self, about, card):
        self.ask("prepare", self.fans[about].preparing(card))

    @rule(about=FANS, card=TOKENS, minor=MINOR, off_session=st.booleans(), save=st.booleans())
    def charges(self, about, card, minor, off_session, save):
        self.ask("charge", self.fans[about].charging(card, minor, off_session=off_session, save=save))

    @precondition(lambda self: self.things("method"))
    @rule(place=PLACES, minor=MINOR)
    def charges_what_was_saved(self, place, minor):
        saved = self.things("method")[place % len(self.things("method"))]
        method = saved.method or "card"
        self.ask("charge", self.fans[saved.about].later(saved, method=method, amount=Amount(minor, "EUR")))

    @precondition(lambda self: self.things("charge"))
    @rule(place=PLACES, card=TOKENS, more=st.sampled_from([0, 0, 0, 1]))
    def goes_on(self, place, card, more):
        charge = self.things("charge")[place % len(self.things("charge"))]
        asking = self.fans[charge.about].charging(card, charge.minor + more, charge=charge.reference)
        self.ask("charge", asking)

    @precondition(lambda self: self.things("charge"))
    @rule(place=PLACES, minor=MINOR)
    def refunds(self, place, minor):
        charge = self.things("charge")[place % len(self.things("charge"))]
        self.ask("refund", self.fans[charge.about].refunding(charge, minor))

    @precondition(lambda self: self.asks)
    @rule(place=PLACES)
    def repeats(self, place):
        act, ask = self.asks[place % len(self.asks)]
        at, answer = self.kept[ask]
        if self.provider.now() - at < KEY_LIFE:
            assert self.answer(act, ask) == answer
        else:
            self.ask(act, ask)

    @precondition(lambda self: self.asks)
    @rule(place=PLACES)
    def asks_for_something_else_under_an_old_key(self, place):
        act, ask = self.asks[place % len(self.asks)]
        at, answer = self.kept[ask]
        if self.provider.now() - at < KEY_LIFE and answer is not Misused:
            changes = {"currency": "PLN"} if act == "prepare" else {"amount": Amount(7, "EUR")}
            assert self.answer(act, replace(ask, **changes)) is Misused

    @precondition(lambda self: [one for fan in self.fans.values() for one in fan.everything()])
    @rule(place=PLACES, approve=st.booleans(), cancel=st.booleans())
    def confirms_or_cancels(self, place, approve, cancel):
        unfinished = self.things("method") + self.things("charge")
        one = unfinished[place % len(unfinished)]
        if cancel:
            self.provider.gateway.cancel(one.reference, one.about)
        elif one.action:
            self.provider.confirm(one.action, approve=approve)

    @precondition(lambda self: self.things("dispute"))
    @rule(place=PLACES, won=st.booleans())
    def decides(self, place, won):
        disputes = self.things("dispute")
        self.provider.close_dispute(disputes[place % len(disputes)].reference, won=won)

    @rule(wait=WAITS)
    def waits(self, wait):
        self.provider.forward(wait)

    @invariant()
    def no_more_is_given_back_than_was_charged(self):
        given = Counter()
        for one in self.things("refund"):
            given[one.charge] += one.minor if one.result != "failed" else 0
        charged = {one.reference: one.minor for one in self.things("charge") if one.result == "done"}
        assert all(minor <= charged[reference] for reference, minor in given.items())

    @invariant()
    def each_charge_succeeds_once_at_most_and_then_stays(self):
        succeeded = Counter(e.reference for e in self.provider.events() if e.kind == "payment_intent.succeeded")
        assert succeeded == {one.reference: 1 for one in self.things("charge") if one.result == "done"}

    @invariant()
    def what_is_finished_never_changes(self):
        for one in (*self.things("method"), *self.things("charge"), *self.things("refund")):
            if one.result in ("done", "cancelled", "failed"):
                assert self.finished.setdefault(one.reference, one.result) == one.result

    @invariant()
    def the_movements_are_those_of_the_documents(self):
        documents = [one for kind in ("charge", "refund", "dispute") for one in self.things(kind)]
        moved = list(self.provider.gateway.movements(START))
        sums = [Counter(), Counter()]
        for total, found in zip(sums, (documents, moved), strict=True):
            for one in found:
                total[one.kind, one.result, one.about] += one.minor
        assert sums[0] == sums[1]
        assert len(documents) == len(moved)

    @invariant()
    def what_was_told_once_stays_told(self):
        ids = [one.event_id for one in self.provider.events()]
        assert len(ids) == len(set(ids))
        assert set(self.told) <= set(ids)
        self.told = ids

    @invariant()
    def time_passes_the_same_in_one_step_as_in_two(self):
        now = self.provider.now()
        for document in self.provider.shelf.changed_since(START):
            at_once = settled(document, now + timedelta(seconds=20))
            assert settled(settled(document, now + timedelta(seconds=5)), now + timedelta(seconds=20)) == at_once


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=30, stateful_step_count=25)
