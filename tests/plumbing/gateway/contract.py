"""What every gateway must do: the sentences of the port, as tests. A subclass gives a `provider` fixture.

Inherit GatewayContract and define the fixture `provider`, which answers a fresh Provided. Tests that a provider cannot
show are to be overridden one by one, each with its reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.plumbing.gateway.port import (
    KEY_LIFE,
    Amount,
    Charge,
    Event,
    EventForged,
    Found,
    Gateway,
    Misused,
    Prepare,
    Problem,
    Refund,
    TryLater,
    Unknown,
)

ABOUT, OTHER = (f"01900000-0000-7000-8000-0000000c0001.0123456789abcdef.00{place}" for place in (0, 1))
SETTLED = timedelta(seconds=11)
REFUSED: dict[str, Problem] = {
    "card_declined": "card_declined",
    "card_insufficient_funds": "insufficient_funds",
    "card_expired": "card_expired",
    "nonsense": "method_invalid",
}
REFUSED_LATER: dict[str, Problem] = {"card_declines_later": "insufficient_funds", "card_expires_later": "card_expired"}


class Provided(Protocol):
    """What a subclass gives: a gateway, and the hands of everybody else."""

    gateway: Gateway

    def now(self) -> datetime: ...

    def forward(self, duration: timedelta) -> None: ...

    def token(self, card: str) -> str:
        """What the provider calls this test card of cards.py; a token that it does not know for any other name."""

    def confirm(self, action: str, *, approve: bool) -> None:
        """The holder's answer to the bank."""

    def close_dispute(self, reference: str, *, won: bool) -> None: ...

    def events(self) -> Sequence[Event]:
        """All that has happened so far, in order: what the provider has to tell."""

    def signed(self, event: Event, at: datetime) -> tuple[dict[str, str], bytes]:
        """An event as the provider posts it, with the header names in lower case."""


@dataclass
class Fan:
    """Asks about one pre-order, each time under a fresh key."""

    provider: Provided
    about: str = ABOUT
    asked: list[str] = field(default_factory=list)

    def key(self) -> str:
        self.asked.append(f"{self.about}/{len(self.asked)}")
        return self.asked[-1]

    def preparing(self, card: str = "card", **changes: Any) -> Prepare:
        return replace(Prepare(self.key(), self.about, "EUR", self.provider.token(card)), **changes)

    def charging(self, card: str = "card", minor: int = 500, **changes: Any) -> Charge:
        token = self.provider.token(card)
        return replace(Charge(self.key(), self.about, "all", Amount(minor, "EUR"), token), **changes)

    def refunding(self, charge: Found, minor: int = 500, **changes: Any) -> Refund:
        return replace(
            Refund(self.key(), self.about, len(self.asked), charge.reference, Amount(minor, "EUR")), **changes
        )

    def later(self, saved: Found, **changes: Any) -> Charge:
        """A charge of a saved method, without its holder."""
        told = {"method": saved.method, "customer": saved.customer, "off_session": True}
        return self.charging(**{**told, **changes})

    def saves(self, card: str = "card") -> Found:
        saved = self.provider.gateway.prepare(self.preparing(card))
        if saved.action:
            self.provider.confirm(saved.action, approve=True)
        return self.stands(saved)

    def pays(self, card: str = "card", minor: int = 500) -> Found:
        return self.provider.gateway.charge(self.charging(card, minor))

    def gets_back(self, charge: Found, minor: int = 500) -> Found:
        return self.provider.gateway.refund(self.refunding(charge, minor))

    def everything(self, customer: str | None = None) -> tuple[Found, ...]:
        return self.provider.gateway.look_up(self.about, customer)

    def of(self, kind: str) -> list[Found]:
        return [one for one in self.everything() if one.kind == kind]

    def stands(self, found: Found) -> Found:
        """The same thing, looked up."""
        return next(one for one in self.everything() if one.reference == found.reference)

    def happened(self, found: Found) -> list[str]:
        return [one.kind for one in self.provider.events() if one.reference == found.reference]


class Cases:
    """The fixtures that the parts of the contract share."""

    @pytest.fixture
    def gateway(self, provider: Provided) -> Gateway:
        return provider.gateway

    @pytest.fixture
    def fan(self, provider: Provided) -> Fan:
        return Fan(provider)


