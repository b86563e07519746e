"""How batches fill, confirm, lock and fall short: each step from each state."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.batches import rules
from chalicelib.batches.rules import PAYMENT_GRACE, Step
from tests import examples
from tests.examples import CLOSES
from tests.hands import START

CAMPAIGN = examples.campaign()
BEFORE, AFTER_GRACE = CLOSES - timedelta(milliseconds=1), CLOSES + PAYMENT_GRACE


def next_state(now=BEFORE, campaign=CAMPAIGN, **figures):
    step = rules.next_step(examples.batch(**figures), campaign, now)
    return step and step.state


SEALING = {"sealing_at": START}
SEALED = {**SEALING, "sealed": True, "taken_units": 20}
CALLED_OFF = {**SEALED, "late": True}
STEPS = [
    ("open", 4, 4, {}, BEFORE, None),
    ("open", 5, 5, {}, BEFORE, "confirmed"),
    ("open", 20, 20, {}, BEFORE, "sealing"),
    ("confirmed", 5, 5, {}, BEFORE, None),
    ("confirmed", 4, 4, {}, BEFORE, "open"),
    ("confirmed", 20, 19, {}, BEFORE, None),
    ("confirmed", 20, 20, {}, BEFORE, "sealing"),
    ("open", 4, 4, {}, CLOSES, "sealing"),
    ("confirmed", 5, 5, {}, CLOSES, "sealing"),
    ("confirmed", 5, 5, SEALING, CLOSES, "cutting"),
    ("open", 0, 0, SEALING, BEFORE, "cutting"),
    ("open", 5, 4, SEALED, CLOSES, None),
    ("open", 5, 4, SEALED, AFTER_GRACE, "calling_off"),
    ("open", 5, 4, CALLED_OFF, AFTER_GRACE, None),
    ("confirmed", 6, 5, SEALED, CLOSES, None),
    ("confirmed", 6, 5, SEALED, AFTER_GRACE, "calling_off"),
    ("confirmed", 6, 5, CALLED_OFF, AFTER_GRACE, None),
    ("open", 5, 5, SEALED, CLOSES, "confirmed"),
    ("confirmed", 5, 5, SEALED, CLOSES, "locked"),
    ("confirmed", 20, 20, SEALED, BEFORE, "locked"),
    ("open", 4, 4, SEALED, CLOSES, "short"),
    ("confirmed", 4, 4, SEALED, CLOSES, "open"),
    ("confirmed", 4, 4, SEALED, BEFORE, "reopening"),
    ("locked", 5, 5, SEALED, BEFORE, "ordered"),
    ("locked", 20, 20, SEALED, AFTER_GRACE, "ordered"),
]


@pytest.mark.parametrize(("state", "held", "secured", "cut", "now", "end"), STEPS)
def test_a_step_is_a_function_of_the_figures_and_the_time(state, held, secured, cut, now, end):  # noqa: PLR0917 - a row
    """B5."""
    assert next_state(now, state=state, held_units=held, secured_units=secured, **cut) == end


GIVEN_BACK = {"taken_units": 20, "back_units": 3, "held_units": 17, "secured_units": 17, "state": "confirmed"}


class TestGivenBack:
    """Units given back never find room on their old pages: they get a book of their own when they are missed."""

    def test_they_are_issued_anew(self):
        assert next_state(**GIVEN_BACK) == "reissuing"

    def test_they_are_issued_once(self):
        assert next_state(**{**GIVEN_BACK, "reissued_units": 3, "books": ({"units": 20}, {"units": 3})}) is None

    @pytest.mark.parametrize(("limit", "end"), [(4, None), (5, None), (6, "reissuing")])
    def test_nobody_misses_them_while_the_books_take_what_one_fan_may_have(self, limit, end):
        figures = {**GIVEN_BACK, "taken_units": 15, "held_units": 12, "secured_units": 12}
        assert next_state(campaign=examples.campaign(limit_per_fan=limit), **figures) == end

    def test_a_batch_keeps_a_list_of_so_many_books_and_no_more(self):
        full = {"books": ({"units": 20}, *[{"units": 0}] * (rules.MOST_BOOKS - 1))}
        assert next_state(**GIVEN_BACK, **full) is None

    @pytest.mark.parametrize("cut", [SEALING, CALLED_OFF])
    def test_not_once_the_batch_is_being_sealed(self, cut):
        assert next_state(**{**GIVEN_BACK, **cut}) != "reissuing"


@pytest.mark.parametrize("state", ["collecting", "ordered", "shipped", "completed", "short", "cancelled"])
@pytest.mark.parametrize("now", [BEFORE, AFTER_GRACE])
def test_what_is_decided_stays_decided(state, now):
    """B1: whatever becomes of the campaign."""
    for campaign in (
        CAMPAIGN,
        examples.campaign(state="cancelled"),
        examples.campaign(state="closed", closed_at=START),
    ):
        assert next_state(now, campaign, state=state, held_units=20, secured_units=20) is None


@pytest.mark.parametrize("state", ["open", "confirmed"])
@pytest.mark.parametrize(("cut", "end"), [({}, "sealing"), (SEALING, "cutting"), (SEALED, "cancelled")])
def test_a_cancelled_campaign_takes_its_unlocked_batches_with_it(state, cut, end):
    """Sealed first: who has not heard of the end must find no room any more."""
    cancelled = examples.campaign(state="cancelled")
    assert next_state(BEFORE, cancelled, state=state, held_units=6, secured_units=5, **cut) == end


def test_a_cancelled_campaign_still_orders_what_was_locked():
    cancelled = examples.campaign(state="cancelled")
    assert next_state(AFTER_GRACE, cancelled, state="locked", held_units=20, secured_units=20) == "ordered"


@pytest.mark.parametrize(("state", "units", "end"), [("open", 4, "short"), ("confirmed", 5, "locked")])
def test_closing_a_campaign_brings_the_end_of_its_batches_forward(state, units, end):
    closed = examples.campaign(state="closed", closed_at=START)
    assert next_state(START, closed, state=state, held_units=units, secured_units=units) == "sealing"
    assert next_state(START, closed, state=state, held_units=units, secured_units=units, **SEALED) == end


def test_closing_a_campaign_after_the_end_of_a_batch_does_not_give_it_more_time():
    closed = examples.campaign(state="closed", closed_at=AFTER_GRACE)
    assert next_state(CLOSES, closed, state="open", **SEALED) == "short"


def test_a_step_notes_when_it_was_decided():
    batch = examples.batch(held_units=5, secured_units=5)
    assert rules.next_step(batch, CAMPAIGN, START) == Step("confirmed", START)


@given(st.integers(0, 25), st.integers(1, 25), st.sampled_from([START, BEFORE, CLOSES, AFTER_GRACE]))
def test_there_is_room_up_to_the_capacity_until_the_end(held, units, now):
    """S1."""
    batch = examples.batch(held_units=held)
    assert (rules.seeming_room(batch, now) >= units) == (held + units <= 20 and now < CLOSES)


def test_a_batch_that_is_being_sealed_takes_nobody_any_more():
    assert not rules.takes(examples.batch(**SEALING), START)
    assert list(rules.taking([examples.batch(**SEALING), examples.batch(number=2)], START)) == [
        examples.batch(number=2)
    ]


@pytest.mark.parametrize("state", ["locked", "collecting", "ordered", "shipped", "completed", "short", "cancelled"])
def test_a_batch_that_is_decided_takes_nobody_any_more(state):
    assert rules.seeming_room(examples.batch(state=state), START) == 0


@pytest.mark.parametrize(("secured", "final", "wanting"), [(0, None, 5), (4, None, 1), (9, None, 0), (9, 3, 2)])
def test_the_distance_to_the_minimum_is_that_of_the_units_that_count(secured, final, wanting):
    assert examples.batch(secured_units=secured, final_units=final).units_to_minimum == wanting
