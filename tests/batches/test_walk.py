"""Batches walked through random lives: only the ways that B1 allows, and never a lock below the minimum."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.batches import rules
from chalicelib.batches.actions import MOST_STEPS
from chalicelib.batches.model import FILLING, Batch, State
from chalicelib.campaigns.model import Campaign
from tests import examples
from tests.hands import START

# B1: the only ways from one state to the next.
WAYS: set[tuple[State, State]] = {
    ("open", "confirmed"),
    ("confirmed", "open"),
    ("confirmed", "locked"),
    ("locked", "ordered"),
    ("open", "short"),
    ("open", "cancelled"),
    ("confirmed", "cancelled"),
}


@dataclass
class Life:
    """One batch, the time, and every state that it has been in. Events are what stores let happen to it."""

    batch: Batch
    campaign: Campaign = field(default_factory=examples.campaign)
    now: datetime = START
    states: list[Batch] = field(default_factory=list)

    def happen(self, event: str, units: int) -> None:
        held, secured, filling = self.batch.held_units, self.batch.secured_units, self.batch.state in FILLING
        if event == "hold" and rules.has_room(self.batch, units, self.now):
            self.change(held_units=held + units)
        if event == "secure" and filling:
            self.change(secured_units=min(held, secured + units))
        if event == "withdraw" and filling:
            gone = min(secured, units)
            self.change(held_units=held - gone, secured_units=secured - gone)
        if event == "lapse":
            self.change(held_units=max(secured, held - units))
        if event == "wait":
            self.now += timedelta(hours=units * 12)
        if event == "minutes":
            self.now += timedelta(minutes=units)
        if event in ("cancelled", "closed") and self.campaign.state == "preselling":
            self.campaign = examples.campaign(state=event, closed_at=self.now if event == "closed" else None)

    def change(self, **figures: object) -> None:
        self.batch = self.batch.model_copy(update=figures)

    def advance(self) -> int:
        """Takes every step that is due; answers how many."""
        for steps in range(100):
            step = rules.next_step(self.batch, self.campaign, self.now)
            if step is None:
                return steps
            self.states.append(self.batch)
            self.change(state=step.state)
        raise AssertionError("the steps never end")


EVENTS = st.tuples(
    st.sampled_from(
        ["hold", "hold", "secure", "secure", "withdraw", "lapse", "wait", "minutes", "closed", "cancelled"]
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
    assert set(pairwise(states)) <= WAYS


@settings(max_examples=200)
@given(PLANS, st.lists(EVENTS, max_size=40))
def test_a_batch_is_never_locked_below_its_minimum_nor_above_its_capacity(plan, events):
    """S1, M4."""
    life = Life(examples.batch(**plan))
    for event in events:
        life.happen(*event)
        life.advance()
        assert 0 <= life.batch.secured_units <= life.batch.held_units <= life.batch.capacity
        if life.batch.state in ("locked", "ordered"):
            assert life.batch.secured_units >= life.batch.minimum


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
    life.now += timedelta(days=400)
    life.advance()
    assert life.batch.state in ("ordered", "short", "cancelled")


@given(PLANS, st.lists(EVENTS, max_size=30))
def test_deciding_again_changes_nothing(plan, events):
    """B5."""
    life = Life(examples.batch(**plan))
    for event in events:
        life.happen(*event)
        life.advance()
        assert life.advance() == 0
