"""The playbook: what happens, one agreed step after the other, when a batch is over and misses its minimum. Pure.

Every step that a fan has agreed to gets its turn, in order and once: it is carried out, or passed where the facts leave
it nothing to do, which is told as well. The last is always the refund of whatever is still in the batch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.campaigns.agreements import Extend, Fold, Kind, NextTier, Roll, Step, TopUp, agreed, wait
from chalicelib.kernel.instants import Instant
from chalicelib.kernel.words import Kept

# A step that is made so soon after it was due counts its days or hours from then: round times stay round. After a
# longer delay of ours they count from now, so that nobody gets less than was agreed.
PUNCTUAL = timedelta(minutes=5)


class HistoryDisagrees(Exception):  # noqa: N818 - an alarm: what was played is no beginning of what was agreed
    """The steps played are not the first of the agreed ones. Nothing is played until somebody has looked."""


@dataclass(frozen=True)
class NextBatch:
    """The batch that is to take what rolls. `room`: in units, by its counters."""

    number: int
    room: int
    closes_at: datetime
    ships_at: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """How a batch stands. `closes_at`, `minimum` and `waiting_until` are as the last play has left them.

    `accepting`: by the minimum of each next_tier step, the secured units whose accepted most allows the price there.
    `campaign_open`: whether anybody can still join. `selectable`: what can be made, by feature; None: everything.
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
    selectable: Mapping[str, Sequence[str]] | None = None
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
    into_ships_at: Instant | None = None


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
    """Whether the step can do anything: nobody can join a closed campaign or a full batch, nothing becomes an option
    that lost the vote, no price helps that too few accept, and no batch takes what has no room in it."""
    if isinstance(step, Extend):
        return facts.campaign_open
    if isinstance(step, NextTier):
        enough = facts.accepting.get(step.minimum, 0) + facts.topped_up_units >= step.minimum
        return enough and step.minimum < facts.minimum
    if isinstance(step, Fold) and facts.selectable is not None:
        return step.into_option in facts.selectable[step.feature_id]
    if isinstance(step, Roll):
        return facts.next_batch is not None and facts.next_batch.room > 0 and facts.now < facts.next_batch.closes_at
    return True


def _changes(step: Step, facts: Facts, due_at: datetime) -> dict[str, Any]:
    start = due_at if facts.now - due_at <= PUNCTUAL else facts.now
    if isinstance(step, Extend):
        return {"closes_at": start + wait(step)}
    if isinstance(step, TopUp):
        return {"waiting_until": start + wait(step)}
    if isinstance(step, NextTier):
        return {"minimum": step.minimum}
    if isinstance(step, Roll) and facts.next_batch is not None:
        return {"into_batch": facts.next_batch.number, "into_ships_at": facts.next_batch.ships_at}
    return {}
