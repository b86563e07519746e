"""Runs: minimums at several levels, made feasible at the lock. Pure.

A run is what can only be made in one go: a dye lot, a variant, a shared part. It is used not at all or at least its
minimum, and the batch itself is a run that every unit uses. Where the wishes miss a minimum, the procedure is:

1. **Raise.** Lines of a run below its minimum that said "two, up to five" are raised in the order of joining, as far as
   needed and as the capacity allows.
2. **Switch.** Where that is not enough, lines whose second choice brings the run up are switched, the last to join
   first. A line that has moved is not switched again. A run that was well and is now below its minimum is brought up in
   turn, once, or the rescue does not count. Raises that have become needless are taken back, the latest first.
3. **Close.** A run that cannot be rescued is closed: who used it gets the second choice, or leaves. Then all is judged
   anew from the wishes, without the closed runs.

Rescued is first what wants least, and the batch last. Closed is first the batch, for nothing else can fill it; then the
run whose closing makes the fewest units leave. Names settle what is equal.

A pre-order stays whole or leaves whole: its fan asked for all of it and never agreed to a part.

It ends: each rescue leaves fewer runs below their minimum, and each round closes one more run. When all are closed
nobody is left, and nothing is below its minimum.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from chalicelib.batches.rescue import Levels, Plan, Reason
from chalicelib.batches.wishes import Run, Settlement, Wanted, WantedLine

# The name of the batch as a run.
BATCH = "batch"


def settle(wanted: Iterable[Wanted], runs: Iterable[Run], *, minimum: int, capacity: int) -> Settlement:
    """Brings every run to nothing or its minimum, and the batch within its capacity. Wishes that are feasible stay as
    they are. Whatever the order of the input. ValueError when the wishes exceed the capacity: claims never do."""
    queue = sorted(wanted, key=lambda one: (one.place, one.preorder_id))
    if sum(one.units for one in queue) > capacity:
        raise ValueError("more units are wanted than the capacity")
    levels = _levels(queue, runs, minimum, capacity)
    closed: dict[int, int] = {}
    while True:
        begun = _begun(queue, levels, closed)
        plan = begun.saved()
        unsaved = plan.short()
        if not unsaved:
            return _settlement(queue, plan)
        leaving = begun.leaving()
        worst = min(unsaved, key=lambda run: (run != levels.batch, leaving[run], run))
        closed[worst] = begun.wanting(worst)


def _levels(queue: Sequence[Wanted], runs: Iterable[Run], minimum: int, capacity: int) -> Levels:
    names = {name for one in queue for line in one.lines for name in (line.variant, line.second) if name is not None}
    every = (*sorted(runs, key=lambda run: (run.name, run.minimum)), Run(BATCH, minimum, dict.fromkeys(names, 1)))
    takes = {name: {run: one.uses[name] for run, one in enumerate(every) if one.uses.get(name)} for name in names}
    return Levels(every, takes, capacity)


def _begun(queue: Sequence[Wanted], levels: Levels, closed: Mapping[int, int]) -> Plan:
    """The wishes without the closed runs (run -> what it wanted): the first choice where it is open, or the second."""
    barred: dict[str, Reason] = {}
    for place, (run, wanting) in enumerate(closed.items()):
        for name in (name for name, takes in levels.takes.items() if run in takes):
            barred.setdefault(name, Reason(place, levels.runs[run].name, wanting))
    plan = Plan(levels, used=[0] * len(levels.runs))
    for one in queue:
        bars = [(bar, number) for number, wish in enumerate(one.lines) if (bar := _bar(wish, barred))]
        if bars:
            plan.leave(one, *min(bars))
        else:
            plan.join(one, barred)
    return plan


def _bar(wish: WantedLine, barred: Mapping[str, Reason]) -> Reason | None:
    """What left the line no choice, or None where it has one."""
    first, second = barred.get(wish.variant), barred.get(wish.second or wish.variant)
    return max(first, second) if first and second else None


def _settlement(queue: Sequence[Wanted], plan: Plan) -> Settlement:
    kept = {
        preorder_id: tuple((line.variant, line.quantity) for line in lines)
        for preorder_id, lines in groupby(plan.lines, key=lambda line: line.preorder_id)
    }
    left = tuple(one.preorder_id for one in queue if one.preorder_id not in kept)
    return Settlement(kept, left, tuple(move for _, move in plan.moves))