class Saving(Cases):
    def test_saving_a_method_takes_nothing(self, provider, gateway, fan):
        saved = gateway.prepare(fan.preparing())
        assert (saved.kind, saved.result, saved.minor, saved.about) == ("method", "done", 0, ABOUT)
        assert (saved.currency, saved.problem, saved.action) == ("EUR", None, None)
        assert saved.customer
        assert saved.method
        assert saved.created_at
        assert list(gateway.movements(provider.now() - timedelta(days=1))) == []

    @pytest.mark.parametrize(("card", "problem"), REFUSED.items())
    def test_a_card_that_is_refused_is_an_answer(self, gateway, fan, card, problem):
        declined = gateway.prepare(fan.preparing(card))
        assert (declined.kind, declined.result, declined.problem) == ("method", "declined", problem)

    @pytest.mark.parametrize("card", ["card_authenticate", "card_authenticate_always"])
    def test_a_bank_that_asks_its_holder_is_asked_once(self, provider, gateway, fan, card):
        waiting = gateway.prepare(fan.preparing(card))
        assert waiting.result == "action_required"
        for _ in range(2):
            provider.confirm(waiting.action, approve=True)
            assert (fan.stands(waiting).result, fan.stands(waiting).action) == ("done", None)
        assert fan.stands(waiting).method

    def test_a_holder_who_says_no_is_a_decline(self, provider, gateway, fan):
        waiting = gateway.prepare(fan.preparing("card_authenticate"))
        for approve in (False, True):
            provider.confirm(waiting.action, approve=approve)
            assert fan.stands(waiting).result == "declined"
        assert fan.stands(waiting).problem == "authentication_failed"

    def test_a_customer_of_an_earlier_ask_is_kept(self, gateway, fan):
        first = fan.saves()
        again = gateway.prepare(fan.preparing(customer=first.customer))
        assert (again.customer, again.result) == (first.customer, "done")
        assert again.reference != first.reference
        assert again.method != first.method

    def test_a_customer_that_is_not_there_is_misuse(self, gateway, fan):
        with pytest.raises(Misused):
            gateway.prepare(fan.preparing(customer="cus_nobody"))
        assert fan.everything() == ()


