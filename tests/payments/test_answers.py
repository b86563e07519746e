"""What the provider says, and what it means: twice, late, in any order (M7, M8)."""

from typing import Any, get_args

import pytest

from chalicelib.payments.answers import Movement, all_heard, heard
from chalicelib.payments.model import Payment, State
from chalicelib.plumbing.gateway.port import Found
from tests import examples
from tests.hands import START
from tests.payments.test_rules import charge, paid, refund


def found(kind: Any = "charge", result: Any = "done", minor: int = 26_000, **changes: Any) -> Found:
    whole = {"reference": "c2", "about": examples.PREORDER_ID, "currency": "EUR", "series": "balance", "minor": minor}
    return Found(**{"kind": kind, "result": result, **whole, **changes})


def collecting(**changes: Any) -> Payment:
    """A deposit of 4,000 is taken, 26,000 are due."""
    whole = {"state": "collecting", "series": "balance", "due_minor": 30_000, "first_minor": 4_000}
    return examples.payment(**{**whole, "charges": (charge(4_000),), **changes})


def test_a_saved_method_secures_what_needs_nothing_now():
    told = heard(examples.payment(), found("method", minor=0, customer="cus", method="pm"), START)
    assert (told.payment.state, told.payment.customer, told.payment.saved_method) == ("secured", "cus", "pm")
    assert (told.payment.answered, told.movements) == (1, ())


def test_a_saved_method_alone_secures_no_deposit():
    """M4."""
    assert heard(examples.payment(first_minor=5), found("method", minor=0), START).payment.state == "requested"


def test_a_charge_is_paid_once_however_often_it_is_told():
    """M3, M6."""
    first = heard(collecting(), found(), START)
    assert (first.payment.state, first.payment.captured_minor) == ("paid", 30_000)
    assert first.movements == (Movement("charged", 26_000, "c2"),)
    again = heard(first.payment, found(), START)
    assert (again.payment, again.movements) == (first.payment, ())


@pytest.mark.parametrize("state", get_args(State))
def test_money_that_has_arrived_is_noted_in_every_state_and_moves_nothing_back(state):
    """M5, M8: also what comes when all is over; it goes back by the next step."""
    told = heard(collecting(state=state), found(), START)
    assert told.payment.captured_minor == 30_000
    assert told.payment.state == ("paid" if state in ("collecting", "overdue", "paid") else _secured(state))


def _secured(state: str) -> str:
    return "secured" if state in ("requested", "action_required") else state


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({"state": "collecting"}, "overdue"),
        ({"state": "overdue"}, "overdue"),
        ({"state": "collecting", "last": True}, "dropped"),
        ({"state": "overdue", "last": True}, "dropped"),
        ({"state": "overdue", "last": True, "again": True}, "overdue"),
        ({"state": "requested", "series": "first"}, "declined"),
        ({"state": "action_required", "series": "first"}, "declined"),
        *(({"state": state}, state) for state in ("secured", "paid", "releasing", "released", "declined", "dropped")),
    ],
)
def test_a_decline_ends_the_try_and_moves_nothing_back(changes, end):
    """M8. The last try may still be to come: then this decline is the one before."""
    told = heard(collecting(**changes), found(result="declined", minor=0, problem="card_declined"), START)
    assert (told.payment.state, told.payment.answered, told.movements) == (end, 1, ())


def test_a_decline_of_an_earlier_try_is_no_answer_to_this_one():
    one = collecting(state="overdue", tries=2, answered=1)
    told = heard(one, found(result="declined", minor=0), START, answers=False)
    assert (told.payment.state, told.payment.answered) == ("overdue", 1)


def test_nothing_that_was_begun_is_no_charge():
    """A token that the provider does not know: there is nothing to go on with."""
    told = heard(collecting(), found(result="declined", minor=0, reference="", problem="method_invalid"), START)
    assert (told.payment.state, told.payment.problem) == ("overdue", "method_invalid")
    assert told.payment.charges == collecting().charges


