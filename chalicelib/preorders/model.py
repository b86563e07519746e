"""Pre-orders: a fan's promise for units of variants, and the price that was shown for it."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.batches.model import ClaimLine
from chalicelib.campaigns.slips import Chosen
from chalicelib.campaigns.waves import Country
from chalicelib.kernel.instants import Instant
from chalicelib.kernel.money import Currency, Minor
from chalicelib.kernel.words import Kept, Quantity, Sent, Slug
from chalicelib.preorders.addresses import Address
from chalicelib.preorders.outcomes import Moved, Rolled, SettledLine

State = Literal[
    "placed",
    "secured",
    "locked",
    "paid",
    "ordered",
    "shipped",
    "delivered",
    "lapsed",
    "withdrawn",
    "dropped",
    "refunded",
]
LIVE: tuple[State, ...] = ("placed", "secured")
# From the lock until it is ordered.
LOCKED: tuple[State, ...] = ("locked", "paid")
Reason = Literal[
    "payment_declined",
    "hold_expired",
    "batch_locked",
    "minimum_missed",
    "campaign_cancelled",
    "price_above_cap",
    "run_not_made",
    "payment_not_collected",
]


Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,100}$")]


class WantedLine(Sent):
    """So many units of one variant. A feature with one kept option may be left out. `up_to`: more units, if something
    is only made with them; `second_choice`: a variant to become, if the first is not made."""

    variant: Annotated[dict[Slug, Slug], Field(max_length=20)]
    quantity: Quantity
    up_to: Quantity | None = None
    second_choice: Annotated[dict[Slug, Slug], Field(max_length=20)] | None = None


class NewQuote(Sent):
    """What a fan would like to know the price of. Lines of the same variant are one. `country` and `access_code` are
    asked where a wave is only for some; the code is never stored.

    With a cap, on the unit price before surcharges, a pre-order only stands if its batch locks at this price or below.
    With `may_split`, what has no room in the earliest batch may go to the next one, as a pre-order of its own.
    """

    lines: Annotated[tuple[WantedLine, ...], Field(min_length=1, max_length=50)]
    country: Country | None = None
    access_code: Annotated[Annotated[str, StringConstraints(max_length=64)] | None, Field(repr=False)] = None
    only_if_unit_price_at_most_minor: Minor | None = None
    may_split: bool = False


class NewPreorder(NewQuote):
    """What a fan promises, and on which terms: refused if it could cost more, or would ship later, than is accepted
    here.

    Between quote and pre-order a batch may have filled: the next one can have another minimum and another date.
    `payment_method`: the token that the provider's element has given for a card. A provider takes each for one
    pre-order only: where it may be split, `other_payment_method` is the same card once more, for the second part.
    """

    accepts_total_minor: Minor | None = None
    accepts_ships_at: Instant | None = None
    address: Address | None = None
    payment_method: Annotated[Token, Field(repr=False)] = "card"
    other_payment_method: Annotated[Token | None, Field(repr=False)] = None


class PreorderLine(ClaimLine):
    """So many units of one complete variant, at a unit price of at most this; and the line of the manufacturing order
    that they became part of."""

    unit_price_most_minor: int
    order_line: int | None = None


class Preorder(Kept):
    """A pre-order as stored and shown. `final_total_minor` is settled at the lock, one unit price for all in the
    batch. `other_part`: the pre-order in another batch that was placed together with this one."""

    preorder_id: str
    campaign_id: str
    fan_id: Annotated[str, Field(exclude=True)]
    batch_number: int
    state: State
    reason: Reason | None = None
    lines: tuple[PreorderLine, ...]
    units: int
    currency: Currency
    total_most_minor: int
    settled_lines: tuple[SettledLine, ...] | None = None
    moves: tuple[Moved, ...] = ()
    rolls: tuple[Rolled, ...] = ()
    final_total_minor: int | None = None
    placed_at: Instant
    ships_at: Instant
    other_part: str | None = None
    address: Address | None = None
    chosen: Chosen | None = None
    refund_wanted: bool = False


class PromisedLine(ClaimLine):
    """A line as written down: its price is known once the batch is."""

    unit_price_most_minor: int | None = None


class Promise(Kept):
    """A pre-order as stored. It is written down before room is taken for it, as `wanted`: by itself it holds nothing.
    It is placed once a claim with its reference stands on a page.

    `path`: the books in which it may take room, in order, frozen (`1.1,1.2,2.1`: batch and book). `pieces`: where it
    has taken it. `digest`: of the idempotency key; `fingerprint`: of the body. What depends on the batch is written
    with `secured`. `renewed_at`: when a later request went on with it. `grown` counts what made the fan's units more,
    on the first of the fan's pre-orders. `edits` counts what the fan changed since, and `first` are the lines before
    the first change: those of the first answer.
    `dated`: how often each ship date had been moved by then. `household`: whose limit it counts for, if there is one.
    `other_part`: of what was split; the parts have room together or not at all. `rolls`: the batches that it was in
    before, and where in them.
    """

    preorder_id: str
    campaign_id: str
    fan_id: str
    state: Literal["wanted", "refused"] | State
    digest: str
    fingerprint: str
    lines: tuple[PromisedLine, ...]
    units: int
    payment_method: str
    placed_at: Instant
    renewed_at: Instant | None = None
    path: str
    pieces: str = ""
    plan: int = 1
    grown: int = 0
    edits: int = 0
    first: tuple[PromisedLine, ...] = ()
    settled_lines: tuple[SettledLine, ...] | None = None
    moves: tuple[Moved, ...] = ()
    rolls: tuple[Rolled, ...] = ()
    address: Address | None = None
    household: str = ""
    other_part: str | None = None
    dated: dict[str, int] = Field(default_factory=dict)
    chosen: Chosen | None = None
    refund_wanted: bool = False
    accepts_total_minor: int | None = None
    accepts_ships_at: Instant | None = None
    batch_number: int | None = None
    currency: Currency
    total_most_minor: int | None = None
    ships_at: Instant | None = None
    final_total_minor: int | None = None
    reason: Reason | None = None

    @property
    def most_units(self) -> int:
        """What it can become."""
        return self.units + sum(line.most - line.quantity for line in self.lines)

    def known_moves(self, batch_number: int) -> int:
        """How often the ship date of this batch had been moved when this was promised."""
        return self.dated.get(str(batch_number), 0)


class PreorderPage(Kept):
    """One page of a fan's own pre-orders, newest first."""

    items: list[Preorder]
    next_cursor: str | None
