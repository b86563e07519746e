"""Payments in the table: each move from each state, and each write on the payment as it was read."""

from datetime import timedelta
from typing import get_args

import pytest

from chalicelib.kernel import keys
from chalicelib.payments import store
from chalicelib.payments.model import State
from chalicelib.payments.rules import NEXT, PaymentMoved
from chalicelib.payments.store import PaymentExists
from tests import examples
from tests.examples import CAMPAIGN_ID, PREORDER_ID
from tests.hands import START
from tests.payments.test_rules import charge, paid, refund
from tests.stored import Stored

STATES = get_args(State)
KEY = keys.payment(PREORDER_ID)


def test_a_payment_is_read_back_as_it_was_requested(stored: Stored):
    stored.commit(store.requesting(examples.payment()))
    assert store.get(stored.table, PREORDER_ID) == examples.payment()


def test_a_payment_is_requested_once(stored: Stored):
    """M3: one payment per pre-order, however often its claim is told of."""
    stored.commit(store.requesting(examples.payment()))
    stored.assert_refused(PaymentExists, store.requesting(examples.payment(amount_most_minor=1)))


def test_where_the_room_was_taken_is_kept_with_it(stored: Stored):
    """Who secures the pre-order goes to its pages without a search."""
    stored.commit(store.requesting(examples.payment(claim="1.1.5*2,1.1.6*1")))
    assert store.get(stored.table, PREORDER_ID).claim == "1.1.5*2,1.1.6*1"


def test_a_pre_order_without_a_payment_has_none(stored: Stored):
    assert store.find(stored.table, PREORDER_ID) is None


@pytest.mark.parametrize("end", [state for state in STATES if state != "requested"])
@pytest.mark.parametrize("start", STATES)
def test_a_payment_moves_forward_and_in_no_other_way(stored: Stored, start: State, end: State):
    """M8."""
    stored.commit(store.requesting(examples.payment(state=start)))
    if end in NEXT[start]:
        stored.commit(store.moving(PREORDER_ID, end))
        assert store.get(stored.table, PREORDER_ID).state == end
    else:
        stored.assert_refused(PaymentMoved, store.moving(PREORDER_ID, end))


def test_a_payment_that_was_never_requested_does_not_move(stored: Stored):
    stored.assert_refused(PaymentMoved, store.moving(PREORDER_ID, "secured"))


def due(minor: int = 27_000):
    return store.becoming_due(PREORDER_ID, minor, at=START, drop_at=START + timedelta(days=7), reminder_hours=24)


def test_at_the_lock_the_balance_is_asked_for_as_a_try_of_its_own(stored: Stored):
    stored.commit(store.requesting(examples.payment(state="secured", tries=3, answered=3)))
    stored.commit(due())
    found = store.get(stored.table, PREORDER_ID)
    assert (found.state, found.series, found.due_minor) == ("collecting", "balance", 27_000)
    assert (found.tries, found.answered, found.reminder_hours) == (1, 0, 24)
    stored.assert_refused(PaymentMoved, due())


def test_no_more_is_due_than_was_accepted(stored: Stored):
    """M2, M3."""
    stored.commit(store.requesting(examples.payment(state="secured")))
    stored.assert_refused(PaymentMoved, due(30_001))
    stored.commit(due(30_000))


def test_a_last_try_is_wanted_once_and_of_what_is_not_paid(stored: Stored):
    stored.commit(store.requesting(examples.payment(state="overdue")))
    stored.commit(store.last_try(PREORDER_ID))
    found = store.get(stored.table, PREORDER_ID)
    assert (found.last, found.again, found.tries) == (True, True, 1)
    stored.assert_refused(PaymentMoved, store.last_try(PREORDER_ID))


@pytest.mark.parametrize("state", [state for state in STATES if state not in ("collecting", "overdue")])
def test_nobody_else_is_tried_a_last_time(stored: Stored, state: State):
    stored.commit(store.requesting(examples.payment(state=state)))
    stored.assert_refused(PaymentMoved, store.last_try(PREORDER_ID))


def test_what_was_said_is_written_on_the_payment_as_it_was_read(stored: Stored):
    """M3: of two who heard the same, one writes it."""
    stored.commit(store.requesting(examples.payment()))
    before = store.get(stored.table, PREORDER_ID)
    told = before.model_copy(update={"state": "secured", "answered": 1, "saved_method": "pm"})
    stored.commit(store.revising(before, told))
    assert store.get(stored.table, PREORDER_ID) == told.model_copy(update={"version": 1})
    stored.assert_refused(PaymentMoved, store.revising(before, told))


def test_whatever_moves_a_payment_is_seen_by_who_has_read_it_before(stored: Stored):
    stored.commit(store.requesting(examples.payment(state="secured")))
    before = store.get(stored.table, PREORDER_ID)
    stored.commit(due())
    stored.assert_refused(PaymentMoved, store.revising(before, before.model_copy(update={"problem": "x"})))


def test_what_is_gone_is_gone_from_the_item(stored: Stored):
    stored.commit(store.requesting(examples.payment(action="a", problem="p", look_at=START)))
    before = store.get(stored.table, PREORDER_ID)
    stored.commit(store.revising(before, before.model_copy(update={"action": None, "problem": None, "look_at": None})))
    assert not {"action", "problem", "look_at", "gsi2pk"} & stored.item(KEY).keys()


def test_it_is_listed_from_the_moment_on_at_which_it_is_to_be_looked_at(stored: Stored):
    stored.commit(store.requesting(examples.payment()))
    before = store.get(stored.table, PREORDER_ID)
    stored.commit(store.revising(before, before.model_copy(update={"look_at": START})))
    assert list(store.list_due(stored.table, START, most=5)) == [PREORDER_ID]
    assert list(store.list_due(stored.table, START - timedelta(milliseconds=1), most=5)) == []


def test_an_open_refund_is_listed_until_it_has_arrived(stored: Stored):
    """M5."""
    stored.commit(store.requesting(paid()))
    before = store.get(stored.table, PREORDER_ID)
    owing = before.model_copy(update={"refunds": paid(refunds=(refund(5, "failed"),)).refunds})
    stored.commit(store.revising(before, owing))
    found, cursor = store.list_refunding(stored.table, CAMPAIGN_ID, cursor=None, limit=5)
    assert ([one.preorder_id for one in found], cursor) == ([PREORDER_ID], None)
    owing = store.get(stored.table, PREORDER_ID)
    arrived = owing.model_copy(update={"refunds": paid(refunds=(refund(5, "succeeded"),)).refunds})
    stored.commit(store.revising(owing, arrived))
    assert store.list_refunding(stored.table, CAMPAIGN_ID, cursor=None, limit=5) == ([], None)


def test_a_payment_that_is_forgone_is_never_asked_for(stored: Stored):
    stored.commit(store.forgoing(examples.payment()))
    stored.assert_refused(PaymentExists, store.requesting(examples.payment()))
    assert store.get(stored.table, PREORDER_ID).state == "released"


def test_a_smaller_amount_keeps_what_was_authorised(stored: Stored):
    stored.commit(store.requesting(examples.payment(state="secured", charges=(charge(30_000),))))
    one = store.get(stored.table, PREORDER_ID)
    stored.commit(store.amending(one, 10_000, "1.1.0*1"))
    found = store.get(stored.table, PREORDER_ID)
    assert (found.amount_most_minor, found.secured_minor, found.claim) == (10_000, 30_000, "1.1.0*1")
    stored.assert_refused(PaymentMoved, store.amending(one, 20_000, "1.1.0*2"))
