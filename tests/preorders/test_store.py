"""Pre-orders in the table: each write once as it should be, and once for each condition that refuses it."""

import json
from typing import Any

import pytest

from chalicelib.kernel import keys
from chalicelib.kernel.refusals import Busy
from chalicelib.preorders import store
from chalicelib.preorders.model import LIVE
from chalicelib.preorders.rules import LimitReached, PreorderMissing
from chalicelib.preorders.store import AnsweredBefore
from tests import examples
from tests.examples import CAMPAIGN_ID, PREORDER_ID
from tests.stored import Stored

KEY = keys.preorder("sub-ada", PREORDER_ID)
LIMIT = keys.fan_limit("sub-ada", CAMPAIGN_ID)
STATES = ["placed", "secured", "locked", "paid", "ordered", "shipped", "delivered", "lapsed", "withdrawn", "refunded"]


def read(stored: Stored) -> Any:
    return store.get(stored.table, "sub-ada", PREORDER_ID)


def test_a_pre_order_is_read_back_as_it_was_placed(stored: Stored):
    stored.commit(store.placing(examples.preorder()))
    assert read(stored) == examples.preorder()


def test_a_pre_order_is_placed_once(stored: Stored):
    stored.commit(store.placing(examples.preorder()))
    stored.assert_refused(Busy, store.placing(examples.preorder(units=4)))


@pytest.mark.parametrize("fan_id", ["sub-bob", "", "sub-ad"])
def test_anothers_pre_order_is_missing_as_one_that_never_was(stored: Stored, fan_id: str):
    """A1."""
    stored.commit(store.placing(examples.preorder()))
    with pytest.raises(PreorderMissing):
        store.get(stored.table, fan_id, PREORDER_ID)


@pytest.mark.parametrize("preorder_id", ["", "x", PREORDER_ID.upper(), f"{PREORDER_ID}\n", "\ud800", "x" * 3000])
def test_text_that_is_no_id_is_never_asked_for(stored: Stored, preorder_id: str):
    with pytest.raises(PreorderMissing):
        store.get(stored.table, "sub-ada", preorder_id)


class TestAnswers:
    """What is kept of an idempotency key."""

    def test_the_first_answer_is_kept_word_for_word(self, stored: Stored):
        stored.commit(store.answering(examples.preorder(), "k1", "f1"))
        found = store.find_answer(stored.table, "sub-ada", CAMPAIGN_ID, idempotency_key="k1")
        assert found["fingerprint"] == "f1"
        assert json.loads(found["answer"]) == json.loads(examples.preorder().model_dump_json())

    def test_a_second_answer_to_the_same_key_is_refused(self, stored: Stored):
        """F29."""
        stored.commit(store.answering(examples.preorder(), "k1", "f1"))
        stored.assert_refused(AnsweredBefore, store.answering(examples.preorder(units=4), "k1", "f2"))

    @pytest.mark.parametrize(
        ("fan_id", "campaign_id", "key"),
        [("sub-bob", CAMPAIGN_ID, "k1"), ("sub-ada", PREORDER_ID, "k1"), ("sub-ada", CAMPAIGN_ID, "k2")],
    )
    def test_a_key_is_one_fans_in_one_campaign(self, stored: Stored, fan_id, campaign_id, key):
        stored.commit(store.answering(examples.preorder(), "k1", "f1"))
        assert store.find_answer(stored.table, fan_id, campaign_id, idempotency_key=key) is None

    def test_a_campaign_that_is_no_id_is_never_asked_for(self, stored: Stored):
        assert store.find_answer(stored.table, "sub-ada", "\ud800", idempotency_key="k1") is None


