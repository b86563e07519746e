"""What became of a pre-order at the lock, or when its batch missed its minimum, as its fan reads it."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.instants import Instant
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


class Rolled(Kept):
    """A pre-order has left this batch, which missed its minimum, for the next one; there it was to ship at `was`.
    `pieces`: where it had room in it."""

    from_batch: int
    was: Instant
    rolled_at: Instant
    pieces: Annotated[str, Field(exclude=True)] = ""
