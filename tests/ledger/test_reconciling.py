"""M6: our view and the provider's, both ways: no charge that we do not know, none that we have invented."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ledger.reconciling import Difference, Movement, MovementKind, differences
from chalicelib.plumbing.gateway.port import Found, Result
from tests.examples import PREORDER_ID

OURS = Movement(kind="charge", reference="ch_1", minor=500, currency="EUR", preorder_id=PREORDER_ID, state="done")
RESULTS = get_args(Result)


def theirs(ours: Movement = OURS, **changes: object) -> Found:
    """What the provider has when it agrees with us, but for the changes."""
    found = Found(
        kind=ours.kind,
        reference=ours.reference,
        about=ours.preorder_id,
        result=ours.state,
        currency=ours.currency,
        minor=ours.minor,
    )
    return replace(found, **changes)


def kinds(ours: list[Movement], found: list[Found]) -> list[str]:
    return [one.kind for one in differences(ours, found)]


MOVEMENTS = st.builds(
    Movement,
    kind=st.sampled_from(get_args(MovementKind)),
    reference=st.integers(0, 30).map(lambda number: f"ref_{number}"),
    minor=st.integers(1, 10_000),
    currency=st.sampled_from(["EUR", "PLN"]),
    preorder_id=st.sampled_from(["a", "b"]),
    state=st.sampled_from(RESULTS),
)
DISTINCT = st.lists(MOVEMENTS, max_size=12, unique_by=lambda one: (one.kind, one.reference, one.preorder_id))


class TestAgreement:
    """Nothing is told where there is nothing to tell."""

    @given(DISTINCT, st.randoms())
    def test_the_same_on_both_sides_is_no_difference(self, ours, chance):
        found = [theirs(one) for one in ours]
        chance.shuffle(found)
        assert kinds(ours, found) == []

    def test_two_empty_sides_agree(self):
        assert kinds([], []) == []

    @pytest.mark.parametrize(("ours", "result"), [("pending", "action_required"), ("action_required", "pending")])
    def test_whom_an_unfinished_charge_waits_for_is_the_providers_to_know(self, ours, result):
        assert kinds([replace(OURS, state=ours)], [theirs(result=result)]) == []

    @pytest.mark.parametrize("result", ["failed", "cancelled"])
    def test_what_has_moved_nothing_and_never_will_need_not_be_known(self, result):
        assert kinds([], [theirs(result=result)]) == []

    def test_a_saved_method_is_no_movement(self):
        assert kinds([], [theirs(kind="method")]) == []

    @pytest.mark.parametrize("state", ["declined", "failed", "cancelled"])
    def test_an_amount_that_was_not_moved_is_not_compared(self, state):
        assert kinds([replace(OURS, state=state)], [theirs(minor=0, result=state)]) == []

    def test_a_thing_that_is_listed_again_stands_as_it_was_listed_last(self):
        assert kinds([OURS], [theirs(result="pending"), theirs()]) == []
        assert kinds([OURS], [theirs(), theirs(result="pending")]) == ["state_differs"]


class TestDifferences:
    """Each is told, with both sides of it."""

    @pytest.mark.parametrize("result", ["done", "declined", "action_required", "pending"])
    def test_a_charge_that_we_do_not_know(self, result):
        assert list(differences([], [theirs(result=result)])) == [
            Difference(
                kind="unknown_to_us",
                movement="charge",
                reference="ch_1",
                preorder_id=PREORDER_ID,
                theirs_minor=500,
                theirs_currency="EUR",
                theirs_state=result,
            )
        ]

    @pytest.mark.parametrize("state", RESULTS)
    def test_a_charge_that_the_provider_does_not_know(self, state):
        assert list(differences([replace(OURS, state=state)], [])) == [
            Difference(
                kind="unknown_to_provider",
                movement="charge",
                reference="ch_1",
                preorder_id=PREORDER_ID,
                ours_minor=500,
                ours_currency="EUR",
                ours_state=state,
            )
        ]

    @pytest.mark.parametrize(("minor", "currency"), [(499, "EUR"), (501, "EUR"), (0, "EUR"), (500, "PLN")])
    def test_another_amount(self, minor, currency):
        assert list(differences([OURS], [theirs(minor=minor, currency=currency)])) == [
            Difference(
                kind="amount_differs",
                movement="charge",
                reference="ch_1",
                preorder_id=PREORDER_ID,
                ours_minor=500,
                theirs_minor=minor,
                ours_currency="EUR",
                theirs_currency=currency,
                ours_state="done",
                theirs_state="done",
            )
        ]

    def test_another_state(self):
        [told] = differences([OURS], [theirs(result="pending")])
        assert (told.kind, told.ours_state, told.theirs_state) == ("state_differs", "done", "pending")

    @pytest.mark.parametrize(
        ("state", "result"),
        [("done", "failed"), ("pending", "done"), ("declined", "action_required"), ("failed", "cancelled")],
    )
    def test_states_that_mean_another_thing_differ(self, state, result):
        assert kinds([replace(OURS, state=state)], [theirs(result=result)]) == ["state_differs"]

    @pytest.mark.parametrize(("state", "result"), [("done", "declined"), ("declined", "done"), ("pending", "done")])
    def test_amount_and_state_are_told_one_by_one(self, state, result):
        assert kinds([replace(OURS, state=state)], [theirs(result=result, minor=1)]) == [
            "amount_differs",
            "state_differs",
        ]

    def test_what_we_have_written_twice_counts_twice(self):
        [told] = differences([OURS, OURS], [theirs()])
        assert (told.kind, told.ours_minor, told.theirs_minor) == ("amount_differs", 1000, 500)

    def test_what_is_about_another_pre_order_there_is_unknown_to_both(self):
        told = list(differences([OURS], [theirs(about="another")]))
        assert [(one.kind, one.preorder_id) for one in told] == [
            ("unknown_to_provider", PREORDER_ID),
            ("unknown_to_us", "another"),
        ]

    def test_a_refund_is_no_charge_although_it_has_its_reference(self):
        told = list(differences([OURS], [theirs(kind="refund")]))
        assert [(one.kind, one.movement) for one in told] == [
            ("unknown_to_provider", "charge"),
            ("unknown_to_us", "refund"),
        ]

    def test_they_are_told_in_the_order_of_their_references(self):
        ours = [replace(OURS, reference=name) for name in ("b", "d")]
        found = [theirs(replace(OURS, reference=name, kind="refund")) for name in ("c", "a")]
        assert [one.reference for one in differences(ours, found)] == ["a", "b", "c", "d"]


class TestBothWays:
    """Whatever is taken away or changed on one side is told, and nothing else is."""

    @given(DISTINCT, st.data())
    def test_one_change_at_the_provider_is_one_reference(self, ours, data):
        done = [replace(one, state="done") for one in ours]
        found = [theirs(one) for one in done]
        if not done:
            return
        place = data.draw(st.integers(0, len(done) - 1))
        lost = data.draw(st.booleans())
        changed = [] if lost else [replace(found[place], minor=found[place].minor + 1)]
        told = list(differences(done, found[:place] + changed + found[place + 1 :]))
        assert [(one.kind, one.reference) for one in told] == [
            ("unknown_to_provider" if lost else "amount_differs", done[place].reference)
        ]

    @given(DISTINCT, DISTINCT)
    def test_turned_round_the_unknown_change_sides(self, ours, others):
        ours, others = ([replace(one, state="done") for one in side] for side in (ours, others))
        there = kinds(ours, [theirs(one) for one in others])
        back = kinds(others, [theirs(one) for one in ours])
        assert there.count("unknown_to_us") == back.count("unknown_to_provider")
        assert there.count("unknown_to_provider") == back.count("unknown_to_us")
        assert there.count("amount_differs") == back.count("amount_differs")
