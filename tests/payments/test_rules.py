"""Payments move forward only (M8), keep what is due and no more, and are asked for in the same words (M3)."""

from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.payments import rules
from chalicelib.payments.model import Payment, State
from chalicelib.payments.rules import KEEPS_NOTHING, NEXT
from tests import examples
from tests.hands import START

STATES = get_args(State)
HELD = ["requested", "action_required", "secured", "collecting", "overdue"]


def after(state: State) -> set[State]:
    """Every state that can still come."""
    found: set[State] = set()
    coming = list(NEXT[state])
    while coming:
        one = coming.pop()
        coming += NEXT[one] if one not in found else ()
        found.add(one)
    return found


def charge(minor: int = 0, reference: str = "c1", series: str = "first", **more: Any) -> dict[str, Any]:
    return {"reference": reference, "series": series, "minor": minor, **more}


def refund(minor: int, state: str = "requested", number: int = 1, of: str = "c1", **more: Any) -> dict[str, Any]:
    told = {"number": number, "charge": of, "amount_minor": minor, "state": state, "reason": "released"}
    return {**told, "requested_at": START, **more}


def paid(minor: int = 30_000, **changes: Any) -> Payment:
    """A payment whose balance was taken."""
    whole = {"state": "paid", "series": "balance", "due_minor": minor, "charges": (charge(minor, series="balance"),)}
    return examples.payment(**{**whole, "answered": 1, **changes})


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


@pytest.mark.parametrize(
    ("end", "starts"),
    [
        ("requested", []),
        ("action_required", ["requested"]),
        ("secured", ["requested", "action_required"]),
        ("declined", ["requested", "action_required"]),
        ("collecting", ["secured"]),
        ("overdue", ["collecting"]),
        ("dropped", ["collecting", "overdue"]),
        ("paid", ["collecting", "overdue"]),
        ("releasing", [*HELD, "dropped", "paid"]),
        ("released", ["releasing"]),
    ],
)
def test_a_state_is_reached_from_those_that_it_may_follow(end, starts):
    """M8: this is what the store lets through, and nothing else."""
    assert rules.may_become(end) == starts


@pytest.mark.parametrize("state", [state for state in STATES if state not in ("declined", "released")])
def test_whatever_may_be_held_can_still_be_let_go(state):
    """M5: no payment is stuck."""
    assert "released" in after(state)


@pytest.mark.parametrize(
    ("state", "kept"),
    [
        *((state, 0) for state in KEEPS_NOTHING),
        *((state, 4_000) for state in ("requested", "action_required", "secured")),
        *((state, 29_000) for state in ("collecting", "overdue", "paid")),
    ],
)
def test_what_is_kept_depends_on_the_state_alone(state, kept):
    """M4: before the lock the deposit, from the lock on what was settled, less what the organiser gave back."""
    one = examples.payment(state=state, first_minor=4_000, due_minor=30_000)
    given_back = one.model_copy(update={"given_minor": 1_000 if state in ("collecting", "overdue", "paid") else 0})
    assert rules.kept_minor(given_back) == kept


@pytest.mark.parametrize("given", [30_000, 30_001])
def test_nothing_is_kept_once_all_of_it_was_given_back(given):
    assert rules.kept_minor(paid(30_000, given_minor=given)) == 0


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"state": "requested", "first_minor": 4_000}, 4_000),
        ({"state": "action_required", "first_minor": 4_000, "charges": (charge(4_000),)}, 0),
        ({"state": "collecting", "due_minor": 30_000, "charges": (charge(4_000),)}, 26_000),
        ({"state": "overdue", "due_minor": 30_000}, 30_000),
        ({"state": "collecting", "due_minor": 3_000, "charges": (charge(4_000),)}, 0),
        ({"state": "collecting", "due_minor": 9, "charges": (charge(5),), "refunds": (refund(5, "succeeded"),)}, 9),
        *(({"state": state, "first_minor": 4_000, "due_minor": 9}, 0) for state in ("secured", "paid", *KEEPS_NOTHING)),
    ],
)
def test_what_is_wanted_is_what_is_due_and_not_there(changes, wanted):
    assert rules.wanted_minor(examples.payment(**changes)) == wanted


class TestKeys:
    """M3: the same try has the same key, another one another."""

    def test_a_key_names_pre_order_series_and_try(self):
        one = examples.payment(tries=2)
        assert rules.key(one) == f"{one.preorder_id}/first/2"
        assert rules.key(one.model_copy(update={"series": "balance"})) == f"{one.preorder_id}/balance/2"

    def test_each_try_of_each_refund_has_its_own(self):
        one = paid(refunds=(refund(5), refund(6, number=2, tries=3)))
        keys = [rules.refund_key(one, each) for each in one.refunds]
        assert keys == [f"{one.preorder_id}/refund/1/1", f"{one.preorder_id}/refund/2/3"]

    def test_a_charge_that_has_taken_nothing_is_gone_on_with(self):
        one = examples.payment(state="overdue", series="balance", charges=(charge(4), charge(0, "c2", "balance")))
        assert rules.unfinished(one) is one.charges[1]
        assert rules.unfinished(one.model_copy(update={"series": "first"})) is None


class TestOrganisersRefunds:
    """What an organiser may give back."""

    @pytest.mark.parametrize("state", [state for state in STATES if state != "paid"])
    def test_only_of_what_is_paid(self, state):
        with pytest.raises(rules.NotPaid):
            rules.check_refundable(examples.payment(state=state), 1, ordered=True)

    def test_only_of_what_is_ordered(self):
        with pytest.raises(rules.NotPaid):
            rules.check_refundable(paid(), 1, ordered=False)

    def test_no_more_than_is_left(self):
        one = paid(100, refunds=(refund(30, "pending"),))
        rules.check_refundable(one, 70, ordered=True)
        with pytest.raises(rules.RefundTooLarge, match="70 minor units of EUR"):
            rules.check_refundable(one, 71, ordered=True)

    def test_a_key_is_for_one_amount(self):
        earlier = list(paid(refunds=(refund(5), refund(6, number=2))).refunds)
        assert rules.check_same(paid(), earlier, 11) == paid()
        with pytest.raises(rules.RefundKeyReused):
            rules.check_same(paid(), earlier, 12)

    @pytest.mark.parametrize("key", [None, "", "a b", "x" * 65, "ż"])
    def test_a_key_is_of_visible_letters(self, key):
        with pytest.raises(rules.RefundKeyMissing):
            rules.check_key(key)
        assert rules.check_key("x" * 64)


@pytest.mark.parametrize("state", STATES)
def test_another_card_is_taken_while_the_present_one_waits_for_it(state):
    one = examples.payment(state=state, hold_until=START + timedelta(minutes=15))
    if state in ("action_required", "overdue"):
        rules.check_mendable(one)
        with pytest.raises(rules.NothingToPay):
            rules.check_mendable(one.model_copy(update={"last": True}))
    else:
        with pytest.raises(rules.NothingToPay):
            rules.check_mendable(one)
