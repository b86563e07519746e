"""Batches: production runs, the room in them, and the claims on that room."""

from typing import Annotated, Literal

from pydantic import Field, computed_field

from chalicelib.kernel.instants import Instant
from chalicelib.kernel.words import Kept, Variant

State = Literal["open", "confirmed", "locked", "collecting", "ordered", "shipped", "completed", "short", "cancelled"]
FILLING: tuple[State, ...] = ("open", "confirmed")


class Batch(Kept):
    """One production run. `held_units` is room taken by placed and secured pre-orders; only `secured_units` count for
    the minimum.

    The `final_` figures are those of the lock, or of the moment at which the batch fell short.
    """

    campaign_id: str
    number: int
    state: State
    minimum: int
    capacity: int
    held_units: int = 0
    secured_units: int = 0
    closes_at: Instant
    ships_at: Instant
    confirmed_at: Instant | None = None
    locked_at: Instant | None = None
    ended_at: Instant | None = None
    final_units: int | None = None
    final_unit_price_minor: int | None = None
    order_id: str | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def units_to_minimum(self) -> int:
        """Secured units still wanting."""
        return max(0, self.minimum - (self.secured_units if self.final_units is None else self.final_units))


class BatchList(Kept):
    """All batches of a campaign, in the order in which they fill."""

    items: list[Batch]


class ClaimLine(Kept):
    """So many units of one complete variant."""

    variant: Variant
    quantity: int


class Claim(Kept):
    """The room that one pre-order holds in a batch. The claims of a batch are its manifest."""

    campaign_id: str
    batch_number: int
    preorder_id: str
    fan_id: Annotated[str, Field(exclude=True)]
    units: int
    lines: tuple[ClaimLine, ...]
    secured: bool = False