class Charging(Cases):
    def test_a_charge_takes_the_amount(self, gateway, fan):
        charge = gateway.charge(fan.charging(minor=1234, series="deposit"))
        assert (charge.kind, charge.result, charge.minor, charge.currency) == ("charge", "done", 1234, "EUR")
        assert (charge.about, charge.series, charge.problem, charge.action) == (ABOUT, "deposit", None, None)
        assert fan.stands(charge) == charge

    @pytest.mark.parametrize(("card", "problem"), REFUSED.items())
    def test_a_card_that_is_refused_is_an_answer_and_takes_nothing(self, gateway, fan, card, problem):
        declined = gateway.charge(fan.charging(card))
        assert (declined.kind, declined.result, declined.problem) == ("charge", "declined", problem)
        assert [one for one in fan.of("charge") if one.result != "declined"] == []

    @pytest.mark.parametrize("card", ["card", "card_authenticate"])
    def test_a_saved_method_is_charged_without_its_holder(self, gateway, fan, card):
        saved = fan.saves(card)
        charge = gateway.charge(fan.later(saved))
        assert (charge.result, charge.customer, charge.method) == ("done", saved.customer, saved.method)

    @pytest.mark.parametrize(("card", "problem"), REFUSED_LATER.items())
    def test_a_saved_method_can_be_refused_later(self, gateway, fan, card, problem):
        charge = gateway.charge(fan.later(fan.saves(card)))
        assert (charge.result, charge.problem) == ("declined", problem)

    def test_a_bank_that_always_asks_wants_its_holder_each_time(self, provider, gateway, fan):
        saved = fan.saves("card_authenticate_always")
        for times in (1, 2):
            charge = gateway.charge(fan.later(saved, series=f"part {times}"))
            assert (charge.result, charge.problem) == ("action_required", "authentication_required")
            provider.confirm(charge.action, approve=True)
            assert (fan.stands(charge).result, fan.stands(charge).problem) == ("done", None)

    @pytest.mark.parametrize("approve", [True, False])
    def test_the_holder_confirms_a_first_charge(self, provider, gateway, fan, approve):
        waiting = gateway.charge(fan.charging("card_authenticate"))
        assert (waiting.result, waiting.problem) == ("action_required", None)
        provider.confirm(waiting.action, approve=approve)
        stands = fan.stands(waiting)
        assert (stands.result, stands.problem) == (("done", None) if approve else ("declined", "authentication_failed"))

    @pytest.mark.parametrize("card", ["card", "card_authenticate"])
    def test_a_charge_can_keep_its_method_for_later(self, provider, gateway, fan, card):
        first = gateway.charge(fan.charging(card, series="deposit", save=True))
        if first.action:
            provider.confirm(first.action, approve=True)
        assert gateway.charge(fan.later(fan.stands(first), series="balance")).result == "done"

    def test_a_method_that_was_not_kept_cannot_be_charged_again(self, gateway, fan):
        first = gateway.charge(fan.charging(series="deposit"))
        with pytest.raises(Misused):
            gateway.charge(fan.later(first, series="balance"))
        assert fan.of("charge") == [first]

    def test_a_saved_method_is_its_customers_own(self, gateway, fan):
        one, other = fan.saves(), fan.saves()
        with pytest.raises(Misused):
            gateway.charge(fan.later(one, customer=None))
        if one.customer != other.customer:
            with pytest.raises(Misused):
                gateway.charge(fan.later(one, customer=other.customer))
        assert fan.of("charge") == []

    @pytest.mark.parametrize("minor", [0, -1, -500])
    def test_nothing_and_less_than_nothing_is_misuse(self, gateway, fan, minor):
        with pytest.raises(Misused):
            gateway.charge(fan.charging(minor=minor))
        assert fan.of("charge") == []

    def test_the_same_series_under_another_key_takes_the_money_twice(self, fan):
        """No provider knows what we mean: our own tests have to see a double charge."""
        assert [fan.pays().result, fan.pays().result] == ["done", "done"]
        assert sum(one.minor for one in fan.of("charge")) == 1000


class GoingOn(Cases):
    def test_a_declined_charge_is_gone_on_with(self, gateway, fan):
        declined = gateway.charge(fan.charging("card_declined"))
        charge = gateway.charge(fan.charging(charge=declined.reference, customer=declined.customer))
        assert (charge.reference, charge.result, charge.problem) == (declined.reference, "done", None)
        assert fan.of("charge") == [charge]

    def test_a_charge_that_waits_for_its_holder_is_gone_on_with(self, gateway, fan):
        waiting = gateway.charge(fan.charging("card_authenticate"))
        charge = gateway.charge(fan.charging(charge=waiting.reference))
        assert (charge.reference, charge.result, charge.action) == (waiting.reference, "done", None)

    def test_of_one_charge_only_one_try_succeeds(self, gateway, fan):
        paid = fan.pays()
        with pytest.raises(Misused):
            gateway.charge(fan.charging(charge=paid.reference))
        assert fan.of("charge") == [paid]
        assert fan.happened(paid).count("payment_intent.succeeded") == 1

    def test_a_cancelled_charge_is_not_gone_on_with(self, gateway, fan):
        declined = fan.pays("card_declined")
        gateway.cancel(declined.reference, ABOUT)
        with pytest.raises(Misused):
            gateway.charge(fan.charging(charge=declined.reference))
        assert fan.stands(declined).result == "cancelled"

    @pytest.mark.parametrize("amount", [Amount(501, "EUR"), Amount(500, "PLN")])
    def test_a_charge_is_gone_on_with_for_the_same_amount_only(self, gateway, fan, amount):
        declined = fan.pays("card_declined")
        with pytest.raises(Misused):
            gateway.charge(fan.charging(charge=declined.reference, amount=amount))
        assert fan.stands(declined).result == "declined"

    def test_a_charge_that_is_not_there_is_misuse(self, gateway, fan):
        with pytest.raises(Misused):
            gateway.charge(fan.charging(charge="pi_nobody_1"))
        assert fan.of("charge") == []


