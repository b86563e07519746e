"""The waiting list of a campaign: fans in the order of joining, and the places that are offered to them. Entries of a
draw become entries of the list when it is held."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.batches.model import ClaimLine
from chalicelib.campaigns.waves import Country
from chalicelib.kernel.instants import Instant
from chalicelib.kernel.money import Currency, Minor
from chalicelib.kernel.words import Kept, Quantity, Sent, Slug
from chalicelib.preorders.offer import Offer

# offered: a page of a batch is kept for the fan until a stated time. taken: the fan has pre-ordered on it. lapsed: that
# time went by, or the sale ended before there was an offer. left: by the fan, or the offer was declined. Of a draw that
# is to be held: entered, withdrawn.
EntryState = Literal["waiting", "offered", "taken", "lapsed", "left", "entered", "withdrawn"]
DrawState = Literal["entering", "listed", "held", "told", "void"]


class WaitedLine(Sent):
    """So many units of one variant. A feature with one kept option may be left out."""

    variant: Annotated[dict[Slug, Slug], Field(max_length=20)]
    quantity: Quantity


class NewEntry(Sent):
    """What a fan waits for, and on which terms: a batch that costs more, or ships later, is not offered. Of fewer units
    than wanted an offer is made as well, but not with `all_or_none`. `country` and `access_code`: what the wave that is
    open asks for; the code is kept nowhere."""

    lines: Annotated[tuple[WaitedLine, ...], Field(min_length=1, max_length=50)]
    all_or_none: bool = False
    accepts_total_minor: Minor | None = None
    accepts_ships_at: Instant | None = None
    country: Country | None = None
    access_code: Annotated[Annotated[str, StringConstraints(max_length=64)] | None, Field(repr=False)] = None


class Waiter(Kept):
    """What is asked of the list when a place has become free. Ids sort by the time of joining. Of an entry of a draw:
    `wave`, and under which id it waits, since its own is a pseudonym."""

    entry_id: str
    campaign_id: str
    fan_id: Annotated[str, Field(exclude=True)]
    lines: tuple[ClaimLine, ...]
    units: int
    all_or_none: bool
    accepts_total_minor: int | None = None
    accepts_ships_at: Instant | None = None
    wave: int | None = None
    listed_as: str | None = None

    @property
    def list_id(self) -> str:
        return self.listed_as or self.entry_id


class Entry(Waiter):
    """A fan's one entry in a campaign, or in a draw of it, whatever has become of it. `rank` and `allotted`: what was
    drawn."""

    state: EntryState
    joined_at: Instant
    digest: Annotated[str, Field(exclude=True)] = ""
    fingerprint: Annotated[str, Field(exclude=True)] = ""
    offer: Offer | None = None
    rank: int | None = None
    allotted: int | None = None


class DrawHead(Kept):
    """The draw of one wave. entering, until the wave closes; listed: nothing is added any more, and the list is
    published; held: the seed is published, with it every rank, and room is cut; told: every entry knows. void: the sale
    ended first. What comes next is due at a moment.

    `list_pages`: of the published list. `books`: size of a page -> book, for what was allotted. `told`: of so many
    ranks the entries know.
    """

    campaign_id: str
    wave: int
    batch_number: int
    state: DrawState
    units: int
    commitment: str
    closes_at: Instant
    due_at: Instant | None = None
    list_hash: str = ""
    entries: int = 0
    list_pages: int = 0
    seed: str | None = None
    books: dict[str, int] = Field(default_factory=dict)
    told: int = 0


class ShownOffer(Kept):
    """A place that is kept for the fan until then, and the units of it that are not taken: a pre-order of these lines,
    or of fewer units, takes it."""

    batch_number: int
    units: int
    until: Instant
    lines: tuple[ClaimLine, ...]
    currency: Currency
    total_most_minor: int
    ships_at: Instant


class ShownEntry(Kept):
    """An entry as its fan sees it. `place`: 1 is the next; of a long list the least that it can be, as
    `place_is_exact` tells."""

    entry_id: str
    campaign_id: str
    state: EntryState
    lines: tuple[ClaimLine, ...]
    units: int
    all_or_none: bool
    accepts_total_minor: int | None
    accepts_ships_at: Instant | None
    joined_at: Instant
    place: int | None = None
    place_is_exact: bool | None = None
    offer: ShownOffer | None = None


class ShownDrawEntry(ShownEntry):
    """An entry in a draw as its fan sees it. `joined_at`: when it was entered, which has no part in the draw.
    `rank` and `allotted`: once the draw is held. Who got nothing waits."""

    wave: int
    rank: int | None = None
    allotted: int | None = None
