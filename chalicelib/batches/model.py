"""Batches: production runs, and the room in them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, computed_field

from chalicelib.batches.playbook import Play
from chalicelib.batches.recount import Recount
from chalicelib.campaigns.slips import ShipDate
from chalicelib.kernel.instants import Instant
from chalicelib.kernel.money import Minor
from chalicelib.kernel.words import Kept, Variant
from chalicelib.room.model import Book, Counts, read_counts, summed

State = Literal["open", "confirmed", "locked", "collecting", "ordered", "shipped", "completed", "short", "cancelled"]
FILLING: tuple[State, ...] = ("open", "confirmed")
COLLECTING: tuple[State, ...] = ("locked", "collecting")

Hidden = Field(exclude=True)


class ClaimLine(Kept):
    """So many units of one complete variant. Where the fan leaves it open: up to how many, what else instead, and since
    when. `unit_price_at_most_minor`: before surcharges, the same for all lines of a pre-order."""

    variant: Variant
    quantity: int
    up_to: int | None = None
    second_choice: Variant | None = None
    open_since: Instant | None = None
    unit_price_at_most_minor: Minor | None = None

    @property
    def most(self) -> int:
        """The most units that it can become."""
        return max(self.up_to or 0, self.quantity)

    @property
    def is_open(self) -> bool:
        return self.most > self.quantity or self.second_choice is not None


class BookPlan(Kept):
    """One book of a batch: so many units of room, in the order in which the books were opened. `sizes`: of pages each
    offered to one fan of the waiting list. `wave`: whom it is for; None is everybody. `draw`: kept for a draw to be
    held. `each`: the size of pages each drawn by one fan."""

    units: int
    wave: int | None = None
    sizes: tuple[int, ...] = ()
    draw: bool = False
    each: int = 0

    @property
    def is_offered(self) -> bool:
        """Whether each of its pages is for one fan."""
        return bool(self.sizes or self.each)


class BatchWave(Kept):
    """What a wave has of a batch: units that it holds or still sells, and those of them that are still free. Without a
    number: what is for everybody. `drawn`: not sold, but by lot; what is free is not drawn yet."""

    wave: int | None
    units: int
    free_units: int
    drawn: bool = False


class Batch(Kept):
    """One production run. `held_units` is room taken by placed and secured pre-orders; only `secured_units` count for
    the minimum. Both follow the claims by moments; from the lock on they are exact.

    `collected_units`: those of the secured ones that are paid for, as they were placed; what is ordered is they, as
    they were settled, and what the organiser takes. `grace_until`: until then a declined payment can be mended;
    `prolonged_at`: since when that is later than at first. `top_up_until`: until then the organiser may take over the
    `missing_units` that were not paid for; `taken_over`: what it was.
    The `final_` figures are those of the lock, or of the moment at which the batch fell short. `sealing_at`: from here
    on nobody gets in or out. `played`: the steps of the playbook that had their turn; `lowered_minimum` and
    `waiting_until` are what they have left; `top_up`: what the organiser takes;
    `rolled_units`: those of the final ones that have moved to the next batch. `carried_most_minor`: the most that the
    organiser can come to carry if units are not paid for after the lock, by what is secured now.

    Hidden: the books that its room is cut into, the sums that the counters are made of, how many waves have rolled on,
    whether a settlement is written, whether pre-orders are rolling over or who does not pay is being dropped, where the
    recount is, and how often a play or the organiser has changed what it is judged by.
    """

    campaign_id: str
    number: int
    state: State
    minimum: int
    capacity: int
    held_units: int = 0
    secured_units: int = 0
    collected_units: int = 0
    closes_at: Instant
    ships_at: Instant
    grace_until: Instant | None = None
    prolonged_at: Instant | None = None
    top_up_until: Instant | None = None
    missing_units: int | None = None
    taken_over: tuple[ClaimLine, ...] = ()
    confirmed_at: Instant | None = None
    sealing_at: Instant | None = None
    locked_at: Instant | None = None
    ended_at: Instant | None = None
    final_units: int | None = None
    final_unit_price_minor: int | None = None
    order_id: str | None = None
    dates: tuple[ShipDate, ...] = ()
    noticed_at: Instant | None = None
    played: tuple[Play, ...] = ()
    next_play: str | None = None
    carried_most_minor: int | None = None
    waiting_until: Instant | None = None
    lowered_minimum: int | None = None
    top_up: tuple[ClaimLine, ...] = ()
    rolled_units: int | None = None
    page_units: Annotated[int, Hidden]
    books: Annotated[tuple[BookPlan, ...], Hidden]
    reissued_units: Annotated[int, Hidden] = 0
    taken_units: Annotated[int, Hidden] = 0
    back_units: Annotated[int, Hidden] = 0
    counted: Annotated[int, Hidden] = 0
    groups: Annotated[dict[str, str], Hidden] = Field(default_factory=dict)
    sealed: Annotated[bool, Hidden] = False
    late: Annotated[bool, Hidden] = False
    dropping: Annotated[bool, Hidden] = False
    settled: Annotated[bool, Hidden] = False
    turns: Annotated[int, Hidden] = 0
    rolled: Annotated[int, Hidden] = 0
    rolling_over: Annotated[bool, Hidden] = False
    recount: Annotated[Recount | None, Hidden] = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def units_to_minimum(self) -> int:
        """Units still wanting: secured ones, and after the lock what nobody pays for or takes over."""
        if self.missing_units is not None:
            return max(0, self.missing_units - sum(line.quantity for line in self.taken_over))
        return max(0, self.needed - (self.secured_units if self.final_units is None else self.final_units))

    @property
    def topped_up_units(self) -> int:
        return sum(line.quantity for line in self.top_up)

    @property
    def organisers(self) -> tuple[ClaimLine, ...]:
        """All that the organiser takes."""
        return (*self.top_up, *self.taken_over)

    @property
    def needed(self) -> int:
        """From how many units on it is made, as things stand."""
        return self.minimum if self.lowered_minimum is None else self.lowered_minimum

    @computed_field  # type: ignore[prop-decorator]
    @property
    def waves(self) -> tuple[BatchWave, ...]:
        """By its counters; none in a campaign without waves."""
        if all(plan.wave is None for plan in self.books):
            return ()
        counts = self.book_counts()
        found: dict[int | None, tuple[int, int]] = {}
        for place, plan in enumerate(self.books, start=1):
            known, counted = found.get(plan.wave, (0, 0)), counts.get(place, Counts())
            if not plan.sizes:
                free = 0 if plan.each else plan.units - counted.taken
                found[plan.wave] = known[0] + plan.units - counted.back, known[1] + free
        drawn = {plan.wave for plan in self.books if plan.draw or plan.each}
        shown = ((wave, units, free) for wave, (units, free) in found.items())
        return tuple(BatchWave(wave=w, units=units, free_units=free, drawn=w in drawn) for w, units, free in shown)

    def book_counts(self) -> dict[int, Counts]:
        """The counters of each book that has been counted."""
        found: dict[int, list[Counts]] = {}
        for name, text in self.groups.items():
            found.setdefault(int(name.partition(".")[0]), []).append(read_counts(text))
        return {book: summed(counts) for book, counts in found.items()}

    def date_after(self, moves: int) -> datetime:
        """The ship date after it was moved so many times."""
        if moves:
            return self.dates[moves - 1].ships_at
        return self.dates[0].was if self.dates else self.ships_at

    def shelf(self) -> tuple[Book, ...]:
        """Its books, the first one first."""
        return tuple(
            Book(self.number, place, plan.units, plan.each or self.page_units, plan.sizes)
            for place, plan in enumerate(self.books, start=1)
        )

    def offered_books(self) -> tuple[Book, ...]:
        """Those whose pages are each for one fan."""
        return tuple(book for book, plan in zip(self.shelf(), self.books, strict=True) if plan.is_offered)