class Repeating(Cases):
    """Within a day the same key and the same ask get the same answer, whatever happened to the first one."""

    @pytest.mark.parametrize("card", ["card", "card_declined", "card_authenticate"])
    def test_the_same_ask_gets_the_same_answer_and_acts_once(self, gateway, fan, card):
        saving, charging = fan.preparing(card), fan.charging(card)
        saved, charge = gateway.prepare(saving), gateway.charge(charging)
        everything = fan.everything()
        assert [gateway.prepare(saving) for _ in range(2)] == [saved, saved]
        assert [gateway.charge(charging) for _ in range(2)] == [charge, charge]
        assert fan.everything() == everything

    def test_the_same_refund_is_given_once(self, gateway, fan):
        asking = fan.refunding(fan.pays(), 300)
        refund = gateway.refund(asking)
        assert [gateway.refund(asking) for _ in range(2)] == [refund, refund]
        assert fan.of("refund") == [refund]

    def test_the_first_answer_stays_when_the_world_has_moved_on(self, provider, gateway, fan):
        asking = fan.charging("card_authenticate")
        waiting = gateway.charge(asking)
        provider.confirm(waiting.action, approve=True)
        assert gateway.charge(asking) == waiting
        assert fan.stands(waiting).result == "done"

    @pytest.mark.parametrize("changes", [{"amount": Amount(400, "EUR")}, {"series": "balance"}, {"off_session": True}])
    def test_another_ask_under_the_same_key_is_misuse(self, gateway, fan, changes):
        asking = fan.charging()
        paid = gateway.charge(asking)
        with pytest.raises(Misused):
            gateway.charge(replace(asking, **changes))
        assert gateway.charge(asking) == paid
        assert fan.of("charge") == [paid]

    def test_another_refund_under_the_same_key_is_misuse(self, gateway, fan):
        asking = fan.refunding(fan.pays(), 100)
        refund = gateway.refund(asking)
        with pytest.raises(Misused):
            gateway.refund(replace(asking, amount=Amount(200, "EUR")))
        assert fan.of("refund") == [refund]

    def test_a_key_is_known_for_a_day_and_then_forgotten(self, provider, gateway, fan):
        asking = fan.charging()
        paid = gateway.charge(asking)
        provider.forward(KEY_LIFE - timedelta(seconds=1))
        assert gateway.charge(asking) == paid
        provider.forward(timedelta(seconds=1))
        assert gateway.charge(asking).reference != paid.reference
        assert len(fan.of("charge")) == 2


class Failing(Cases):
    def test_what_was_not_answered_may_have_taken_effect(self, gateway, fan):
        asking = fan.charging("card_times_out")
        with pytest.raises(Unknown):
            gateway.charge(asking)
        assert [one.result for one in fan.of("charge")] == ["done"]
        assert gateway.charge(asking) == fan.of("charge")[0]
        assert len(fan.of("charge")) == 1

    def test_a_kept_failure_stays_one_for_a_day(self, provider, gateway, fan):
        asking = fan.charging("card_error")
        for _ in range(3):
            with pytest.raises(Unknown):
                gateway.charge(asking)
            provider.forward(KEY_LIFE / 3 - timedelta(seconds=1))
        assert fan.of("charge") == []
        provider.forward(timedelta(seconds=3))
        assert gateway.charge(asking).result == "done"

    def test_after_a_kept_failure_another_key_works(self, gateway, fan):
        asking = fan.charging("card_error")
        with pytest.raises(Unknown):
            gateway.charge(asking)
        assert gateway.charge(replace(asking, key=fan.key())).result == "done"
        with pytest.raises(Unknown):
            gateway.charge(asking)
        assert len(fan.of("charge")) == 1

    @pytest.mark.parametrize("act", ["prepare", "charge"])
    def test_who_is_turned_away_has_done_nothing_and_may_ask_again(self, gateway, fan, act):
        asking = fan.preparing("card_busy") if act == "prepare" else fan.charging("card_busy")
        ask = getattr(gateway, act)
        with pytest.raises(TryLater):
            ask(asking)
        assert fan.everything() == ()
        assert ask(asking).result == "done"


