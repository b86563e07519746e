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
    told = heard(examples.payment(), found("method", minor=0, customer="cus", method="pm"))
    assert (told.payment.state, told.payment.customer, told.payment.saved_method) == ("secured", "cus", "pm")
    assert (told.payment.answered, told.movements) == (1, ())


def test_a_saved_method_alone_secures_no_deposit():
    """M4."""
    assert heard(examples.payment(first_minor=5), found("method", minor=0)).payment.state == "requested"


@pytest.mark.parametrize(
    ("kind", "result", "answers", "saved"),
    [
        *((kind, "done", True, "pm-2") for kind in ("method", "charge")),
        *((kind, "done", False, "pm-1") for kind in ("method", "charge")),
        *((kind, "declined", True, "pm-1") for kind in ("method", "charge")),
    ],
)
def test_a_card_is_kept_once_the_present_try_has_succeeded_with_it(kind, result, answers, saved):
    """Its fan may have sent another one since an earlier try."""
    one = collecting(saved_method="pm-1")
    told = heard(one, found(kind, result, 0, method="pm-2"), answers=answers)
    assert told.payment.saved_method == saved


@pytest.mark.parametrize("kind", ["method", "charge"])
def test_what_the_provider_does_not_repeat_is_not_forgotten(kind):
    one = collecting(customer="cus", saved_method="pm")
    told = heard(one, found(kind)).payment
    assert (told.customer, told.saved_method) == ("cus", "pm")


def test_the_first_charge_tells_who_the_customer_is_and_which_card_it_was():
    told = heard(collecting(), found(customer="cus", method="pm")).payment
    assert (told.customer, told.saved_method) == ("cus", "pm")


def test_a_charge_is_paid_once_however_often_it_is_told():
    """M3, M6."""
    first = heard(collecting(), found())
    assert (first.payment.state, first.payment.captured_minor) == ("paid", 30_000)
    assert first.movements == (Movement("charged", 26_000, "c2"),)
    again = heard(first.payment, found())
    assert (again.payment, again.movements) == (first.payment, ())


@pytest.mark.parametrize("state", get_args(State))
def test_money_that_has_arrived_is_noted_in_every_state_and_moves_nothing_back(state):
    """M5, M8: also what comes when all is over; it goes back by the next step."""
    told = heard(collecting(state=state), found())
    assert told.payment.captured_minor == 30_000
    assert told.payment.state == ("paid" if state in ("collecting", "overdue", "paid") else _secured(state))


def test_who_has_paid_has_nothing_to_do_any_more():
    one = collecting(state="overdue", problem="card_declined", action="a", look_at=START, again=True)
    told = heard(one, found()).payment
    assert (told.state, told.problem, told.action, told.look_at, told.again) == ("paid", None, None, None, False)


def test_hearing_of_a_charge_again_leaves_alone_what_a_refund_has_planned():
    one = paid(look_at=START, refunds=(refund(5, "pending", reference="r1"),))
    assert heard(one, found(reference="c1", minor=30_000)) == (one, ())


@pytest.mark.parametrize("series", ["first", "balance"])
def test_a_charge_belongs_to_what_it_was_asked_for(series):
    told = heard(examples.payment(first_minor=5), found(series=series, minor=5))
    assert told.payment.charges[0].series == series


def test_charges_stay_in_their_order():
    """The latest of them is what is gone on with, and what goes back first."""
    one = collecting(charges=(charge(4_000), charge(0, "c2", "balance")))
    told = heard(one, found(reference="c1", series="first", minor=4_000), answers=False)
    assert told.payment == one
    late = heard(one, found(reference="c3", minor=0, result="pending")).payment
    assert [each.reference for each in late.charges] == ["c1", "c2", "c3"]


@pytest.mark.parametrize("result", ["cancelled", "pending", "declined", "action_required"])
def test_only_what_was_cancelled_can_take_nothing_any_more(result):
    one = collecting(state="releasing", charges=(charge(4_000), charge(0, "c2", "balance")))
    last = heard(one, found(result=result, minor=26_000)).payment.charges[-1]
    assert (last.reference, last.minor, last.cancelled) == ("c2", 0, result == "cancelled")


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
    told = heard(collecting(**changes), found(result="declined", minor=0, problem="card_declined"))
    assert (told.payment.state, told.payment.answered, told.movements) == (end, 1, ())


