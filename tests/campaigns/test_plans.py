"""What is taken when: never more than was shown, and of a deposit never less than its share."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.campaigns.plans import (
    GRACE_DAYS,
    HOLD_MINUTES,
    REMINDER_HOURS,
    Deposit,
    Prepay,
    due_now_minor,
    save_card,
)
from chalicelib.kernel.money import MOST_MINOR
from tests import examples
from tests.strategies import PLANS

PERCENT = st.integers(1, 99)
TOTALS = st.integers(0, MOST_MINOR)


def deposit(percent: int) -> Deposit:
    return Deposit(kind="deposit", percent=percent)


@given(PLANS, TOTALS)
def test_never_more_is_due_now_than_it_can_cost(plan, total):
    """M2."""
    assert 0 <= due_now_minor(plan, total) <= total


@given(TOTALS)
def test_a_saved_card_takes_nothing_now_and_who_prepays_all_of_it(total):
    """M4."""
    assert due_now_minor(save_card(), total) == 0
    assert due_now_minor(Prepay(kind="prepay"), total) == total


@given(PERCENT, TOTALS)
def test_a_deposit_is_its_share_rounded_up_by_less_than_one_minor_unit(percent, total):
    """Exactly, however large the total."""
    share = Fraction(total * percent, 100)
    assert share <= due_now_minor(deposit(percent), total) < share + 1


@pytest.mark.parametrize(
    ("percent", "total", "due"), [(30, 30_000, 9_000), (33, 100, 33), (33, 101, 34), (1, 1, 1), (99, 1, 1), (50, 0, 0)]
)
def test_what_a_deposit_takes(percent, total, due):
    assert due_now_minor(deposit(percent), total) == due


@given(PLANS, TOTALS, st.integers(0, 1_000_000))
def test_who_could_pay_more_never_pays_less_now(plan, total, more):
    assert due_now_minor(plan, total) <= due_now_minor(plan, total + more)


class TestAgreed:
    """What an organiser sends with a campaign."""

    def test_who_says_nothing_has_the_usual_terms(self):
        new = examples.new()
        assert new.payment_plan == save_card()
        terms = (new.payment_hold_minutes, new.reminder_hours, new.grace_days)
        assert terms == (HOLD_MINUTES, REMINDER_HOURS, GRACE_DAYS)

    @pytest.mark.parametrize(
        "plan",
        [
            {"kind": "deposit", "percent": 0},
            {"kind": "deposit", "percent": 100},
            {"kind": "deposit", "percent": 29.5},
            {"kind": "deposit"},
            {"kind": "later"},
            {},
        ],
    )
    def test_a_plan_that_is_none_is_refused(self, plan):
        with pytest.raises(ValidationError):
            examples.new(payment_plan=plan)

    @pytest.mark.parametrize(
        ("name", "least", "most"),
        [("payment_hold_minutes", 5, 1440), ("reminder_hours", 1, 336), ("grace_days", 1, 30)],
    )
    def test_no_time_is_shorter_or_longer_than_makes_sense(self, name, least, most):
        for value in (least, most):
            assert getattr(examples.new(**{name: value}), name) == value
        for value in (least - 1, most + 1):
            with pytest.raises(ValidationError):
                examples.new(**{name: value})