def test_who_has_to_confirm_is_asked_while_the_room_is_held_and_later_told():
    asked = found(result="action_required", minor=0, action="a", problem="authentication_required")
    first = heard(examples.payment(first_minor=5, hold_until=START), asked, START).payment
    assert (first.state, first.action, first.look_at) == ("action_required", "a", START)
    later = heard(collecting(), asked, START).payment
    assert (later.state, later.action, later.problem) == ("overdue", "a", "authentication_required")


def test_what_is_pending_is_answered_and_waits():
    """M7: neither done nor declined."""
    told = heard(collecting(), found(result="pending", minor=0), START)
    assert (told.payment.state, told.payment.answered, told.movements) == ("collecting", 1, ())


class TestRefunds:
    """Refunds are back when the provider says so."""

    def test_one_that_has_arrived_counts_once(self):
        """M6."""
        one = paid(refunds=(refund(500, "pending", reference="r1"),), state="releasing")
        arrived = found("refund", minor=500, reference="r1", charge="c1", series="1")
        told = heard(one, arrived, START)
        assert (told.payment.refunded_minor, told.movements) == (500, (Movement("refunded", 500, "r1"),))
        again = heard(told.payment, arrived, START)
        assert (again.payment, again.movements) == (told.payment, ())

    def test_one_whose_answer_was_lost_is_known_by_its_number(self):
        one = paid(refunds=(refund(500), refund(500, number=2)), state="releasing")
        told = heard(one, found("refund", "pending", 500, reference="r2", charge="c1", series="2"), START)
        assert [(each.reference, each.state) for each in told.payment.refunds] == [
            (None, "requested"),
            ("r2", "pending"),
        ]

    def test_one_that_has_failed_stays_owed(self):
        one = paid(refunds=(refund(500, "pending", reference="r1"),), state="releasing")
        told = heard(one, found("refund", "failed", 500, reference="r1", charge="c1", series="1"), START)
        assert (told.payment.refunds[0].state, told.payment.promised_minor, told.movements) == ("failed", 500, ())

    def test_an_earlier_try_that_failed_is_not_the_present_one(self):
        one = paid(refunds=(refund(500, tries=2, failed=("r1",)),), state="releasing")
        told = heard(one, found("refund", "failed", 500, reference="r1", charge="c1", series="1"), START)
        assert told.payment == one

    def test_somebody_elses_is_none_of_ours(self):
        assert heard(paid(), found("refund", reference="r9", charge="c9", series="1"), START).payment == paid()


class TestDisputes:
    """A bank takes back what was paid."""

    def test_what_is_taken_back_is_lost_once_and_comes_back_when_it_is_won(self):
        dispute = {"minor": 30_000, "reference": "d1", "charge": "c1"}
        lost = heard(paid(), found("dispute", "pending", **dispute), START)
        assert (lost.payment.lost_minor, lost.movements) == (30_000, (Movement("disputed", 30_000, "d1"),))
        assert heard(lost.payment, found("dispute", "done", **dispute), START).movements == ()
        won = heard(lost.payment, found("dispute", "cancelled", **dispute), START)
        assert (won.payment.lost_minor, won.movements) == (0, (Movement("dispute_won", 30_000, "d1"),))

    def test_of_a_charge_that_we_do_not_know_it_is_nothing(self):
        assert heard(paid(), found("dispute", reference="d1", charge="c9"), START).payment == paid()


class TestLooking:
    """Everything that stands at the provider, at once."""

    def test_only_the_latest_of_this_series_answers_the_present_try(self):
        first = found(result="declined", minor=0, reference="c1", series="first")
        told = all_heard(collecting(), [first], START)
        assert (told.payment.state, told.payment.answered) == ("collecting", 0)

    def test_all_movements_are_told_in_their_order(self):
        every = [found(), found("refund", minor=500, reference="r1", charge="c2", series="1")]
        told = all_heard(collecting(refunds=(refund(500, of="c2"),)), every, START)
        assert [one.kind for one in told.movements] == ["charged", "refunded"]

    def test_looking_twice_is_looking_once(self):
        every = [
            found("method", reference="m", series="", minor=0),
            found(reference="c1", series="first", minor=4_000),
            found(),
        ]
        once = all_heard(collecting(), every, START).payment
        assert all_heard(once, every, START) == (once, ())
