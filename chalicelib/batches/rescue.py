"""Rescuing runs that are below their minimum: the steps "raise" and "switch" of `runs`, which tells all of it. Pure.

A plan is changed in a copy, so that a rescue that fails leaves nothing behind.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import NamedTuple

from chalicelib.batches.wishes import Move, Run, Wanted, WantedLine


class Levels(NamedTuple):
    """The runs by name, the batch last; elsewhere a run is its index. `takes`: run -> weight, of each variant."""

    runs: tuple[Run, ...]
    takes: dict[str, dict[int, int]]
    capacity: int

    @property
    def batch(self) -> int:
        return len(self.runs) - 1


class Line(NamedTuple):
    """`second`: the other choice, while it can still be taken."""

    preorder_id: str
    number: int
    wish: WantedLine
    variant: str
    quantity: int
    second: str | None


class Reason(NamedTuple):
    """The run that a move is for and what it wanted. `place`: in the order of closing."""

    place: int
    run: str
    wanting: int


@dataclass
class Plan:
    """What is made as things stand. Each move comes with the index of its line. `near`: the lines that can use a run,
    by index, in the order of joining."""

    levels: Levels
    used: list[int]
    lines: list[Line] = field(default_factory=list)
    moves: list[tuple[int, Move]] = field(default_factory=list)
    near: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def leave(self, one: Wanted, why: Reason, number: int) -> None:
        was = one.lines[number].variant, one.lines[number].quantity
        self.moves.append((-1, Move(one.preorder_id, number, "left", was, None, why.run, why.wanting)))

    def join(self, one: Wanted, barred: Mapping[str, Reason]) -> None:
        for number, wish in enumerate(one.lines):
            second = None if wish.second in barred else wish.second
            index = len(self.lines)
            self.lines.append(Line(one.preorder_id, number, wish, wish.variant, wish.quantity, second))
            self._count(wish.variant, wish.quantity)
            for run in self.levels.takes[wish.variant].keys() | self.levels.takes[second or wish.variant].keys():
                self.near[run].append(index)
            if wish.variant in barred:
                self._switch(index, barred[wish.variant])

    def wanting(self, run: int) -> int:
        return self.levels.runs[run].minimum - self.used[run]

    def short(self) -> list[int]:
        """The runs that are used below their minimum, in the order in which they are rescued."""
        found = [run for run, used in enumerate(self.used) if used and self.wanting(run) > 0]
        return sorted(found, key=lambda run: (run == self.levels.batch, self.wanting(run), run))

    def leaving(self) -> Counter[int]:
        """How many units would leave with each run if it were closed."""
        found: Counter[int] = Counter()
        for _, lines in groupby(self.lines, key=lambda line: line.preorder_id):
            units, runs = 0, set[int]()
            for line in lines:
                units += line.quantity
                runs |= self.levels.takes[line.variant].keys() & self.levels.takes[line.second or line.variant].keys()
            found.update(dict.fromkeys(runs, units))
        return found

    def saved(self) -> "Plan":
        """After every rescue that succeeds. What failed is tried again when others have changed the plan."""
        plan, before = self, None
        while plan is not before:
            before = plan
            for run in plan.short():
                if plan.used[run] and plan.wanting(run) > 0:
                    plan = plan.rescued(run) or plan
        return plan

    def rescued(self, run: int, *, in_turn: bool = False) -> "Plan | None":
        """With this run at its minimum and no other newly below, or None where that is out of reach."""
        trial = replace(self, used=[*self.used], lines=[*self.lines], moves=[*self.moves])
        trial.bring_up(run)
        if trial.wanting(run) > 0:
            return None
        trial.take_back()
        below = set(self.short())
        while broken := [other for other in trial.short() if other not in below]:
            mended = None if in_turn else trial.rescued(broken[0], in_turn=True)
            if mended is None:
                return None
            trial = mended
        return trial

    def bring_up(self, run: int) -> None:
        for index in self.near[run]:
            self._raise(index, run)
        weights = self.levels.runs[run].uses
        for index in reversed(self.near[run]):
            line, wanting = self.lines[index], self.wanting(run)
            if wanting <= 0:
                break
            if line.second and weights.get(line.second, 0) > weights.get(line.variant, 0):
                self._switch(index, Reason(0, self.levels.runs[run].name, wanting))
                self._raise(index, run)

    def _switch(self, index: int, why: Reason) -> None:
        line = self.lines[index]
        was, now = (line.variant, line.quantity), (line.second or line.variant, line.quantity)
        self.moves.append((index, Move(line.preorder_id, line.number, "switched", was, now, why.run, why.wanting)))
        self._put(index, *now)

    def _raise(self, index: int, run: int) -> None:
        line, wanting = self.lines[index], self.wanting(run)
        weight = self.levels.runs[run].uses.get(line.variant, 0)
        if wanting <= 0 or not weight:
            return
        room = self.levels.capacity - self.used[self.levels.batch]
        more = min(-(-wanting // weight), line.wish.up_to - line.quantity, room)
        if more:
            was, now = (line.variant, line.quantity), (line.variant, line.quantity + more)
            name = self.levels.runs[run].name
            self.moves.append((index, Move(line.preorder_id, line.number, "raised", was, now, name, wanting)))
            self._put(index, *now)

    def take_back(self) -> None:
        for step in reversed(range(len(self.moves))):
            index, move = self.moves[step]
            if move.kind == "raised" and move.now:
                variant, quantity = move.now
                spare = min(-self.wanting(run) // weight for run, weight in self.levels.takes[variant].items())
                least = max(move.was[1], quantity - spare)
                if least < quantity:
                    self._put(index, variant, least)
                    self.moves[step] = index, move._replace(now=(variant, least))
        self.moves = [(index, move) for index, move in self.moves if move.now != move.was]

    def _put(self, index: int, variant: str, quantity: int) -> None:
        line = self.lines[index]
        self._count(line.variant, -line.quantity)
        self._count(variant, quantity)
        self.lines[index] = line._replace(variant=variant, quantity=quantity, second=None)

    def _count(self, variant: str, quantity: int) -> None:
        for run, weight in self.levels.takes[variant].items():
            self.used[run] += weight * quantity
