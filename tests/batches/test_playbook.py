"""A missed minimum is played by the agreed steps: in order, each once, none skipped, and in the end refunded."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chalicelib.batches import playbook
from chalicelib.batches.playbook import PUNCTUAL, Facts, HistoryDisagrees, NextBatch, Play, next_play
from chalicelib.campaigns import agreements
from chalicelib.campaigns.agreements import Extend, Fold, NextTier, Refund, Roll, Step, TopUp
from chalicelib.campaigns.model import BatchPlan, Feature
from tests.hands import START

EXTEND, TOP_UP = Extend(kind="extend", days=10), TopUp(kind="top_up", hours=48)
NEXT_TIER, ROLL, REFUND = NextTier(kind="next_tier", minimum=50), Roll(kind="roll"), Refund(kind="refund")
ENDS = START + timedelta(days=30)
NEXT_BATCH = NextBatch(number=2, room=500, closes_at=ENDS + timedelta(days=60))


def fold(source: str = "wide", target: str = "tele", feature_id: str = "lens") -> Fold:
    return Fold(kind="fold", feature_id=feature_id, from_option=source, into_option=target)


def missed(**changes: Any) -> Facts:
    """A batch of 100 that ends with 80 secured units, this very moment."""
    return Facts(**{"now": ENDS, "closes_at": ENDS, "secured_units": 80, "minimum": 100, **changes})


def written(play: Play) -> dict[str, Any]:
    """What changes beside the turn itself."""
    values = {name: getattr(play, name) for name in ("closes_at", "waiting_until", "minimum", "into_batch")}
    return {name: value for name, value in values.items() if value is not None}


def after(facts: Facts, play: Play) -> Facts:
    """The facts once the play is written."""
    return replace(facts, **{name: value for name, value in written(play).items() if name != "into_batch"})


def only(step: Step, **facts: Any) -> Play:
    play = next_play((step,), (), missed(**facts))
    assert play is not None
    return play


# ---- when a step is due


@pytest.mark.parametrize(
    "facts",
    [
        missed(now=ENDS - timedelta(milliseconds=1)),
        missed(waiting_until=ENDS + timedelta(hours=1)),
        missed(under_way=True),
        missed(secured_units=100),
        missed(secured_units=81, topped_up_units=19),
    ],
    ids=["before the end", "while a top-up is waited for", "while a play is under way", "reached", "topped up"],
)
def test_nothing_is_played(facts):
    assert next_play((TOP_UP,), (), facts) is None


def test_a_batch_without_a_playbook_is_refunded():
    play = next_play((), (), missed())
    assert play == Play(index=0, kind="refund", due_at=ENDS, sentence="playbook.refund")


def test_one_unit_short_is_missed():
    assert next_play((), (), missed(secured_units=99))


def test_after_the_refund_nothing_is_left():
    assert next_play((EXTEND,), ("extend", "refund"), missed()) is None
    assert next_play((EXTEND, REFUND), ("extend", "refund"), missed()) is None


@pytest.mark.parametrize("played", [("top_up",), ("extend", "extend"), ("extend", "refund", "refund"), ("refund",)])
def test_a_history_that_was_not_agreed_is_never_played_on(played):
    with pytest.raises(HistoryDisagrees):
        next_play((EXTEND,), played, missed())


# ---- what each step writes


def test_an_extension_counts_from_the_announced_end():
    assert written(only(EXTEND, now=ENDS + PUNCTUAL)) == {"closes_at": ENDS + timedelta(days=10)}


def test_a_top_up_is_waited_for():
    assert written(only(TOP_UP)) == {"waiting_until": ENDS + timedelta(hours=48)}


@pytest.mark.parametrize(("step", "field"), [(EXTEND, "closes_at"), (TOP_UP, "waiting_until")])
def test_a_step_that_comes_late_takes_no_time_from_anybody(step, field):
    late = ENDS + timedelta(days=3)
    assert written(only(step, now=late)) == {field: late + agreements.longest((step,))}


def test_nobody_can_join_a_closed_campaign_so_its_extension_is_passed():
    play = only(EXTEND, campaign_open=False)
    assert (play.passed, play.sentence, written(play)) == (True, "playbook.extend_passed", {})


def test_a_fold_writes_its_turn_only():
    assert only(fold()) == Play(index=0, kind="fold", due_at=ENDS, sentence="playbook.fold")


@pytest.mark.parametrize(
    ("facts", "passed"),
    [
        ({"accepting": {50: 50}}, False),
        ({"accepting": {50: 49}}, True),
        ({"accepting": {50: 49}, "topped_up_units": 1}, False),
        ({"accepting": {60: 80}}, True),
        ({"accepting": {50: 50}, "minimum": 50, "secured_units": 40}, True),
    ],
    ids=["enough accept", "one too few", "with what was topped up", "of another price", "already so low"],
)
def test_the_next_tier_is_taken_if_enough_accept_its_price(facts, passed):
    play = only(NEXT_TIER, **facts)
    assert (play.passed, written(play)) == (passed, {} if passed else {"minimum": 50})


def test_a_batch_at_the_next_tier_has_reached_its_minimum():
    facts = missed(accepting={50: 50})
    play = next_play((NEXT_TIER, ROLL), (), facts)
    assert play is not None
    assert next_play((NEXT_TIER, ROLL), ("next_tier",), replace(after(facts, play), secured_units=50)) is None


@pytest.mark.parametrize(
    ("batch", "passed"),
    [
        (NEXT_BATCH, False),
        (replace(NEXT_BATCH, room=1), False),
        (replace(NEXT_BATCH, room=0), True),
        (replace(NEXT_BATCH, closes_at=ENDS), True),
        (None, True),
    ],
    ids=["room for all", "room for one", "full", "closed", "none"],
)
def test_a_roll_needs_room_before_the_next_batch_closes(batch, passed):
    play = only(ROLL, next_batch=batch)
    assert (play.passed, written(play)) == (passed, {} if passed else {"into_batch": 2})


def test_what_did_not_roll_is_refunded_when_the_roll_is_through():
    rolled = missed(secured_units=3, next_batch=replace(NEXT_BATCH, room=0))
    assert next_play((ROLL,), ("roll",), replace(rolled, under_way=True)) is None
    play = next_play((ROLL,), ("roll",), rolled)
    assert play is not None
    assert (play.index, play.kind) == (1, "refund")


# ---- the whole story


def test_a_batch_that_never_reaches_its_minimum_gets_every_step_and_then_the_refund():
    steps: tuple[Step, ...] = (EXTEND, TOP_UP, fold(), NEXT_TIER, ROLL)
    facts, played, told = missed(accepting={50: 20}), [], []
    while play := next_play(steps, played, facts):
        told.append((play.sentence, play.due_at - ENDS))
        played.append(play.kind)
        facts = after(facts, play)
        facts = replace(facts, now=max(facts.now, facts.closes_at, facts.waiting_until or facts.now))
    assert told == [
        ("playbook.extend", timedelta()),
        ("playbook.top_up", timedelta(days=10)),
        ("playbook.fold", timedelta(days=12)),
        ("playbook.next_tier_passed", timedelta(days=12)),
        ("playbook.roll_passed", timedelta(days=12)),
        ("playbook.refund", timedelta(days=12)),
    ]
    assert facts.now - ENDS == agreements.longest(steps)


def test_a_batch_that_falls_below_its_minimum_again_goes_on_where_it_stopped():
    steps = (EXTEND, TOP_UP)
    extended = missed(now=ENDS + timedelta(days=10), closes_at=ENDS + timedelta(days=10), secured_units=100)
    assert next_play(steps, ("extend",), extended) is None
    play = next_play(steps, ("extend",), replace(extended, secured_units=99))
    assert play is not None
    assert play.kind == "top_up"


STEPS = st.one_of(
    st.builds(Extend, kind=st.just("extend"), days=st.integers(1, 60)),
    st.builds(TopUp, kind=st.just("top_up"), hours=st.integers(1, 336)),
    st.builds(fold, st.sampled_from("abc"), st.sampled_from("abc")),
    st.builds(NextTier, kind=st.just("next_tier"), minimum=st.integers(1, 120)),
    st.just(ROLL),
    st.just(REFUND),
)
PLAYBOOKS = st.lists(STEPS, max_size=10).map(tuple)
NEXT_BATCHES = st.builds(
    NextBatch,
    number=st.just(2),
    room=st.integers(0, 200),
    closes_at=st.integers(-10, 200).map(lambda days: ENDS + timedelta(days=days)),
)
# What happens in the world between two looks, beside what a play has written.
EVENTS = st.fixed_dictionaries(
    {
        "later": st.timedeltas(timedelta(), timedelta(days=30)),
        "secured_units": st.integers(0, 120),
        "topped_up_units": st.integers(0, 30),
        "accepting": st.dictionaries(st.integers(1, 120), st.integers(0, 120)),
        "next_batch": st.none() | NEXT_BATCHES,
        "campaign_open": st.booleans(),
        "under_way": st.booleans(),
    }
)


def happens(facts: Facts, event: dict[str, Any]) -> Facts:
    changes = dict(event)
    return replace(facts, now=facts.now + changes.pop("later"), **changes)


@given(PLAYBOOKS, st.lists(EVENTS, max_size=40))
def test_whatever_happens_steps_are_played_in_order_each_at_most_once_and_only_when_due(steps, events):
    facts, plays = missed(now=START), []
    coming = [step.kind for step in agreements.agreed(steps)]
    for event in events:
        facts = happens(facts, event)
        played = [one.kind for one in plays]
        play = next_play(steps, played, facts)
        assert play == next_play(steps, played, facts)
        if play is None:
            continue
        assert not facts.under_way
        assert facts.secured_units + facts.topped_up_units < facts.minimum
        assert facts.now >= play.due_at == max(facts.closes_at, facts.waiting_until or facts.closes_at)
        plays.append(play)
        facts = after(facts, play)
    assert [one.index for one in plays] == list(range(len(plays)))
    assert [one.kind for one in plays] == coming[: len(plays)]


@given(PLAYBOOKS, st.lists(EVENTS, max_size=40))
def test_whatever_happened_a_batch_that_stays_short_ends_in_the_refund(steps, events):
    facts, played = missed(now=START), []
    for event in events:
        facts = happens(facts, event)
        if play := next_play(steps, played, facts):
            played.append(play.kind)
            facts = after(facts, play)
    ends = max(facts.now, facts.closes_at, facts.waiting_until or facts.now)
    for _ in range(len(agreements.agreed(steps)) + 1):
        facts = replace(facts, secured_units=0, topped_up_units=0, accepting={}, under_way=False, now=ends)
        if play := next_play(steps, played, facts):
            played.append(play.kind)
            facts = after(facts, play)
        ends = max(ends, facts.closes_at, facts.waiting_until or ends)
    assert played == [step.kind for step in agreements.agreed(steps)]
    assert (played[-1], played.count("refund")) == ("refund", 1)


@given(PLAYBOOKS, st.lists(EVENTS, max_size=20), EVENTS)
def test_enough_units_at_any_moment_stop_it(steps, events, last):
    facts, played = missed(now=START), []
    for event in events:
        facts = happens(facts, event)
        if play := next_play(steps, played, facts):
            played.append(play.kind)
            facts = after(facts, play)
    enough = replace(happens(facts, last), secured_units=facts.minimum)
    assert playbook.reached(enough)
    assert next_play(steps, played, enough) is None


@given(st.sampled_from([EXTEND, TOP_UP]), st.timedeltas(timedelta(), timedelta(days=100)))
def test_a_wait_is_never_shorter_than_agreed(step, delay):
    now = ENDS + delay
    (until,) = written(only(step, now=now)).values()
    assert until >= now + agreements.longest((step,)) - PUNCTUAL - timedelta(milliseconds=1)


# ---- sound playbooks


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (REFUND,),
        (EXTEND, TOP_UP, fold(), NEXT_TIER, ROLL),
        (TOP_UP, EXTEND, ROLL, REFUND),
        (fold("a", "b"), fold("c", "b"), fold("b", "d")),
        (NEXT_TIER, NextTier(kind="next_tier", minimum=49)),
    ],
)
def test_a_sound_playbook_has_no_problem(steps):
    assert list(agreements.check(steps)) == []


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ((EXTEND, EXTEND), "the step extend more than once"),
        ((TOP_UP, EXTEND, TOP_UP), "the step top_up more than once"),
        ((ROLL, ROLL), "the step roll more than once"),
        ((REFUND, EXTEND), "goes on after the refund"),
        ((ROLL, EXTEND), "after a roll"),
        ((NEXT_TIER, NEXT_TIER), "must need fewer units than the one before"),
        ((fold("a", "a"),), "folds a into a, which is folded away"),
        ((fold("a", "b"), fold("c", "a")), "folds c into a, which is folded away"),
    ],
)
def test_an_unsound_playbook_is_told_why(steps, problem):
    assert [problem in told for told in agreements.check(steps)].count(True) == 1


def test_an_option_of_another_feature_may_have_the_same_name():
    assert list(agreements.check((fold("a", "b"), fold("c", "a", feature_id="case")))) == []


LENS = Feature.model_validate(
    {
        "feature_id": "lens",
        "title": "Lens",
        "method": "approval",
        "options": [{"option_id": name, "label": name} for name in ("wide", "tele")],
    }
)


def plan(minimum: int = 100, ships_at: datetime = ENDS + timedelta(days=60)) -> BatchPlan:
    return BatchPlan(minimum=minimum, capacity=500, closes_at=ENDS, ships_at=ships_at)


@pytest.mark.parametrize(
    ("step", "batch", "problem"),
    [
        (fold("wide", "zoom"), plan(), "no two options of lens"),
        (fold("zoom", "wide"), plan(), "no two options of lens"),
        (fold(feature_id="colour"), plan(), "no two options of colour"),
        (NEXT_TIER, plan(minimum=50), "does not need fewer units than every batch"),
        (EXTEND, plan(ships_at=ENDS + timedelta(days=10)), "may still be running when a batch is to ship"),
    ],
)
def test_a_playbook_that_contradicts_its_campaign_is_told_why(step, batch, problem):
    assert [problem in told for told in agreements.fits((step,), [LENS], [plan(), batch])] == [True]
    assert list(agreements.fits((EXTEND, fold(), NEXT_TIER), [LENS], [plan(), plan(minimum=51)])) == []


SENT = TypeAdapter(tuple[Step, ...])


def test_a_playbook_is_read_from_json_by_the_kind_of_each_step():
    text = '[{"kind": "extend", "days": 10}, {"kind": "roll"}, {"kind": "refund"}]'
    assert SENT.validate_json(text, strict=True, extra="forbid") == (EXTEND, ROLL, REFUND)


@pytest.mark.parametrize(
    "text",
    [
        '[{"kind": "extend"}]',
        '[{"kind": "extend", "days": 61}]',
        '[{"kind": "extend", "days": 0}]',
        '[{"kind": "top_up", "hours": 337}]',
        '[{"kind": "roll", "days": 1}]',
        '[{"kind": "party"}]',
        "[{}]",
    ],
)
def test_a_step_of_no_known_form_is_refused(text):
    with pytest.raises(ValidationError):
        SENT.validate_json(text, strict=True, extra="forbid")
