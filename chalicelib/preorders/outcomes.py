"""What became of a pre-order at the lock, as its fan reads it."""

from typing import Literal

from chalicelib.kernel.words import Kept, Variant


class SettledLine(Kept):
    """So many units of a variant, as they are made."""

    variant: Variant
    quantity: int


class Moved(Kept):
    """What became of one line at the lock: which run it was for, and what that run wanted just before. A pre-order
    leaves whole, for the line that could not stay."""

    line: int
    kind: Literal["raised", "switched", "left", "folded"]
    was: SettledLine
    now: SettledLine | None = None
    run: str
    wanting: int