class TestLimit:
    """Units of one fan in one campaign."""

    def test_units_are_added_up_to_the_limit(self, stored: Stored):
        campaign = examples.campaign(limit_per_fan=5)
        stored.commit(store.counting(campaign, "sub-ada", 2))
        stored.commit(store.counting(campaign, "sub-ada", 3))
        assert stored.item(LIMIT)["units"] == 5

    def test_one_unit_more_over_all_pre_orders_is_refused(self, stored: Stored):
        campaign = examples.campaign(limit_per_fan=5)
        stored.commit(store.counting(campaign, "sub-ada", 3))
        stored.assert_refused(LimitReached, store.counting(campaign, "sub-ada", 3))

    def test_units_that_are_given_back_can_be_taken_again(self, stored: Stored):
        campaign = examples.campaign(limit_per_fan=3)
        stored.commit(store.counting(campaign, "sub-ada", 3))
        stored.commit(store.uncounting(examples.preorder()))
        assert stored.item(LIMIT)["units"] == 0
        stored.commit(store.counting(campaign, "sub-ada", 3))

    def test_units_that_were_never_counted_cannot_be_given_back(self, stored: Stored):
        stored.assert_refused(Busy, store.uncounting(examples.preorder()))


class TestMoves:
    """From one state to the next."""

    @pytest.mark.parametrize("state", LIVE)
    def test_a_pre_order_moves_on_from_the_state_that_was_read(self, stored: Stored, state):
        stored.commit(store.placing(examples.preorder(state=state)))
        stored.commit(store.moving(examples.preorder(state=state), "lapsed", reason="batch_locked"))
        assert (read(stored).state, read(stored).reason) == ("lapsed", "batch_locked")

    @pytest.mark.parametrize("state", [state for state in STATES if state != "placed"])
    def test_it_does_not_move_from_any_other(self, stored: Stored, state):
        stored.commit(store.placing(examples.preorder(state=state)))
        stored.assert_refused(Busy, store.moving(examples.preorder(), "withdrawn"))

    def test_a_move_makes_no_pre_order_out_of_nothing(self, stored: Stored):
        stored.assert_refused(Busy, store.moving(examples.preorder(), "secured"))

    @pytest.mark.parametrize(("end", "starts"), [("locked", {"secured"}), ("ordered", {"secured", "locked"})])
    def test_it_follows_its_batch_from_the_states_before_and_from_no_other(self, stored: Stored, end, starts):
        """A repeated or late message only does what is left."""
        for number, state in enumerate(STATES):
            name = f"01900000-0000-7000-8000-{number:012x}"
            stored.commit(store.placing(examples.preorder(preorder_id=name, state=state)))
            write = store.following("sub-ada", name, end, final_total_minor=27_000)
            if state in starts:
                stored.commit(write)
                found = store.get(stored.table, "sub-ada", name)
                assert (found.state, found.final_total_minor) == (end, 27_000)
            else:
                stored.assert_refused(PreorderMissing, write)

    def test_following_makes_no_pre_order_out_of_nothing(self, stored: Stored):
        write = store.following("sub-ada", PREORDER_ID, "ordered", final_total_minor=1)
        stored.assert_refused(PreorderMissing, write)


def test_own_pre_orders_are_listed_newest_first_page_by_page(stored: Stored):
    names = [f"01900000-0000-7000-8000-{number:012x}" for number in range(5)]
    for name in names:
        stored.commit(store.placing(examples.preorder(preorder_id=name)))
    stored.commit(store.placing(examples.preorder(fan_id="sub-bob")))
    stored.commit(store.counting(examples.campaign(), "sub-ada", 3), store.answering(examples.preorder(), "k1", "f1"))
    found: list[str] = []
    cursor, more = None, True
    while more:
        page, cursor = store.list_own(stored.table, "sub-ada", cursor=cursor, limit=2)
        found += [preorder.preorder_id for preorder in page]
        more = cursor is not None
    assert found == names[::-1]


def test_a_fan_without_pre_orders_has_an_empty_list(stored: Stored):
    assert store.list_own(stored.table, "sub-ada", cursor=None, limit=5) == ([], None)