class Refunding(Cases):
    def test_a_refund_arrives_later(self, provider, fan):
        paid = fan.pays()
        refund = fan.gets_back(paid, 200)
        assert (refund.kind, refund.result, refund.minor, refund.currency) == ("refund", "pending", 200, "EUR")
        assert (refund.about, refund.charge) == (ABOUT, paid.reference)
        assert fan.stands(refund) == refund
        provider.forward(SETTLED)
        assert fan.stands(refund) == replace(refund, result="done")
        assert fan.stands(paid) == paid

    def test_a_refund_tells_its_number(self, gateway, fan):
        """What else would tell two refunds of one pre-order apart, once their keys are forgotten?"""
        refund = gateway.refund(fan.refunding(fan.pays(), number=7))
        assert (refund.series, fan.stands(refund).series) == ("7", "7")

    def test_a_charge_is_given_back_in_parts_and_no_further(self, provider, fan):
        paid = fan.pays()
        parts = [fan.gets_back(paid, 200), fan.gets_back(paid, 200)]
        for wait in (timedelta(), SETTLED):
            provider.forward(wait)
            with pytest.raises(Misused):
                fan.gets_back(paid, 101)
        parts.append(fan.gets_back(paid, 100))
        with pytest.raises(Misused):
            fan.gets_back(paid, 1)
        assert [one.reference for one in fan.of("refund")] == [one.reference for one in parts]

    def test_a_refund_that_failed_can_be_given_again(self, provider, fan):
        paid = fan.pays("card_refund_fails")
        refund = fan.gets_back(paid)
        with pytest.raises(Misused):
            fan.gets_back(paid)
        provider.forward(SETTLED)
        assert fan.stands(refund).result == "failed"
        assert fan.gets_back(paid).result == "pending"

    def test_only_what_was_charged_is_given_back(self, gateway, fan):
        declined = fan.pays("card_declined")
        with pytest.raises(Misused):
            fan.gets_back(declined)
        with pytest.raises(Misused):
            gateway.refund(replace(fan.refunding(declined), charge="pi_nobody_1"))
        assert fan.of("refund") == []

    @pytest.mark.parametrize("amount", [Amount(0, "EUR"), Amount(-1, "EUR"), Amount(100, "PLN")])
    def test_no_amount_and_another_currency_is_misuse(self, gateway, fan, amount):
        with pytest.raises(Misused):
            gateway.refund(fan.refunding(fan.pays(), amount=amount))
        assert fan.of("refund") == []


class Cancelling(Cases):
    @pytest.mark.parametrize("card", ["card_authenticate", "card_declined"])
    @pytest.mark.parametrize("act", ["prepare", "charge"])
    def test_the_unfinished_can_never_be_done_any_more(self, gateway, fan, card, act):
        asking = fan.preparing(card) if act == "prepare" else fan.charging(card)
        unfinished = getattr(gateway, act)(asking)
        for _ in range(2):
            cancelled = gateway.cancel(unfinished.reference, ABOUT)
            assert (cancelled.reference, cancelled.result) == (unfinished.reference, "cancelled")
            assert fan.stands(unfinished) == cancelled

    def test_a_holder_who_confirms_too_late_changes_nothing(self, provider, gateway, fan):
        waiting = gateway.charge(fan.charging("card_authenticate"))
        gateway.cancel(waiting.reference, ABOUT)
        provider.confirm(waiting.action, approve=True)
        assert fan.stands(waiting).result == "cancelled"

    def test_what_is_done_stays_done(self, gateway, fan):
        paid, saved = fan.pays(), fan.saves()
        assert gateway.cancel(paid.reference, ABOUT) == paid
        assert gateway.cancel(saved.reference, ABOUT) == saved

    @pytest.mark.parametrize("reference", ["pi_nobody_1", "nonsense", ""])
    def test_what_is_not_there_cannot_be_cancelled(self, gateway, reference):
        with pytest.raises(Misused):
            gateway.cancel(reference, ABOUT)

    def test_neither_another_pre_orders_charge_nor_a_refund_is_cancelled(self, provider, gateway, fan):
        theirs = Fan(provider, OTHER).pays("card_declined")
        refund = fan.gets_back(fan.pays())
        for reference in (theirs.reference, refund.reference):
            with pytest.raises(Misused):
                gateway.cancel(reference, ABOUT)
        assert fan.stands(refund) == refund
        assert Fan(provider, OTHER).stands(theirs).result == "declined"


