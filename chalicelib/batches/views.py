"""What organisers send about batches, and lists of them as they are answered."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.batches.model import Batch
from chalicelib.campaigns.slips import ShipDate, Why
from chalicelib.kernel.instants import Instant
from chalicelib.kernel.words import Kept, Quantity, Sent, Slug


class NewShipDate(Sent):
    """What an organiser sends to move a ship date: the new one, and why. Both are published."""

    ships_at: Instant
    reason: Why


class Slip(ShipDate):
    """One slip as its organiser sees it: how many pre-orders answered what, and whether the time to answer is over."""

    slip: int
    state: Literal["announced", "closed"]
    waiting: int
    refunds: int


class SlipList(Kept):
    """The slips of one batch, the first one first."""

    items: list[Slip]


class TopUpLine(Sent):
    """So many units of one variant. A feature with one kept option may be left out."""

    variant: Annotated[dict[Slug, Slug], Field(max_length=20)]
    quantity: Quantity


class NewTopUp(Sent):
    """What an organiser promises to take of a batch that misses its minimum, or has lost it by drop-outs."""

    lines: Annotated[tuple[TopUpLine, ...], Field(min_length=1, max_length=50)]


class BatchList(Kept):
    """All batches of a campaign, in the order in which they fill."""

    items: list[Batch]
