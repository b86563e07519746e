"""What fans wish for at the lock, what has to be made in one go, and what became of it. Pure words of `runs`."""

from collections.abc import Mapping
from typing import Literal, NamedTuple


class Run(NamedTuple):
    """What is made in one go: not at all, or at least `minimum`. `uses`: what one unit of each variant takes of it, in
    the run's own measure (units, or parts); a variant that is not named takes nothing."""

    name: str
    minimum: int
    uses: Mapping[str, int]


class WantedLine(NamedTuple):
    """So many units of a variant, or more up to a bound, or those of a second choice."""

    variant: str
    quantity: int
    up_to: int
    second: str | None = None


class Wanted(NamedTuple):
    """One pre-order's wishes. `place`: the order of joining, the first to join has the lowest."""

    preorder_id: str
    place: int
    lines: tuple[WantedLine, ...]

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)


class Move(NamedTuple):
    """What became of one line: variant and quantity, before and after. `run`: for which run; `wanting`: what that run
    wanted just before, in its own measure; neither for what the playbook has folded. A pre-order leaves whole: `line`
    is the one that could not stay."""

    preorder_id: str
    line: int
    kind: Literal["raised", "switched", "left", "folded"]
    was: tuple[str, int]
    now: tuple[str, int] | None
    run: str
    wanting: int


class Settlement(NamedTuple):
    """(variant, quantity) of each line that is made, who leaves, and why: what followed from closed runs in the order
    of joining, then the rescues one after another."""

    kept: dict[str, tuple[tuple[str, int], ...]]
    left: tuple[str, ...]
    moves: tuple[Move, ...]
