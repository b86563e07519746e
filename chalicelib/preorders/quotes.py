"""What a quote says: what a pre-order would cost now and at most, in which batch, and when it would ship."""

from chalicelib.campaigns.model import Tier
from chalicelib.kernel.instants import Instant
from chalicelib.kernel.money import Currency
from chalicelib.kernel.words import Kept


class QuoteLine(Kept):
    """The unit price if the batch locked now, and the most that it can be, for whatever the line can become."""

    variant: dict[str, str]
    quantity: int
    up_to: int | None = None
    second_choice: dict[str, str] | None = None
    open_since: Instant | None = None
    unit_price_at_most_minor: int | None = None
    unit_price_now_minor: int
    unit_price_most_minor: int


class QuoteBatch(Kept):
    """The batch that would take it."""

    number: int
    closes_at: Instant
    ships_at: Instant


class NextTier(Tier):
    """The next lower price, and how many units of the batch are wanting for it."""

    units_to_go: int


class QuotePart(Kept):
    """One of two pre-orders, where it would be split."""

    batch: QuoteBatch
    units: int
    lines: tuple[QuoteLine, ...]
    total_now_minor: int
    total_most_minor: int


class Quote(Kept):
    """What a pre-order would cost now and at most, in which batch, and when it would ship. `parts`: where it would be
    split; then lines and totals are those of both, and the rest is the first's. `due_now_minor` is taken when it is
    placed, at most `due_later_most_minor` when the batch is locked."""

    currency: Currency
    units: int
    lines: tuple[QuoteLine, ...]
    total_now_minor: int
    total_most_minor: int
    due_now_minor: int
    due_later_most_minor: int
    batch: QuoteBatch
    next_tier: NextTier | None
    cap_met_now: bool | None = None
    parts: tuple[QuotePart, ...] = ()
