"""The thread of demand: from a vote to a pre-order to the line of a manufacturing order, and back."""

from typing import Any

from chalicelib.batches.model import State as BatchState
from chalicelib.campaigns.model import Method
from chalicelib.campaigns.slips import ShipDate
from chalicelib.kernel.instants import Instant
from chalicelib.kernel.words import Kept, Variant
from chalicelib.preorders.model import State


class ThreadFeature(Kept):
    """One decision: what this fan voted, and what stayed selectable. Without a vote: none was cast."""

    feature_id: str
    voted: Any = None
    kept: tuple[str, ...]


class ThreadLine(Kept):
    """One line of the pre-order, and the line of the manufacturing order that it became part of."""

    variant: Variant
    quantity: int
    order_line: int | None = None


class ThreadBatch(Kept):
    """The batch that makes it, with every move of its ship date."""

    number: int
    state: BatchState
    ships_at: Instant
    dates: tuple[ShipDate, ...]
    order_id: str | None


class Thread(Kept):
    """One pre-order from its fan's vote to the order. `ballots`: how many the certified result counted."""

    preorder_id: str
    campaign_id: str
    state: State
    voted: bool
    ballots: int | None
    features: tuple[ThreadFeature, ...]
    lines: tuple[ThreadLine, ...]
    batch: ThreadBatch


class OptionDemand(Kept):
    """One option: what the certified vote gave it, in the words of the feature's method, and the units pre-ordered
    with it."""

    option_id: str
    votes: int | None
    units: int


class FeatureDemand(Kept):
    """One feature: the voters that it had, and its options in the campaign's order."""

    feature_id: str
    method: Method
    voters: int | None
    options: tuple[OptionDemand, ...]


class Demand(Kept):
    """Votes beside pre-orders, recounted from the pages that hold the claims. `fans` have units now; `fans_who_voted`
    of them also cast a ballot. `cut`: more pages than were read have claims, so that units and fans are those of the
    first `pages_read`."""

    campaign_id: str
    ballots: int | None
    units: int
    fans: int
    fans_who_voted: int
    pages_read: int
    cut: bool
    features: tuple[FeatureDemand, ...]


class OrderedUnits(Kept):
    """One pre-order behind an order line, by its id, which does not tell who the fan is."""

    preorder_id: str
    quantity: int


class OrderedPage(Kept):
    """Some pre-orders of one order line. A page may have fewer than asked for, and another behind it."""

    items: list[OrderedUnits]
    next_cursor: str | None
