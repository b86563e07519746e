"""Pre-orders in the table: each write once as it should be, and once for each condition that refuses it."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel import ids, instants
from chalicelib.kernel.refusals import Busy
from chalicelib.preorders import quoting, store
from chalicelib.preorders.rules import PreorderMissing
from chalicelib.preorders.store import PlaceTaken
from chalicelib.room.model import Piece, Spot
from tests import examples
from tests.examples import CAMPAIGN_ID, PREORDER_ID
from tests.hands import START
from tests.stored import Stored

STATES = ["wanted", "refused", "secured", "locked", "paid", "ordered", "lapsed", "withdrawn", "dropped", "refunded"]
LATER = instants.text(START + timedelta(hours=1))


def read(stored: Stored) -> Any:
    return store.get(stored.table, "sub-ada", PREORDER_ID)


def in_place(place: int, **changes: Any):
    """The fan's pre-order number so many in the campaign."""
    return examples.promise(preorder_id=ids.preorder_id(CAMPAIGN_ID, "sub-ada", place), **changes)


class TestPromising:
    """Written down before room is taken."""

    def test_a_promise_is_read_back_as_it_was_written(self, stored: Stored):
        stored.commit(store.promising(examples.promise(accepts_total_minor=0)))
        assert read(stored) == examples.promise(accepts_total_minor=0)

    def test_a_place_is_taken_once(self, stored: Stored):
        """F29: of two requests at once, one sees what the other has written."""
        stored.commit(store.promising(examples.promise()))
        stored.assert_refused(PlaceTaken, store.promising(examples.promise(units=4)))

    @pytest.mark.parametrize("fan_id", ["sub-bob", "", "sub-ad"])
    def test_anothers_pre_order_is_missing_as_one_that_never_was(self, stored: Stored, fan_id: str):
        """A1."""
        stored.commit(store.promising(examples.promise()))
        with pytest.raises(PreorderMissing):
            store.get(stored.table, fan_id, PREORDER_ID)

    @pytest.mark.parametrize("preorder_id", ["", "x", PREORDER_ID.upper(), f"{PREORDER_ID}\n", "\ud800", "x" * 3000])
    def test_text_that_is_no_id_is_never_asked_for(self, stored: Stored, preorder_id: str):
        with pytest.raises(PreorderMissing):
            store.get(stored.table, "sub-ada", preorder_id)


class TestPlanning:
    """wanted -> refused -> wanted again."""

    def test_who_found_no_room_is_refused(self, stored: Stored):
        stored.commit(store.promising(examples.promise()))
        stored.commit(store.refusing(examples.promise()))
        assert read(stored).state == "refused"

    def test_and_may_want_it_again_on_another_path(self, stored: Stored):
        refused = examples.promise(state="refused")
        stored.commit(store.promising(refused))
        stored.commit(store.replanning(refused, "1.1,1.2", placed_at=LATER, grows=True, dated={}))
        found = read(stored)
        assert (found.state, found.path, found.plan, found.grown) == ("wanted", "1.1,1.2", 2, 1)
        assert instants.text(found.placed_at) == LATER

    def test_of_two_who_want_it_again_one_does(self, stored: Stored):
        refused = examples.promise(state="refused")
        stored.commit(store.promising(refused))
        again = store.replanning(refused, "1.1,1.2", placed_at=LATER, grows=False, dated={})
        stored.commit(again)
        stored.assert_refused(PlaceTaken, again)

    def test_who_still_has_the_old_plan_refuses_nobody(self, stored: Stored):
        """A late request must not strike what another has taken up again."""
        refused = examples.promise(state="refused")
        stored.commit(store.promising(refused))
        stored.commit(store.replanning(refused, "1.1,1.2", placed_at=LATER, grows=False, dated={}))
        stored.assert_refused(PlaceTaken, store.refusing(examples.promise()))
        stored.commit(store.refusing(examples.promise(plan=2)))

    @pytest.mark.parametrize("state", [state for state in STATES if state != "wanted"])
    def test_only_what_is_wanted_is_refused(self, stored: Stored, state):
        stored.commit(store.promising(examples.promise(state=state)))
        stored.assert_refused(PlaceTaken, store.refusing(examples.promise()))


