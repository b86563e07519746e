"""The playbook: what happens, one agreed step after the other, when a batch is over and misses its minimum. Pure.

Every step that a fan has agreed to gets its turn, in order and once: it is carried out, or passed where the facts leave
it nothing to do, which is told as well. The last is always the refund of whatever is still in the batch.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.campaigns.model import BatchPlan, Feature
from chalicelib.kernel.instants import Instant
from chalicelib.kernel.words import Kept, Sent, Slug

Kind = Literal["extend", "top_up", "fold", "next_tier", "roll", "refund"]
ONCE: tuple[Kind, ...] = ("extend", "top_up", "roll", "refund")
# A step that is made so soon after it was due counts its days or hours from then: round times stay round. After a
# longer delay of ours they count from now, so that nobody gets less than was agreed.
PUNCTUAL = timedelta(minutes=5)


class HistoryDisagrees(Exception):  # noqa: N818 - an alarm: what was played is no beginning of what was agreed
    """The steps played are not the first of the agreed ones. Nothing is played until somebody has looked."""


class Extend(Sent):
    """The batch closes later."""

    kind: Literal["extend"]
    days: Annotated[int, Field(ge=1, le=60)]


class TopUp(Sent):
    """The organiser or a partner may promise the units that are missing, within so many hours."""

    kind: Literal["top_up"]
    hours: Annotated[int, Field(ge=1, le=336)]


class Fold(Sent):
    """Variants with one option become the sister variant with the other."""

    kind: Literal["fold"]
    feature_id: Slug
    from_option: Slug
    into_option: Slug


class NextTier(Sent):
    """The batch is made from fewer units on, at the price of their tier, for those whose accepted most allows it."""

    kind: Literal["next_tier"]
    minimum: Annotated[int, Field(ge=1, le=1_000_000)]


class Roll(Sent):
    """Pre-orders move to the next batch, as far as it has room before it closes."""

    kind: Literal["roll"]


class Refund(Sent):
    """Pre-orders are released, and what was paid is given back."""

    kind: Literal["refund"]


Step = Annotated[Extend | TopUp | Fold | NextTier | Roll | Refund, Field(discriminator="kind")]
Steps = Annotated[tuple[Step, ...], Field(max_length=10)]


@dataclass(frozen=True)
class NextBatch:
    """The batch that is to take what rolls. `room`: in units."""

    number: int
    room: int
    closes_at: datetime


@dataclass(frozen=True)
class Facts:
    """How a batch stands. `closes_at`, `minimum` and `waiting_until` are as the last play has left them.

    `accepting`: by the minimum of each next_tier step, the secured units whose accepted most allows the price there.
    `under_way`: a play is written, and its consequences are still being carried out.
    """

    now: datetime
    closes_at: datetime
    secured_units: int
    minimum: int
    topped_up_units: int = 0
    waiting_until: datetime | None = None
    accepting: Mapping[int, int] = field(default_factory=dict)
    next_batch: NextBatch | None = None
    campaign_open: bool = True
    under_way: bool = False


class Play(Kept):
    """One step's turn: which, since when it was due, what to write, and the key of the notice to fans.

    `passed`: the facts left it nothing to do; its turn is over. What is None stays as it is.
    """

    index: int
    kind: Kind
    passed: bool = False
    due_at: Instant
    sentence: str
    closes_at: Instant | None = None
    waiting_until: Instant | None = None
    minimum: int | None = None
    into_batch: int | None = None


def agreed(steps: Sequence[Step]) -> tuple[Step, ...]:
    """All steps that can be played: up to the refund, which is the last whether it is written down or not."""
    return (*takewhile(lambda step: step.kind != "refund", steps), Refund(kind="refund"))


def longest(steps: Sequence[Step]) -> timedelta:
    """How long after the announced closing time a batch may still be undecided, if our clock is on time."""
    return sum((_wait(step) for step in agreed(steps)), timedelta())


def check(steps: Sequence[Step]) -> Iterator[str]:
    """What is not sound in the steps by themselves."""
    kinds = [step.kind for step in steps]
    yield from (f"the playbook has the step {kind} more than once" for kind in ONCE if kinds.count(kind) > 1)
    if "refund" in kinds[:-1]:
        yield "the playbook goes on after the refund"
    if any(upper == "roll" and lower != "refund" for upper, lower in pairwise(kinds)):
        yield "after a roll the playbook can only end in the refund"
    minimums = [step.minimum for step in steps if isinstance(step, NextTier)]
    if any(lower >= upper for upper, lower in pairwise(minimums)):
        yield "each next_tier of the playbook must need fewer units than the one before"
    gone: set[tuple[str, str]] = set()
    for fold in (step for step in steps if isinstance(step, Fold)):
        gone.add((fold.feature_id, fold.from_option))
        if (fold.feature_id, fold.into_option) in gone:
            yield f"the playbook folds {fold.from_option} into {fold.into_option}, which is folded away itself"


def fits(steps: Sequence[Step], features: Iterable[Feature], batches: Sequence[BatchPlan]) -> Iterator[str]:
    """What in the steps contradicts the campaign that announces them."""
    options = {(feature.feature_id, option.option_id) for feature in features for option in feature.options}
    for step in steps:
        if isinstance(step, Fold) and not options.issuperset(
            (step.feature_id, option) for option in (step.from_option, step.into_option)
        ):
            yield f"the playbook folds what are no two options of {step.feature_id}"
        if isinstance(step, NextTier) and any(step.minimum >= batch.minimum for batch in batches):
            yield "a next_tier of the playbook does not need fewer units than every batch"
    if any(batch.closes_at + longest(steps) >= batch.ships_at for batch in batches):
        yield "the playbook may still be running when a batch is to ship"


def reached(facts: Facts) -> bool:
    """Whether the batch has its minimum, with what was promised on top."""
    return facts.secured_units + facts.topped_up_units >= facts.minimum


def next_play(steps: Sequence[Step], played: Sequence[Kind], facts: Facts) -> Play | None:
    """What is due now, or None: the batch is not over, a play is waited for, the minimum is reached, or all is played.

    Ask once payments under way have had their grace. The same facts give the same play; it happens when it is written
    on the condition that `played` is as it was read. Raises HistoryDisagrees.
    """
    coming, turn = agreed(steps), len(played)
    if tuple(played) != tuple(step.kind for step in coming[:turn]):
        raise HistoryDisagrees(f"{', '.join(played)} is no beginning of the playbook")
    due_at = max(facts.closes_at, facts.waiting_until or facts.closes_at)
    if turn == len(coming) or facts.under_way or facts.now < due_at or reached(facts):
        return None
    step = coming[turn]
    if not _applies(step, facts):
        return Play(index=turn, kind=step.kind, passed=True, due_at=due_at, sentence=f"playbook.{step.kind}_passed")
    changes = _changes(step, facts, due_at)
    return Play(index=turn, kind=step.kind, due_at=due_at, sentence=f"playbook.{step.kind}", **changes)


def _applies(step: Step, facts: Facts) -> bool:
    """Whether the step can do anything: nobody can join a closed campaign, no price helps that too few accept, and no
    batch takes what has no room in it."""
    if isinstance(step, Extend):
        return facts.campaign_open
    if isinstance(step, NextTier):
        enough = facts.accepting.get(step.minimum, 0) + facts.topped_up_units >= step.minimum
        return enough and step.minimum < facts.minimum
    if isinstance(step, Roll):
        return facts.next_batch is not None and facts.next_batch.room > 0 and facts.now < facts.next_batch.closes_at
    return True


def _changes(step: Step, facts: Facts, due_at: datetime) -> dict[str, Any]:
    start = due_at if facts.now - due_at <= PUNCTUAL else facts.now
    if isinstance(step, Extend):
        return {"closes_at": start + _wait(step)}
    if isinstance(step, TopUp):
        return {"waiting_until": start + _wait(step)}
    if isinstance(step, NextTier):
        return {"minimum": step.minimum}
    if isinstance(step, Roll) and facts.next_batch is not None:
        return {"into_batch": facts.next_batch.number}
    return {}


def _wait(step: Step) -> timedelta:
    if isinstance(step, Extend):
        return timedelta(days=step.days)
    return timedelta(hours=step.hours) if isinstance(step, TopUp) else timedelta()