class Looking(Cases):
    def test_of_a_pre_order_that_nobody_asked_about_there_is_nothing(self, gateway):
        assert gateway.look_up(ABOUT, None) == ()

    def test_everything_about_a_pre_order_is_found(self, provider, gateway, fan):
        saved = fan.saves()
        paid = gateway.charge(fan.later(saved))
        refund = fan.gets_back(paid, 100)
        Fan(provider, OTHER).pays()
        expected = {one.reference: one for one in (saved, paid, refund)}
        for customer in (None, saved.customer):
            assert {one.reference: one for one in fan.everything(customer)} == expected
        assert {one.kind for one in Fan(provider, OTHER).everything()} == {"charge"}

    def test_each_thing_tells_what_it_is_about(self, provider, gateway, fan):
        saved = fan.saves("card_disputed")
        paid = gateway.charge(fan.later(saved))
        refund = fan.gets_back(paid, 100)
        provider.forward(SETTLED)
        things = [saved, paid, refund, *fan.of("dispute")]
        assert [gateway.about(one.reference) for one in things] == [ABOUT] * 4
        theirs = Fan(provider, OTHER).pays()
        assert gateway.about(theirs.reference) == OTHER

    @pytest.mark.parametrize("reference", ["pi_nobody_1", f"pi_{ABOUT}_99", "pi__", "pi_", "", "nonsense", "re_x_²"])
    def test_what_is_none_of_ours_is_about_nothing(self, gateway, fan, reference):
        fan.pays()
        assert gateway.about(reference) is None

    def test_every_movement_since_then_is_told_whatever_its_result(self, provider, gateway, fan):
        fan.pays()
        provider.forward(timedelta(days=2))
        since = provider.now()
        paid, declined, theirs = fan.pays("card_disputed"), fan.pays("card_declined"), Fan(provider, OTHER).pays()
        fan.saves()
        refund = fan.gets_back(paid, 100)
        provider.forward(SETTLED)
        moved = list(gateway.movements(since))
        expected = [paid, declined, theirs, refund, *fan.of("dispute")]
        assert sorted(one.reference for one in moved) == sorted(one.reference for one in expected)
        assert {one.reference: one.result for one in moved}[refund.reference] == "done"

    def test_an_old_charge_that_is_given_back_now_is_no_new_charge(self, provider, gateway, fan):
        paid = fan.pays()
        provider.forward(timedelta(days=2))
        refund = fan.gets_back(paid)
        moved = list(gateway.movements(provider.now() - timedelta(hours=1)))
        assert [one.reference for one in moved] == [refund.reference]


class Disputing(Cases):
    def disputed(self, provider: Provided, fan: Fan) -> tuple[Found, Found]:
        paid = fan.pays("card_disputed")
        assert fan.of("dispute") == []
        provider.forward(SETTLED)
        (dispute,) = fan.of("dispute")
        return paid, dispute

    def test_a_dispute_comes_later_and_by_itself(self, provider, fan):
        paid, dispute = self.disputed(provider, fan)
        assert (dispute.result, dispute.minor, dispute.currency) == ("pending", 500, "EUR")
        assert (dispute.charge, dispute.about) == (paid.reference, ABOUT)
        assert dispute.created_at > paid.created_at
        assert fan.stands(paid) == paid

    def test_what_the_bank_has_taken_back_is_not_given_back_again(self, provider, fan):
        paid, dispute = self.disputed(provider, fan)
        with pytest.raises(Misused):
            fan.gets_back(paid)
        provider.close_dispute(dispute.reference, won=False)
        assert fan.stands(dispute).result == "done"
        with pytest.raises(Misused):
            fan.gets_back(paid)

    def test_a_dispute_that_is_won_is_over(self, provider, fan):
        paid, dispute = self.disputed(provider, fan)
        provider.close_dispute(dispute.reference, won=True)
        assert fan.stands(dispute).result == "cancelled"
        assert fan.gets_back(paid).result == "pending"

    def test_a_charge_that_was_given_back_can_be_disputed_all_the_same(self, provider, fan):
        refund = fan.gets_back(fan.pays("card_disputed"))
        provider.forward(SETTLED)
        assert fan.stands(refund).result == "done"
        assert [one.minor for one in fan.of("dispute")] == [500]