class TestSideBySide:
    """The fan's limit is judged over several pre-orders, also when two come at once."""

    def test_another_is_written_beside_the_first_as_long_as_nothing_has_grown(self, stored: Stored):
        stored.commit(store.promising(in_place(0)))
        stored.commit(store.promising(in_place(1)), store.unchanged(in_place(0)))
        assert [one.preorder_id for one in store.list_in_campaign(stored.table, "sub-ada", CAMPAIGN_ID)] == [
            in_place(0).preorder_id,
            in_place(1).preorder_id,
        ]

    def test_not_when_what_was_refused_is_wanted_again_meanwhile(self, stored: Stored):
        """S4."""
        stored.commit(store.promising(in_place(0)))
        stored.commit(store.growing(in_place(0)))
        stored.assert_refused(PlaceTaken, store.promising(in_place(1)), store.unchanged(in_place(0)))
        stored.commit(store.promising(in_place(1)), store.unchanged(in_place(0, grown=1)))

    def test_two_that_grow_at_once_hear_of_each_other(self, stored: Stored):
        stored.commit(store.promising(in_place(0)))
        stored.commit(store.growing(in_place(0)))
        stored.assert_refused(PlaceTaken, store.growing(in_place(0)))
        stored.commit(store.growing(in_place(0, grown=1)))

    def test_nothing_grows_while_another_is_being_placed(self, stored: Stored):
        stored.commit(store.promising(in_place(0)))
        free = store.next_place_free(CAMPAIGN_ID, "sub-ada", 1)
        stored.commit(store.growing(in_place(0)), free)
        stored.commit(store.promising(in_place(1)))
        stored.assert_refused(PlaceTaken, store.growing(in_place(0, grown=1)), free)

    def test_a_campaign_that_is_no_id_is_never_asked_for(self, stored: Stored):
        assert store.list_in_campaign(stored.table, "sub-ada", "\ud800") == []


class TestMoves:
    """From one state to the next."""

    @pytest.mark.parametrize("state", ["wanted", "secured"])
    def test_a_pre_order_moves_on_from_the_state_that_was_read(self, stored: Stored, state):
        stored.commit(store.promising(examples.promise(state=state)))
        stored.commit(store.moving(examples.promise(state=state), "lapsed", reason="batch_locked"))
        assert (read(stored).state, read(stored).reason) == ("lapsed", "batch_locked")

    @pytest.mark.parametrize("state", [state for state in STATES if state != "wanted"])
    def test_it_does_not_move_from_any_other(self, stored: Stored, state):
        stored.commit(store.promising(examples.promise(state=state)))
        stored.assert_refused(Busy, store.moving(examples.promise(), "withdrawn"))

    def test_a_move_makes_no_pre_order_out_of_nothing(self, stored: Stored):
        stored.assert_refused(Busy, store.moving(examples.promise(), "withdrawn"))

    def test_securing_writes_down_all_that_the_batch_decides(self, stored: Stored):
        promise = examples.promise()
        placed = quoting.as_placed(promise, examples.campaign(), examples.batch())
        secured = quoting.as_secured(promise, placed, (Piece(Spot(1, 1, 0), 3),))
        stored.commit(store.promising(promise))
        stored.commit(store.securing(promise, secured))
        assert read(stored) == secured

    @pytest.mark.parametrize("state", [state for state in STATES if state != "wanted"])
    def test_only_what_is_wanted_is_secured(self, stored: Stored, state):
        """M8: a payment that was secured too late secures nothing."""
        promise = examples.promise()
        placed = quoting.as_placed(promise, examples.campaign(), examples.batch())
        stored.commit(store.promising(examples.promise(state=state)))
        stored.assert_refused(Busy, store.securing(promise, quoting.as_secured(promise, placed, ())))

    @pytest.mark.parametrize(("end", "starts"), [("locked", {"secured"}), ("ordered", {"paid"})])
    def test_it_follows_its_batch_from_the_states_before_and_from_no_other(self, stored: Stored, end, starts):
        """A repeated or late message only does what is left."""
        for number, state in enumerate(STATES):
            name = in_place(number).preorder_id
            stored.commit(store.promising(in_place(number, state=state)))
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


def test_own_pre_orders_are_listed_page_by_page_and_no_others(stored: Stored):
    names = [in_place(place).preorder_id for place in range(5)]
    for place in range(5):
        stored.commit(store.promising(in_place(place)))
    stored.commit(store.promising(examples.promise(fan_id="sub-bob")))
    found: list[str] = []
    cursor, more = None, True
    while more:
        page, cursor = store.list_own(stored.table, "sub-ada", cursor=cursor, limit=2)
        found += [preorder.preorder_id for preorder in page]
        more = cursor is not None
    assert found == names[::-1]


def test_a_fan_without_pre_orders_has_an_empty_list(stored: Stored):
    assert store.list_own(stored.table, "sub-ada", cursor=None, limit=5) == ([], None)
