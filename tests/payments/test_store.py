"""Payments in the table: each move from each state."""

from typing import get_args

import pytest

from chalicelib.kernel import keys
from chalicelib.payments import store
from chalicelib.payments.model import State
from chalicelib.payments.rules import NEXT, PaymentMoved
from chalicelib.payments.store import PaymentExists
from tests import examples
from tests.examples import PREORDER_ID
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


def test_the_providers_reference_is_kept_and_stays(stored: Stored):
    stored.commit(store.requesting(examples.payment()))
    stored.commit(store.moving(PREORDER_ID, "secured", reference="sim_1"))
    stored.commit(store.moving(PREORDER_ID, "releasing"))
    assert stored.item(KEY)["provider_reference"] == "sim_1"
