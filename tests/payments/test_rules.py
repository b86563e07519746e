"""Payments move forward only (M8)."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.payments import provider
from chalicelib.payments.model import State
from chalicelib.payments.rules import NEXT
from tests import examples

STATES = get_args(State)


def after(state: State) -> set[State]:
    """Every state that can still come."""
    found: set[State] = set()
    coming = list(NEXT[state])
    while coming:
        found.add(coming[-1])
        coming += NEXT[coming.pop()]
    return found


def test_every_state_has_its_ways():
    assert set(NEXT) == set(STATES)


@given(st.lists(st.sampled_from(STATES), max_size=12))
def test_whatever_is_told_in_whatever_order_a_payment_never_moves_back(told):
    """M8: a late, repeated or reordered message changes nothing or moves it forward."""
    state: State = "requested"
    passed: list[State] = []
    for news in told:
        if news in NEXT[state]:
            passed.append(state)
            state = news
    assert state not in passed
    assert len(set(passed)) == len(passed)


@pytest.mark.parametrize("state", STATES)
def test_no_way_leads_back(state):
    assert state not in after(state)


def test_a_payment_ends_declined_or_released():
    assert {state for state in STATES if not NEXT[state]} == {"declined", "released"}


@pytest.mark.parametrize("state", ["requested", "secured"])
def test_whatever_may_be_held_can_still_be_let_go(state):
    """M5: no payment is stuck."""
    assert "released" in after(state)


class TestSimulatedProvider:
    """The provider without money."""

    simulated = provider.named("simulated")

    @pytest.mark.parametrize(("method", "secured"), [("card", True), ("card_declined", False)])
    def test_it_secures_everything_but_a_declined_card(self, method, *, secured):
        assert self.simulated.secure(examples.payment(payment_method=method)).secured == secured

    def test_asking_twice_is_asking_once(self):
        """M3."""
        assert self.simulated.secure(examples.payment()) == self.simulated.secure(examples.payment())

    def test_letting_go_of_nothing_is_fine(self):
        self.simulated.release(examples.payment())
        self.simulated.release(examples.payment())

    def test_a_provider_that_does_not_exist_stops_the_function(self):
        with pytest.raises(LookupError):
            provider.named("stripes")
