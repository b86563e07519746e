"""When the clock looks at a payment again: soon at first, later seldom, never not at all (L1)."""

from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.payments import turns
from chalicelib.payments.model import State
from tests import examples
from tests.hands import START
from tests.payments.test_answers import collecting
from tests.payments.test_rules import paid, refund

STATES = get_args(State)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@given(st.integers(0, 10_000_000), st.integers(0, 10_000_000))
def test_one_looks_again_ever_more_seldom_but_always(earlier, later):
    """L1."""
    pauses = [
        turns.look_again(START, START + timedelta(seconds=s)) - START - timedelta(seconds=s) for s in (earlier, later)
    ]
    assert all(MINUTE <= pause <= 12 * HOUR for pause in pauses)
    assert earlier > later or pauses[0] <= pauses[1]


@pytest.mark.parametrize(
    ("lasted", "pause"),
    [
        (timedelta(0), MINUTE),
        (10 * MINUTE - SECOND, MINUTE),
        (10 * MINUTE, 10 * MINUTE),
        (2 * HOUR - SECOND, 10 * MINUTE),
        (2 * HOUR, HOUR),
        (2 * DAY - SECOND, HOUR),
        (2 * DAY, 12 * HOUR),
        (30 * DAY, 12 * HOUR),
    ],
)
def test_the_longer_one_has_waited_the_longer_one_waits(lasted, pause):
    assert turns.look_again(START, START + lasted) == START + lasted + pause


def test_who_is_overdue_is_reminded_every_two_days():
    one = collecting(state="overdue", answered=1)
    first = turns.moved_on(one, START)
    assert (first.look_at, first.reminders) == (START + 2 * DAY, 1)
    assert turns.moved_on(first, START + DAY) == first
    second = turns.moved_on(first, START + 2 * DAY)
    assert (second.look_at, second.reminders) == (START + 4 * DAY, 2)


def test_a_reminder_that_is_moved_forward_is_not_sent_yet():
    one = collecting(state="overdue", answered=1, look_at=START + 3 * DAY)
    sooner = turns.moved_on(one, START)
    assert (sooner.look_at, sooner.reminders) == (START + 2 * DAY, 0)


@pytest.mark.parametrize("state", ["requested", "collecting"])
def test_what_the_provider_takes_its_time_for_is_looked_at_and_nobody_is_reminded(state):
    one = examples.payment(state=state, answered=1, first_minor=5, due_minor=5)
    waiting = turns.moved_on(one, START + HOUR)
    assert (waiting.look_at, waiting.reminders) == (START + HOUR + 10 * MINUTE, 0)


def test_who_has_to_confirm_has_until_the_room_is_held_no_longer():
    one = examples.payment(state="action_required", answered=1, hold_until=START + 15 * MINUTE)
    assert turns.moved_on(one, START).look_at == START + 15 * MINUTE


def test_what_another_state_has_planned_does_not_delay_a_refund():
    one = paid(5, state="releasing", look_at=START + 2 * DAY, refunds=(refund(5, "pending", reference="r"),))
    assert turns.moved_on(one, START).look_at == START + MINUTE


def test_what_needs_nothing_is_not_looked_at():
    assert turns.moved_on(paid(look_at=START), START).look_at is None
    assert turns.moved_on(paid(), START) == paid()


@pytest.mark.parametrize("state", STATES)
def test_the_same_moment_asks_for_nothing_twice(state):
    one = examples.payment(state=state, answered=1, first_minor=5, due_minor=5, hold_until=START + DAY)
    for _ in range(4):
        one = turns.moved_on(one, START)
    assert turns.moved_on(one, START) == one
