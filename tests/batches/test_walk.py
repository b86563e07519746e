"""Batches walked through random lives: only the ways that B1 allows, never a lock or an order below the minimum."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.batches import rules
from chalicelib.batches.actions import MOST_STEPS
from chalicelib.batches.model import FILLING, Batch, BookPlan, State
from chalicelib.batches.rules import Step
from chalicelib.batches.store import STATES
from chalicelib.campaigns.model import Campaign
from tests import examples
from tests.hands import START

# B1: the only ways from one state to the next.
WAYS: set[tuple[State, State]] = {
    ("open", "confirmed"),
    ("confirmed", "open"),
    ("confirmed", "locked"),
    ("locked", "collecting"),
    ("collecting", "ordered"),
    ("collecting", "short"),
    ("open", "short"),
    ("open", "cancelled"),
    ("confirmed", "cancelled"),
    ("locked", "cancelled"),
    ("collecting", "cancelled"),
}


@dataclass
class Life:
    """One batch, the time, and every state that it has been in. Events are what stores let happen to it."""

    batch: Batch
    campaign: Campaign = field(default_factory=lambda: examples.campaign(limit_per_fan=6))
    now: datetime = START
    states: list[Batch] = field(default_factory=list)

    def happen(self, event: str, units: int) -> None:
        batch = self.batch
        unsealed = batch.state in FILLING and not batch.sealed
        if event == "hold" and rules.takes(batch, self.now) and units <= rules.rest_units(batch):
            self.change(held_units=batch.held_units + units, taken_units=batch.taken_units + units)
        if event == "secure" and batch.state in FILLING:
            self.change(secured_units=min(batch.held_units, batch.secured_units + units))
        if event == "withdraw" and unsealed:
            self.give_back(gone := min(batch.secured_units, units), secured=gone)
        if event == "lapse":
            self.give_back(min(batch.held_units - batch.secured_units, units))
        if event == "pay" and batch.state == "collecting":
            self.change(collected_units=min(batch.secured_units, batch.collected_units + units))
        if event == "drop" and batch.state == "collecting":
            self.give_back(gone := min(batch.secured_units - batch.collected_units, units), secured=gone)
        if event == "wait":
            self.now += timedelta(hours=units * 12)
        if event == "minutes":
            self.now += timedelta(minutes=units)
        if event in ("cancelled", "closed") and self.campaign.state == "preselling":
            self.campaign = self.campaign.model_copy(
                update={"state": event, "closed_at": self.now if event == "closed" else None}
            )

    def give_back(self, units: int, *, secured: int = 0) -> None:
        batch = self.batch
        self.change(
            held_units=batch.held_units - units,
            secured_units=batch.secured_units - secured,
            back_units=batch.back_units + units,
        )

    def change(self, **figures: object) -> None:
        self.batch = self.batch.model_copy(update=figures)

    def advance(self) -> int:
        """Takes every step that is due; answers how many."""
        for steps in range(100):
            step = rules.next_step(self.batch, self.campaign, self.now, made_units=self.batch.collected_units)
            if step is None:
                return steps
            self.states.append(self.batch)
            self.take(step)
        raise AssertionError("the steps never end")

    def end(self) -> None:
        """The time goes on until its end, the hold of its payments and the time to mend them are over, and each payment
        is answered for the last time."""
        for days in (400, self.campaign.grace_days):
            self.now += timedelta(days=days)
            self.advance()
        if self.batch.dropping:
            self.happen("drop", self.batch.secured_units)
        self.advance()

    def take(self, step: Step) -> None:
        """What the pages, and those who follow, make of it."""
        batch = self.batch
        if step.state == "collecting":
            self.change(state=step.state, grace_until=step.at + timedelta(days=self.campaign.grace_days))
        elif step.state in STATES:
            self.change(state=step.state)
        elif step.state == "dropping":
            self.change(dropping=True)
        elif step.state == "sealing":
            self.change(sealing_at=step.at)
        elif step.state == "cutting":
            rest = rules.rest_units(batch)
            self.change(sealed=True, taken_units=batch.taken_units + rest, back_units=batch.back_units + rest)
        elif step.state == "calling_off":
            self.change(late=True)
            self.happen("lapse", batch.held_units)
        else:
            free = rules.free_units(batch)
            self.change(
                books=(*batch.books, BookPlan(units=free)),
                reissued_units=batch.reissued_units + free,
                sealing_at=None,
                sealed=False,
            )


EVENTS = st.tuples(
    st.sampled_from(
        [
            *("hold", "hold", "secure", "secure", "withdraw", "lapse", "wait", "minutes", "closed", "cancelled"),
            *("pay", "pay", "drop"),
        ]
    ),
    st.integers(1, 12),
)
PLANS = st.tuples(st.integers(1, 12), st.integers(0, 12)).map(lambda plan: {"minimum": plan[0], "capacity": sum(plan)})


@settings(max_examples=200)
@given(PLANS, st.lists(EVENTS, max_size=40), st.booleans())
def test_a_batch_goes_only_the_ways_that_are_allowed(plan, events, eager):
    """B1, whether it is looked at after every event or only once in a while."""
    life = Life(examples.batch(**plan))
    for place, (event, units) in enumerate(events):
        life.happen(event, units)
        if eager or place % 5 == 0:
            assert life.advance() <= MOST_STEPS
    life.advance()
    states = [batch.state for batch in (*life.states, life.batch)]
    assert {way for way in pairwise(states) if way[0] != way[1]} <= WAYS


@settings(max_examples=200)
@given(PLANS, st.lists(EVENTS, max_size=40))
def test_a_batch_is_never_locked_or_ordered_below_its_minimum_nor_above_its_capacity(plan, events):
    """S1, M4."""
    life = Life(examples.batch(**plan))
    for event in events:
        life.happen(*event)
        life.advance()
        assert life.batch.collected_units <= life.batch.secured_units <= life.batch.held_units <= life.batch.capacity
        assert life.batch.held_units + rules.rest_units(life.batch) <= life.batch.capacity
    for batch in (*life.states, life.batch):
        if batch.state in ("locked", "ordered"):
            assert batch.secured_units >= batch.minimum


@settings(max_examples=200)
@given(PLANS, st.lists(EVENTS, max_size=40))
def test_a_batch_is_ordered_when_all_of_it_is_paid_for_and_enough(plan, events):
    """B4: neither sooner nor later."""
    life = Life(examples.batch(**plan))
    for event in events:
        life.happen(*event)
        life.advance()
        if life.batch.state == "collecting":
            assert life.batch.collected_units < life.batch.secured_units
    life.end()
    if life.batch.state == "ordered":
        assert life.batch.collected_units == life.batch.secured_units >= life.batch.minimum


@settings(max_examples=200)
@given(PLANS, st.lists(EVENTS, max_size=40))
def test_a_batch_full_of_secured_units_is_locked_at_once(plan, events):
    life = Life(examples.batch(**plan))
    for event in events:
        life.happen(*event)
        life.advance()
        if life.batch.secured_units == life.batch.capacity:
            assert life.batch.state not in FILLING


@given(PLANS, st.lists(EVENTS, max_size=30))
def test_every_batch_is_decided_once_its_end_and_the_grace_are_over(plan, events):
    """L1: nothing stays open for ever, whatever payments do."""
    life = Life(examples.batch(**plan))
    for event in events:
        life.happen(*event)
        life.advance()
    life.end()
    assert life.batch.state in ("ordered", "short", "cancelled")


COLLECTED = st.tuples(st.sampled_from(["pay", "pay", "drop", "wait", "minutes"]), st.integers(1, 12))


@given(PLANS, st.lists(COLLECTED, max_size=12))
def test_who_does_not_pay_is_dropped_once_and_then_the_rest_decides(plan, events):
    """L1: of a batch that was locked full, whether they pay before the time to mend it is over or with the last try."""
    life = Life(examples.batch(**plan))
    capacity = life.batch.capacity
    life.change(held_units=capacity, secured_units=capacity, taken_units=capacity)
    life.advance()
    assert life.batch.state == "collecting"
    for event in events:
        life.happen(*event)
        life.advance()
    life.end()
    assert life.batch.state == ("ordered" if life.batch.collected_units >= life.batch.minimum else "short")
    assert life.batch.secured_units == life.batch.collected_units
    whole = [*life.states, life.batch]
    assert sum(before.dropping < after.dropping for before, after in pairwise(whole)) <= 1


@settings(max_examples=200)
@given(PLANS, st.lists(EVENTS, max_size=40))
def test_as_long_as_it_takes_pre_orders_a_fan_can_have_what_is_free(plan, events):
    """No unit that was given back is lost: the books take what one fan may have, or all that is free."""
    life = Life(examples.batch(**plan))
    for event in events:
        life.happen(*event)
        life.advance()
        free = life.batch.capacity - life.batch.held_units
        if rules.takes(life.batch, life.now):
            assert rules.rest_units(life.batch) >= min(free, life.campaign.limit_per_fan)


@given(PLANS, st.lists(EVENTS, max_size=30))
def test_deciding_again_changes_nothing(plan, events):
    """B5."""
    life = Life(examples.batch(**plan))
    for event in events:
        life.happen(*event)
        life.advance()
        assert life.advance() == 0
