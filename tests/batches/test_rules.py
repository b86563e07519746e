"""How batches fill, confirm, lock and fall short: each step from each state."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.batches import rules
from chalicelib.batches.rules import Step
from chalicelib.campaigns.plans import GRACE_DAYS, HOLD_MINUTES
from tests import examples
from tests.examples import CLOSES
from tests.hands import START

CAMPAIGN = examples.campaign()
BEFORE, AFTER_HOLD = CLOSES - timedelta(milliseconds=1), CLOSES + timedelta(minutes=HOLD_MINUTES)
MOMENT, GRACE_ENDS = timedelta(milliseconds=1), CLOSES + timedelta(days=GRACE_DAYS)


def next_state(now=BEFORE, campaign=CAMPAIGN, **figures):
    step = rules.next_step(examples.batch(**figures), campaign, now)
    return step and step.state


SEALING = {"sealing_at": START}
SEALED = {**SEALING, "sealed": True, "taken_units": 20}
CALLED_OFF = {**SEALED, "late": True}
STEPS = [
    ("open", 4, 4, {}, BEFORE, None),
    ("open", 5, 5, {}, BEFORE, "confirmed"),
    ("open", 20, 20, {}, BEFORE, "sealing"),
    ("confirmed", 5, 5, {}, BEFORE, None),
    ("confirmed", 4, 4, {}, BEFORE, "open"),
    ("confirmed", 20, 19, {}, BEFORE, None),
    ("confirmed", 20, 20, {}, BEFORE, "sealing"),
    ("open", 4, 4, {}, CLOSES, "sealing"),
    ("confirmed", 5, 5, {}, CLOSES, "sealing"),
    ("confirmed", 5, 5, SEALING, CLOSES, "cutting"),
    ("open", 0, 0, SEALING, BEFORE, "cutting"),
    ("open", 5, 4, SEALED, CLOSES, None),
    ("open", 5, 4, SEALED, AFTER_HOLD, "calling_off"),
    ("open", 5, 4, CALLED_OFF, AFTER_HOLD, None),
    ("confirmed", 6, 5, SEALED, CLOSES, None),
    ("confirmed", 6, 5, SEALED, AFTER_HOLD, "calling_off"),
    ("confirmed", 6, 5, CALLED_OFF, AFTER_HOLD, None),
    ("open", 5, 5, SEALED, CLOSES, "confirmed"),
    ("confirmed", 5, 5, SEALED, CLOSES, "locked"),
    ("confirmed", 20, 20, SEALED, BEFORE, "locked"),
    ("open", 4, 4, SEALED, CLOSES, "short"),
    ("confirmed", 4, 4, SEALED, CLOSES, "open"),
    ("confirmed", 4, 4, SEALED, BEFORE, "reopening"),
    ("locked", 5, 5, SEALED, BEFORE, "collecting"),
    ("locked", 20, 20, SEALED, AFTER_HOLD, "collecting"),
]


@pytest.mark.parametrize(("state", "held", "secured", "cut", "now", "end"), STEPS)
def test_a_step_is_a_function_of_the_figures_and_the_time(state, held, secured, cut, now, end):  # noqa: PLR0917 - a row
    """B5."""
    assert next_state(now, state=state, held_units=held, secured_units=secured, **cut) == end


GIVEN_BACK = {"taken_units": 20, "back_units": 3, "held_units": 17, "secured_units": 17, "state": "confirmed"}


class TestGivenBack:
    """Units given back never find room on their old pages: they get a book of their own when they are missed."""

    def test_they_are_issued_anew(self):
        assert next_state(**GIVEN_BACK) == "reissuing"

    def test_they_are_issued_once(self):
        assert next_state(**{**GIVEN_BACK, "reissued_units": 3, "books": ({"units": 20}, {"units": 3})}) is None

    @pytest.mark.parametrize(("limit", "end"), [(4, None), (5, None), (6, "reissuing")])
    def test_nobody_misses_them_while_the_books_take_what_one_fan_may_have(self, limit, end):
        figures = {**GIVEN_BACK, "taken_units": 15, "held_units": 12, "secured_units": 12}
        assert next_state(campaign=examples.campaign(limit_per_fan=limit), **figures) == end

    def test_a_batch_keeps_a_list_of_so_many_books_and_no_more(self):
        full = {"books": ({"units": 20}, *[{"units": 0}] * (rules.MOST_BOOKS - 1))}
        assert next_state(**GIVEN_BACK, **full) is None

    @pytest.mark.parametrize("cut", [SEALING, CALLED_OFF])
    def test_not_once_the_batch_is_being_sealed(self, cut):
        assert next_state(**{**GIVEN_BACK, **cut}) != "reissuing"


@pytest.mark.parametrize("state", ["ordered", "shipped", "completed", "short", "cancelled"])
@pytest.mark.parametrize("now", [BEFORE, AFTER_HOLD])
def test_what_is_decided_stays_decided(state, now):
    """B1: whatever becomes of the campaign."""
    for campaign in (
        CAMPAIGN,
        examples.campaign(state="cancelled"),
        examples.campaign(state="closed", closed_at=START),
    ):
        assert next_state(now, campaign, state=state, held_units=20, secured_units=20) is None


@pytest.mark.parametrize("state", ["open", "confirmed"])
@pytest.mark.parametrize(("cut", "end"), [({}, "sealing"), (SEALING, "cutting"), (SEALED, "cancelled")])
def test_a_cancelled_campaign_takes_its_unlocked_batches_with_it(state, cut, end):
    """Sealed first: who has not heard of the end must find no room any more."""
    cancelled = examples.campaign(state="cancelled")
    assert next_state(BEFORE, cancelled, state=state, held_units=6, secured_units=5, **cut) == end


@pytest.mark.parametrize("state", ["locked", "collecting"])
@pytest.mark.parametrize("paid", [0, 7, 20])
@pytest.mark.parametrize("now", [BEFORE, AFTER_HOLD, GRACE_ENDS])
def test_a_cancelled_campaign_takes_its_batches_with_it_until_they_are_ordered(state, paid, now):
    """Whoever has paid gets the money back."""
    cancelled = examples.campaign(state="cancelled")
    figures = {"held_units": 20, "secured_units": 20, "collected_units": paid, "grace_until": GRACE_ENDS}
    assert next_state(now, cancelled, state=state, **figures) == "cancelled"


ALL_DUE = {"state": "collecting", "held_units": 8, "secured_units": 8, "grace_until": GRACE_ENDS}
LONGER, TOP_UP = {"longer_grace_days": 3}, {"top_up_hours": 48}
PROLONGED = {"prolonged_at": GRACE_ENDS, "grace_until": GRACE_ENDS + timedelta(days=3)}
LEFT = {"held_units": 4, "secured_units": 4, "collected_units": 4}


class TestCollecting:
    """From the lock on only what is paid for counts: of five units at least, eight were locked."""

    def next_state(self, now=CLOSES, *, made=0, campaign=CAMPAIGN, **figures):
        step = rules.next_step(examples.batch(**{**ALL_DUE, **figures}), campaign, now, made_units=made)
        return step and step.state

    @pytest.mark.parametrize("paid", [0, 5, 7])
    @pytest.mark.parametrize("now", [BEFORE, CLOSES, GRACE_ENDS - MOMENT])
    def test_nothing_is_decided_while_somebody_may_still_mend_a_payment(self, paid, now):
        assert self.next_state(now, collected_units=paid, made=paid) is None

    @pytest.mark.parametrize("now", [BEFORE, GRACE_ENDS + MOMENT])
    @pytest.mark.parametrize(("made", "end"), [(8, "ordered"), (5, "ordered"), (4, "short"), (0, "short")])
    def test_once_all_is_paid_for_what_is_made_of_it_decides(self, now, made, end):
        """B4: some of what is paid for may not be made, and the organiser may take more."""
        assert self.next_state(now, collected_units=8, made=made) == end

    @pytest.mark.parametrize(("left", "end"), [(5, "ordered"), (4, "short"), (0, "short")])
    @pytest.mark.parametrize("dropping", [False, True])
    def test_who_left_is_not_waited_for(self, left, end, dropping):
        figures = {"held_units": left, "secured_units": left, "collected_units": left, "dropping": dropping}
        assert self.next_state(made=left, **figures) == end

    def test_a_lowered_minimum_stays_lowered(self):
        figures = {"held_units": 3, "secured_units": 3, "collected_units": 3, "made": 3}
        assert self.next_state(**figures) == "short"
        assert self.next_state(**figures, lowered_minimum=3) == "ordered"

    @pytest.mark.parametrize("now", [GRACE_ENDS, GRACE_ENDS + timedelta(days=30)])
    def test_who_has_not_paid_is_dropped_once_the_time_to_mend_it_is_over(self, now):
        assert self.next_state(now, collected_units=7) == "dropping"

    def test_they_are_dropped_once(self):
        """B5: each of them is charged a last time, and that is waited for."""
        assert self.next_state(GRACE_ENDS, collected_units=7, dropping=True) is None

    @pytest.mark.parametrize("step", [{"kind": "extend", "days": 10}, {"kind": "top_up", "hours": 48}])
    def test_no_playbook_is_played_for_what_was_not_paid_for(self, step):
        """It was agreed for a batch that misses its minimum, and this one had not."""
        campaign = examples.campaign(playbook=[step, {"kind": "refund"}])
        assert self.next_state(campaign=campaign, collected_units=8, made=4) == "short"

    @pytest.mark.parametrize(("rule", "paid", "end"), [(LONGER, 4, "prolonging"), (LONGER, 5, "dropping")])
    def test_who_has_not_paid_has_longer_only_where_the_minimum_needs_them(self, rule, paid, end):
        """F21: announced with the campaign."""
        campaign = examples.campaign(on_drop_outs=rule)
        assert self.next_state(GRACE_ENDS, campaign=campaign, collected_units=paid, made=paid) == end
        assert self.next_state(GRACE_ENDS - MOMENT, campaign=campaign, collected_units=paid, made=paid) is None

    @pytest.mark.parametrize("rule", [None, TOP_UP, {}])
    def test_without_that_announced_they_are_dropped(self, rule):
        campaign = examples.campaign(on_drop_outs=rule)
        assert self.next_state(GRACE_ENDS, campaign=campaign, collected_units=4, made=4) == "dropping"

    def test_it_is_made_longer_once_and_never_while_they_are_dropped(self):
        campaign, figures = examples.campaign(on_drop_outs=LONGER), {"collected_units": 4, "made": 4}
        assert self.next_state(GRACE_ENDS, campaign=campaign, **figures, **PROLONGED) is None
        later = GRACE_ENDS + timedelta(days=3)
        assert self.next_state(later, campaign=campaign, **figures, **PROLONGED) == "dropping"
        assert self.next_state(later, campaign=campaign, **figures, dropping=True) is None

    def test_the_organiser_may_take_over_what_is_missing_for_so_long(self):
        campaign, until = examples.campaign(on_drop_outs=TOP_UP), GRACE_ENDS + timedelta(hours=48)
        step = rules.next_step(examples.batch(**{**ALL_DUE, **LEFT}), campaign, GRACE_ENDS, made_units=3)
        assert step == Step("awaiting", GRACE_ENDS, missing_units=2)
        figures = {"campaign": campaign, "top_up_until": until, **LEFT}
        assert self.next_state(until - MOMENT, made=4, **figures) is None
        assert self.next_state(until - MOMENT, made=5, **figures) == "ordered"
        assert self.next_state(until, made=4, **figures) == "short"

    def test_where_nobody_has_paid_nothing_is_topped_up(self):
        nobody = {"held_units": 0, "secured_units": 0, "collected_units": 0}
        assert self.next_state(campaign=examples.campaign(on_drop_outs=TOP_UP), **nobody) == "short"

    def test_a_step_notes_when_it_was_decided(self):
        batch = examples.batch(**ALL_DUE)
        assert rules.next_step(batch, CAMPAIGN, GRACE_ENDS) == Step("dropping", GRACE_ENDS)

    @given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.booleans(), st.integers(-10, 10))
    def test_nothing_is_ordered_that_is_not_paid_for_and_enough(self, secured, paid, made, dropping, days):
        """B4, M5."""
        figures = {"held_units": secured, "secured_units": secured, "collected_units": min(paid, secured)}
        end = self.next_state(GRACE_ENDS + timedelta(days=days), made=made, dropping=dropping, **figures)
        if paid >= secured:
            assert end == ("ordered" if made >= 5 else "short")
        else:
            assert end == ("dropping" if days >= 0 and not dropping else None)


@pytest.mark.parametrize(("state", "units", "end"), [("open", 4, "short"), ("confirmed", 5, "locked")])
def test_closing_a_campaign_brings_the_end_of_its_batches_forward(state, units, end):
    closed = examples.campaign(state="closed", closed_at=START)
    assert next_state(START, closed, state=state, held_units=units, secured_units=units) == "sealing"
    assert next_state(START, closed, state=state, held_units=units, secured_units=units, **SEALED) == end


def test_closing_a_campaign_after_the_end_of_a_batch_does_not_give_it_more_time():
    closed = examples.campaign(state="closed", closed_at=AFTER_HOLD)
    assert next_state(CLOSES, closed, state="open", **SEALED) == "short"


def test_a_step_notes_when_it_was_decided():
    batch = examples.batch(held_units=5, secured_units=5)
    assert rules.next_step(batch, CAMPAIGN, START) == Step("confirmed", START)


@given(st.integers(0, 25), st.integers(1, 25), st.sampled_from([START, BEFORE, CLOSES, AFTER_HOLD]))
def test_there_is_room_up_to_the_capacity_until_the_end(held, units, now):
    """S1."""
    batch = examples.batch(held_units=held)
    assert (rules.seeming_room(batch, now) >= units) == (held + units <= 20 and now < CLOSES)


def test_a_batch_that_is_being_sealed_takes_nobody_any_more():
    assert not rules.takes(examples.batch(**SEALING), START)
    assert list(rules.taking([examples.batch(**SEALING), examples.batch(number=2)], START)) == [
        examples.batch(number=2)
    ]


@pytest.mark.parametrize("state", ["locked", "collecting", "ordered", "shipped", "completed", "short", "cancelled"])
def test_a_batch_that_is_decided_takes_nobody_any_more(state):
    assert rules.seeming_room(examples.batch(state=state), START) == 0


@pytest.mark.parametrize(("secured", "final", "wanting"), [(0, None, 5), (4, None, 1), (9, None, 0), (9, 3, 2)])
def test_the_distance_to_the_minimum_is_that_of_the_units_that_count(secured, final, wanting):
    assert examples.batch(secured_units=secured, final_units=final).units_to_minimum == wanting
