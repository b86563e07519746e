"""Whose turn it is: what a payment needs next, and when it is looked at again (M7, L1)."""

from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.payments import turns
from chalicelib.payments.model import State
from chalicelib.payments.rules import KEEPS_NOTHING
from chalicelib.plumbing.gateway.port import KEY_SAFE
from tests import examples
from tests.hands import START
from tests.payments.test_answers import collecting
from tests.payments.test_rules import charge, paid, refund

STATES = get_args(State)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@given(st.integers(0, 10_000_000), st.integers(0, 10_000_000))
def test_one_looks_again_ever_more_seldom_but_always(earlier, later):
    """L1."""
    pauses = [
        turns.look_again(START, START + timedelta(seconds=s)) - START - timedelta(seconds=s) for s in (earlier, later)
    ]
    assert all(MINUTE <= pause <= 12 * HOUR for pause in pauses)
    assert earlier > later or pauses[0] <= pauses[1]


class TestAsking:
    """When the provider is asked."""

    @pytest.mark.parametrize("state", STATES)
    def test_a_try_is_asked_for_where_something_is_wanted(self, state):
        one = examples.payment(state=state, first_minor=5, due_minor=30_000)
        assert turns.may_ask(one) == (state in ("requested", "action_required", "collecting", "overdue"))
        assert not turns.may_ask(one.model_copy(update={"answered": 1}))

    def test_a_card_is_saved_although_nothing_is_taken(self):
        assert turns.may_ask(examples.payment())
        assert not turns.may_ask(collecting(due_minor=4_000))

    def test_an_old_key_is_no_key(self):
        """M3, M7: within a day the provider knows it; later one looks first."""
        one = collecting()
        assert not turns.must_look(one, START + KEY_SAFE - MINUTE)
        assert turns.must_look(one, START + KEY_SAFE)
        assert not turns.must_look(one.model_copy(update={"answered": 1}), START + KEY_SAFE)

    def test_a_refund_that_was_asked_for_days_ago_is_looked_for_first(self):
        """Somebody delivers a message again that was given up: it may have been given back long ago."""
        one = paid(state="releasing", refunds=(refund(500),))
        assert [turns.must_look(one, START + after) for after in (HOUR, KEY_SAFE)] == [False, True]
        arrived = one.model_copy(update={"refunds": (one.refunds[0].model_copy(update={"state": "pending"}),)})
        assert not turns.must_look(arrived, START + KEY_SAFE)

    def test_what_was_put_off_is_looked_at_when_its_time_has_come(self):
        one = collecting(look_at=START + MINUTE)
        assert [turns.must_look(one, START), turns.must_look(one, START + MINUTE)] == [False, True]


class TestHold:
    """How long room is held."""

    def test_it_is_over_at_its_minute_for_what_waits_for_its_holder(self):
        one = examples.payment(state="action_required", answered=1, hold_until=START + 15 * MINUTE)
        assert [turns.hold_is_over(one, START + minutes * MINUTE) for minutes in (14, 15)] == [False, True]

    def test_a_first_ask_that_comes_late_is_still_made(self):
        one = examples.payment(hold_until=START)
        assert not turns.hold_is_over(one, START + DAY)
        assert turns.hold_is_over(one.model_copy(update={"look_at": START}), START + DAY), (
            "it was asked, and is unknown"
        )

    @pytest.mark.parametrize("state", [state for state in STATES if state not in ("requested", "action_required")])
    def test_it_holds_nothing_any_more_once_it_is_secured(self, state):
        assert not turns.hold_is_over(examples.payment(state=state, answered=1, hold_until=START), START + DAY)

    def test_what_is_over_is_declined_and_says_so(self):
        gone = turns.expired(examples.payment(state="action_required", action="a", look_at=START))
        assert (gone.state, gone.problem, gone.action, gone.look_at) == ("declined", "hold_expired", None, None)


