"""Whose turn it is: what a payment needs next, and whose time is over (M3, M5, M7)."""

from datetime import timedelta
from typing import get_args

import pytest

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


@pytest.mark.parametrize("state", STATES)
def test_a_refund_says_whether_all_goes_back_or_what_was_too_much(state):
    whole = state in ("declined", "dropped", "releasing", "released")
    assert turns.why(examples.payment(state=state)) == ("released" if whole else "price_difference")


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
        assert not turns.may_ask(collecting(due_minor=4_000, first_minor=0)), "at the lock no card is saved any more"

    def test_the_smallest_amount_is_asked_for_too(self):
        assert turns.may_ask(collecting(due_minor=4_001))

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
        one = collecting(state="overdue", again=True, look_at=START + DAY)
        assert turns.moved_on(one, START).tries == 1
        next_one = turns.moved_on(one.model_copy(update={"answered": 1}), START + DAY)
        assert (next_one.tries, next_one.answered, next_one.again) == (2, 1, False)
        assert (next_one.asked_at, next_one.look_at) == (START + DAY, None)

    @pytest.mark.parametrize("state", STATES)
    def test_another_card_is_tried_where_one_is_missing_and_nowhere_else(self, state):
        one = examples.payment(state=state, answered=1, again=True, first_minor=5, due_minor=5)
        waits = state in ("action_required", "collecting", "overdue")
        assert turns.moved_on(one, START).tries == (2 if waits else 1)

    def test_what_is_not_wanting_is_paid(self):
        assert turns.moved_on(collecting(due_minor=4_000, answered=1), START).state == "paid"
        assert turns.moved_on(collecting(answered=1), START).state == "collecting"

    def test_who_has_paid_has_nothing_to_do_any_more(self):
        one = collecting(due_minor=4_000, answered=1, problem="card_declined", action="a", look_at=START + DAY)
        end = turns.moved_on(one, START)
        assert (end.state, end.problem, end.action, end.look_at) == ("paid", None, None, None)

    @pytest.mark.parametrize("state", [state for state in KEEPS_NOTHING if state != "releasing"])
    def test_only_what_is_being_let_go_is_released(self, state):
        assert turns.moved_on(examples.payment(state=state, answered=1), START).state == state

    def test_it_is_released_once_everything_has_arrived(self):
        """M5."""
        one = paid(500, state="releasing", refunds=(refund(500, "pending", reference="r"),))
        assert turns.moved_on(one, START).state == "releasing"
        arrived = one.model_copy(update={"refunds": (one.refunds[0].model_copy(update={"state": "succeeded"}),)})
        assert turns.moved_on(arrived, START).state == "released"

    def test_what_is_released_is_done_with(self):
        end = turns.moved_on(examples.payment(state="releasing", action="a", look_at=START + DAY), START)
        assert (end.state, end.action, end.look_at) == ("released", None, None)

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
        assert (known.answered, known.look_at) == (1, None)
        assert turns.moved_on(known, START + 10 * MINUTE).state == "released"

    def test_a_saved_card_is_no_risk(self):
        assert turns.moved_on(examples.payment(state="releasing"), START).state == "released"


def test_only_what_keeps_nothing_is_made_impossible_at_the_provider():
    open_charge = (charge(0),)
    assert turns.to_cancel(examples.payment(state="overdue", charges=open_charge)) is None
    assert turns.to_cancel(examples.payment(state="releasing", charges=open_charge)) is not None
    assert turns.to_cancel(examples.payment(state="releasing", charges=(charge(0, cancelled=True), charge(5)))) is None
