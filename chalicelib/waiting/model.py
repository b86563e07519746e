"""The waiting list of a campaign: fans in the order of joining, and the places that are offered to them."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.batches.model import ClaimLine
from chalicelib.campaigns.waves import Country
from chalicelib.kernel.instants import Instant
from chalicelib.kernel.money import Currency, Minor
from chalicelib.kernel.words import Kept, Quantity, Sent, Slug
from chalicelib.preorders.offer import Offer

# offered: a page of a batch is kept for the fan until a stated time. taken: the fan has pre-ordered on it. lapsed: that
# time went by, or the sale ended before there was an offer. left: by the fan, or the offer was declined.
EntryState = Literal["waiting", "offered", "taken", "lapsed", "left"]


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
    """What is asked of the list when a place has become free. Ids sort by the time of joining."""

    entry_id: str
    campaign_id: str
    fan_id: Annotated[str, Field(exclude=True)]
    lines: tuple[ClaimLine, ...]
    units: int
    all_or_none: bool
    accepts_total_minor: int | None = None
    accepts_ships_at: Instant | None = None


class Entry(Waiter):
    """A fan's one entry in a campaign, whatever has become of it."""

    state: EntryState
    joined_at: Instant
    digest: Annotated[str, Field(exclude=True)]
    fingerprint: Annotated[str, Field(exclude=True)]
    offer: Offer | None = None


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
