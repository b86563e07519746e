"""What goes back, and of which charge: all that is not kept, and never more than was taken (M2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.payments import rules
from tests import examples
from tests.hands import START
from tests.payments.test_rules import charge, paid, refund

TWO_CHARGES = (charge(4_000), charge(26_000, "c2", "balance"))


def due(**changes):
    found = rules.refunds_due(examples.payment(**changes), START, "released")
    return [(one.number, one.charge, one.amount_minor) for one in found]


def shared(payment, minor):
    return [(one.charge, one.amount_minor) for one in rules.shared_out(payment, minor, START, "released")]


def test_all_that_is_not_kept_goes_back_the_latest_charge_first():
    assert due(state="releasing", charges=TWO_CHARGES) == [(1, "c2", 26_000), (2, "c1", 4_000)]


def test_of_an_earlier_charge_goes_back_only_what_the_latest_does_not_cover():
    one = examples.payment(state="paid", charges=TWO_CHARGES)
    assert shared(one, 26_000) == [("c2", 26_000)]
    assert shared(one, 27_000) == [("c2", 26_000), ("c1", 1_000)]


def test_each_charge_gives_back_what_is_left_of_it():
    """Of the second one 5,000 are promised back, and 1,000 the bank has taken."""
    charges = (charge(4_000), charge(26_000, "c2", "balance", lost_minor=1_000))
    found = due(state="releasing", charges=charges, refunds=(refund(5_000, of="c2"),))
    assert found == [(2, "c2", 20_000), (3, "c1", 4_000)]


def test_the_smallest_amount_goes_back_too():
    assert shared(paid(), 1) == [("c1", 1)]


@pytest.mark.parametrize("state", ["requested", "pending", "succeeded", "failed"])
def test_what_is_promised_or_owed_is_not_promised_again(state):
    """A refund that has failed is still owed; another one beside it would be one too many."""
    refunds = (refund(1_000, state),)
    assert due(state="releasing", charges=(charge(4_000),), refunds=refunds) == [(2, "c1", 3_000)]


def test_what_the_bank_has_taken_back_is_not_given_back_again():
    assert due(state="releasing", charges=(charge(4_000, lost_minor=4_000),)) == []


def test_the_difference_to_the_settled_price_goes_back():
    assert due(state="collecting", due_minor=27_000, charges=(charge(30_000),)) == [(1, "c1", 3_000)]


def test_nothing_goes_back_of_what_is_kept():
    assert due(state="secured", first_minor=4_000, charges=(charge(4_000),)) == []


def test_it_is_told_by_whom_a_refund_was_asked_for():
    (asked,) = rules.shared_out(paid(), 5, START, "late", asked_by="digest")
    (followed,) = rules.refunds_due(paid(state="releasing"), START, "released")
    assert [(asked.asked_by, asked.reason), (followed.asked_by, followed.reason)] == [
        ("digest", "late"),
        ("", "released"),
    ]


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=4),
    st.integers(0, 200),
    st.integers(0, 60),
)
def test_no_charge_gives_back_more_than_it_took(taken, wanted, lost):
    """M2."""
    charges = tuple(charge(minor, f"c{place}", lost_minor=min(minor, lost)) for place, minor in enumerate(taken))
    one = examples.payment(state="releasing", charges=charges)
    found = rules.shared_out(one, wanted, START, "released")
    for each in one.charges:
        back = sum(refund.amount_minor for refund in found if refund.charge == each.reference)
        assert 0 <= back <= each.minor - each.lost_minor
    assert sum(refund.amount_minor for refund in found) == min(wanted, one.captured_minor - one.lost_minor)
    assert [refund.number for refund in found] == list(range(1, len(found) + 1))
