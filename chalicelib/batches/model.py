"""Batches: production runs, and the room in them."""

from typing import Annotated, Literal

from pydantic import Field, computed_field

from chalicelib.kernel.instants import Instant
from chalicelib.kernel.words import Kept, Variant
from chalicelib.room.model import Book

State = Literal["open", "confirmed", "locked", "collecting", "ordered", "shipped", "completed", "short", "cancelled"]
FILLING: tuple[State, ...] = ("open", "confirmed")

Hidden = Field(exclude=True)


class BookPlan(Kept):
    """One book of a batch: so many units of room, in the order in which the books were opened."""

    units: int


class Batch(Kept):
    """One production run. `held_units` is room taken by placed and secured pre-orders; only `secured_units` count for
    the minimum. Both follow the claims by moments; from the lock on they are exact.

    The `final_` figures are those of the lock, or of the moment at which the batch fell short. `sealing_at`: from here
    on nobody gets in or out. Hidden: the books that its room is cut into, and the sums that the counters are made of.
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
    sealing_at: Instant | None = None
    locked_at: Instant | None = None
    ended_at: Instant | None = None
    final_units: int | None = None
    final_unit_price_minor: int | None = None
    order_id: str | None = None
    page_units: Annotated[int, Hidden]
    books: Annotated[tuple[BookPlan, ...], Hidden]
    reissued_units: Annotated[int, Hidden] = 0
    taken_units: Annotated[int, Hidden] = 0
    back_units: Annotated[int, Hidden] = 0
    counted: Annotated[int, Hidden] = 0
    groups: Annotated[dict[str, str], Hidden] = Field(default_factory=dict)
    sealed: Annotated[bool, Hidden] = False
    late: Annotated[bool, Hidden] = False

    @computed_field  # type: ignore[prop-decorator]
    @property
    def units_to_minimum(self) -> int:
        """Secured units still wanting."""
        return max(0, self.minimum - (self.secured_units if self.final_units is None else self.final_units))

    def shelf(self) -> tuple[Book, ...]:
        """Its books, the first one first."""
        return tuple(
            Book(self.number, place, plan.units, self.page_units) for place, plan in enumerate(self.books, start=1)
        )


class BatchList(Kept):
    """All batches of a campaign, in the order in which they fill."""

    items: list[Batch]


class ClaimLine(Kept):
    """So many units of one complete variant."""

    variant: Variant
    quantity: int