class TestMovingOn:
    """What follows without the provider."""

    def test_another_try_begins_once_the_one_before_is_answered(self):
        """M3: never two at once."""
        one = collecting(state="overdue", again=True)
        assert turns.moved_on(one, START).tries == 1
        next_one = turns.moved_on(one.model_copy(update={"answered": 1}), START + DAY)
        assert (next_one.tries, next_one.answered, next_one.again, next_one.asked_at) == (2, 1, False, START + DAY)

    def test_what_is_not_wanting_is_paid(self):
        assert turns.moved_on(collecting(due_minor=4_000, answered=1), START).state == "paid"
        assert turns.moved_on(collecting(answered=1), START).state == "collecting"

    @pytest.mark.parametrize("state", [state for state in KEEPS_NOTHING if state != "releasing"])
    def test_only_what_is_being_let_go_is_released(self, state):
        assert turns.moved_on(examples.payment(state=state, answered=1), START).state == state

    def test_it_is_released_once_everything_has_arrived(self):
        """M5."""
        one = paid(500, state="releasing", refunds=(refund(500, "pending", reference="r"),))
        assert turns.moved_on(one, START).state == "releasing"
        arrived = one.model_copy(update={"refunds": (one.refunds[0].model_copy(update={"state": "succeeded"}),)})
        assert turns.moved_on(arrived, START).state == "released"

    def test_a_failed_refund_is_never_released(self):
        one = paid(500, state="releasing", refunds=(refund(500, "failed", reference="r"),))
        assert turns.moved_on(one, START).state == "releasing"

    def test_a_charge_that_may_be_on_its_way_is_waited_for_and_looked_at(self):
        """M5: ten minutes, longer than any call lives."""
        one = collecting(state="releasing", charges=())
        waiting = turns.moved_on(one, START)
        assert (waiting.state, waiting.look_at) == ("releasing", START + 10 * MINUTE)
        assert turns.moved_on(waiting, START + 9 * MINUTE) == waiting
        known = turns.moved_on(waiting, START + 10 * MINUTE)
        assert (known.answered, turns.moved_on(known, START + 10 * MINUTE).state) == (1, "released")

    def test_a_saved_card_is_no_risk(self):
        assert turns.moved_on(examples.payment(state="releasing"), START).state == "released"


class TestLookingAgain:
    """When the clock looks."""

    def test_who_is_overdue_is_reminded_every_two_days(self):
        one = collecting(state="overdue", answered=1)
        first = turns.moved_on(one, START)
        assert (first.look_at, first.reminders) == (START + 2 * DAY, 1)
        assert turns.moved_on(first, START + DAY) == first
        second = turns.moved_on(first, START + 2 * DAY)
        assert (second.look_at, second.reminders) == (START + 4 * DAY, 2)

    def test_what_another_state_has_planned_does_not_delay_a_refund(self):
        one = paid(5, state="releasing", look_at=START + 2 * DAY, refunds=(refund(5, "pending", reference="r"),))
        assert turns.moved_on(one, START).look_at == START + MINUTE

    def test_what_needs_nothing_is_not_looked_at(self):
        assert turns.moved_on(paid(look_at=START), START).look_at is None
        assert turns.moved_on(paid(), START) == paid()

    @pytest.mark.parametrize("state", STATES)
    def test_the_same_moment_asks_for_nothing_twice(self, state):
        one = examples.payment(state=state, answered=1, first_minor=5, due_minor=5, hold_until=START + DAY)
        for _ in range(4):
            one = turns.moved_on(one, START)
        assert turns.moved_on(one, START) == one


def test_only_what_keeps_nothing_is_made_impossible_at_the_provider():
    open_charge = (charge(0),)
    assert turns.to_cancel(examples.payment(state="overdue", charges=open_charge)) is None
    assert turns.to_cancel(examples.payment(state="releasing", charges=open_charge)) is not None
    assert turns.to_cancel(examples.payment(state="releasing", charges=(charge(0, cancelled=True), charge(5)))) is None