class Telling(Cases):
    def test_every_change_is_told_with_its_own_id(self, provider, gateway, fan):
        declined = fan.pays("card_declined")
        paid = gateway.charge(fan.charging("card_disputed", charge=declined.reference))
        refund = fan.gets_back(paid, 100)
        provider.forward(SETTLED)
        (dispute,) = fan.of("dispute")
        provider.close_dispute(dispute.reference, won=False)
        assert fan.happened(paid) == ["payment_intent.payment_failed", "payment_intent.succeeded"]
        assert fan.happened(refund) == ["refund.created", "refund.updated"]
        assert fan.happened(dispute) == ["charge.dispute.created", "charge.dispute.closed"]
        ids = [one.event_id for one in provider.events()]
        assert len(ids) == len(set(ids))

    def test_an_event_reads_as_it_was_told(self, provider, gateway, fan):
        waiting, saved, paid = fan.pays("card_authenticate"), fan.saves(), fan.pays("card_refund_fails")
        gateway.cancel(waiting.reference, ABOUT)
        fan.gets_back(paid)
        provider.forward(SETTLED)
        kinds = ["requires_action", "canceled"]
        assert fan.happened(waiting) == [f"payment_intent.{kind}" for kind in kinds]
        assert fan.happened(saved) == ["setup_intent.succeeded"]
        for event in provider.events():
            read = gateway.read_event(*provider.signed(event, provider.now()), provider.now())
            assert (read.event_id, read.kind, read.reference) == (event.event_id, event.kind, event.reference)
            assert read.about in (ABOUT, "")
            assert abs(read.created_at - event.created_at) < timedelta(seconds=1)

    def test_a_kind_that_is_of_no_concern_is_nothing(self, provider, gateway, fan):
        fan.pays()
        event = replace(provider.events()[0], kind="payout.paid")
        assert gateway.read_event(*provider.signed(event, provider.now()), provider.now()) is None

    @pytest.mark.parametrize("seconds", [-300, -299, 0, 299, 300])
    def test_an_event_may_be_five_minutes_old_or_ahead(self, provider, gateway, fan, seconds):
        headers, body = self.posted(provider, fan)
        assert gateway.read_event(headers, body, provider.now() + timedelta(seconds=seconds))

    @pytest.mark.parametrize("seconds", [-3600, -301, 301, 86400])
    def test_an_event_from_the_past_or_the_future_is_refused(self, provider, gateway, fan, seconds):
        headers, body = self.posted(provider, fan)
        with pytest.raises(EventForged):
            gateway.read_event(headers, body, provider.now() + timedelta(seconds=seconds))

    def test_an_event_that_was_touched_is_refused(self, provider, gateway, fan):
        headers, body = self.posted(provider, fan)
        for forged in (body + b" ", body.replace(b"succeeded", b"forgotten"), b"", b"\xff", body[:-1]):
            with pytest.raises(EventForged):
                gateway.read_event(headers, forged, provider.now())

    def test_an_event_without_a_signature_is_refused(self, provider, gateway, fan):
        headers, body = self.posted(provider, fan)
        unsigned = {name: value for name, value in headers.items() if not name.endswith("signature")}
        for headers_ in ({}, unsigned, dict.fromkeys(headers, "")):
            with pytest.raises(EventForged):
                gateway.read_event(headers_, body, provider.now())

    def test_whatever_stands_in_the_headers_is_refused(self, provider, gateway, fan):
        headers, body = self.posted(provider, fan)
        good = next(value for name, value in headers.items() if name.endswith("signature"))

        @given(st.text(max_size=200) | st.text("tv10=,abcdef9", max_size=100) | st.just(good[:-1]))
        def refuses(text: str) -> None:
            with pytest.raises(EventForged):
                gateway.read_event(dict.fromkeys(headers, text), body, provider.now())

        refuses()

    def posted(self, provider: Provided, fan: Fan) -> tuple[Mapping[str, str], bytes]:
        fan.pays()
        event = next(one for one in provider.events() if one.kind == "payment_intent.succeeded")
        return provider.signed(event, provider.now())


class GatewayContract(
    Saving, Charging, GoingOn, Repeating, Failing, Refunding, Cancelling, Looking, Disputing, Telling
):
    """All of it."""