@pytest.mark.parametrize("state", ["requested", "action_required", "collecting", "overdue"])
def test_why_it_was_declined_is_told_also_the_second_time(state):
    one = collecting(state=state, problem="insufficient_funds", action="a")
    told = heard(one, found(result="declined", minor=0, problem="card_expired")).payment
    assert (told.problem, told.action) == ("card_expired", None)


def test_what_was_made_impossible_before_it_was_confirmed_has_lapsed():
    one = examples.payment(state="action_required", first_minor=5)
    told = heard(one, found(result="cancelled", series="first", minor=0)).payment
    assert (told.state, told.problem) == ("declined", "hold_expired")


def test_a_decline_of_an_earlier_try_is_no_answer_to_this_one():
    one = collecting(state="overdue", tries=2, answered=1)
    told = heard(one, found(result="declined", minor=0), answers=False)
    assert (told.payment.state, told.payment.answered) == ("overdue", 1)


@pytest.mark.parametrize("result", ["declined", "action_required"])
def test_a_look_does_not_take_the_answer_to_an_earlier_try_for_that_to_one_which_never_arrived(result):
    """M7: this one is asked for again, by its own key."""
    begun = charge(0, reference="c2")
    one = collecting(state="overdue", tries=2, answered=1, charges=(charge(4_000), begun))
    told = all_heard(one, [found(result=result, minor=0)])
    assert (told.payment.state, told.payment.answered) == ("overdue", 1)
    card = examples.payment(state="action_required", tries=2, answered=1)
    assert all_heard(card, [found("method", result, 0, series="")]).payment.answered == 1


@pytest.mark.parametrize("result", ["declined", "action_required"])
def test_a_look_hears_what_became_of_a_first_try(result):
    told = all_heard(collecting(), [found(result=result, minor=0)])
    assert (told.payment.state, told.payment.answered) == ("overdue", 1)
    card = examples.payment()
    assert all_heard(card, [found("method", result, 0, series="")]).payment.answered == 1


@pytest.mark.parametrize("result", ["declined", "action_required"])
def test_a_look_hears_how_a_try_that_was_answered_has_gone_on(result):
    """Its holder has not confirmed it, say."""
    begun = charge(0, reference="c2")
    one = collecting(state="overdue", tries=2, answered=2, charges=(charge(4_000), begun))
    told = all_heard(one, [found(result=result, minor=0, problem="card_expired")])
    assert told.payment.problem == "card_expired"


@pytest.mark.parametrize("result", ["done", "pending", "cancelled"])
def test_what_is_done_or_under_way_or_impossible_is_the_answer_to_every_try(result):
    begun = charge(0, reference="c2")
    one = collecting(state="overdue", tries=2, answered=1, charges=(charge(4_000), begun))
    assert all_heard(one, [found(result=result)]).payment.answered == 2


def test_nothing_that_was_begun_is_no_charge():
    """A token that the provider does not know: there is nothing to go on with."""
    told = heard(collecting(), found(result="declined", minor=0, reference="", problem="method_invalid"))
    assert (told.payment.state, told.payment.problem) == ("overdue", "method_invalid")
    assert told.payment.charges == collecting().charges


def test_who_has_to_confirm_is_asked_while_the_room_is_held_and_later_told():
    asked = found(result="action_required", minor=0, action="a", problem="authentication_required")
    first = heard(examples.payment(first_minor=5, hold_until=START), asked).payment
    assert (first.state, first.action, first.look_at) == ("action_required", "a", START)
    later = heard(collecting(), asked).payment
    assert (later.state, later.action, later.problem) == ("overdue", "a", "authentication_required")


def test_what_is_pending_is_answered_and_waits():
    """M7: neither done nor declined."""
    told = heard(collecting(), found(result="pending", minor=0))
    assert (told.payment.state, told.payment.answered, told.movements) == ("collecting", 1, ())
