"""What a look at everything that stands at the provider means, at once (M6, M7)."""

import pytest

from chalicelib.payments.answers import all_heard
from tests import examples
from tests.payments.test_answers import collecting, found
from tests.payments.test_rules import refund


@pytest.mark.parametrize(
    ("one", "there", "answered"),
    [
        (examples.payment(), ("method", ""), 1),
        (examples.payment(), ("charge", "first"), 0),
        (examples.payment(first_minor=5), ("charge", "first"), 1),
        (examples.payment(first_minor=5), ("method", ""), 0),
        (collecting(), ("charge", "balance"), 1),
        (collecting(first_minor=0), ("charge", "balance"), 1),
        (collecting(), ("charge", "first"), 0),
        (collecting(first_minor=0), ("method", ""), 0),
    ],
)
def test_the_present_try_is_answered_by_what_it_asks_for(one, there, answered):
    """A card where nothing is taken, else a charge of this series."""
    kind, series = there
    told = all_heard(one, [found(kind, "pending", 5, series=series)])
    assert told.payment.answered == answered


def test_of_several_the_latest_answers():
    every = [found(result="declined", minor=0), found(result="pending", reference="c3")]
    told = all_heard(collecting(tries=2, answered=1), every).payment
    assert (told.state, told.answered) == ("collecting", 2)


def test_only_the_latest_of_this_series_answers_the_present_try():
    first = found(result="declined", minor=0, reference="c1", series="first")
    told = all_heard(collecting(), [first])
    assert (told.payment.state, told.payment.answered) == ("collecting", 0)


def test_all_movements_are_told_in_their_order():
    every = [found(), found("refund", minor=500, reference="r1", charge="c2", series="1")]
    told = all_heard(collecting(refunds=(refund(500, of="c2"),)), every)
    assert [one.kind for one in told.movements] == ["charged", "refunded"]


def test_looking_twice_is_looking_once():
    every = [
        found("method", reference="m", series="", minor=0),
        found(reference="c1", series="first", minor=4_000),
        found(),
    ]
    once = all_heard(collecting(), every).payment
    assert all_heard(once, every) == (once, ())
