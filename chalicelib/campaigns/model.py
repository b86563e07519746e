"""Campaigns: one product being shaped, sold and made."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.instants import Instant
from chalicelib.kernel.money import Currency, Minor
from chalicelib.kernel.words import Kept, Quantity, Sent, Sku, Slug, Story, Title, Units

State = Literal["draft", "voting", "settled", "preselling", "closed", "cancelled"]
Method = Literal["plurality", "approval"]


class Part(Sent):
    """How many of one part go into one unit."""

    sku: Sku
    quantity: Annotated[int, Field(ge=1, le=10_000)]


class PartCount(Kept):
    """How many of one part some units take together."""

    sku: Sku
    quantity: int


class Option(Sent):
    """One answer to a feature: what it adds to the price, and the parts that it takes."""

    option_id: Slug
    label: Title
    surcharge_minor: Minor = 0
    parts: Annotated[tuple[Part, ...], Field(max_length=20)] = ()


class Feature(Sent):
    """A decision that fans can take. The best `keep` options stay selectable; with 1 the winner is fixed."""

    feature_id: Slug
    title: Title
    method: Method
    keep: Annotated[int, Field(ge=1, le=200)] = 1
    options: Annotated[tuple[Option, ...], Field(min_length=1, max_length=200)]


class Tier(Sent):
    """The unit price once a batch has at least so many units."""

    from_units: Annotated[int, Field(ge=1, le=10_000_000)]
    unit_price_minor: Minor


class BatchPlan(Sent):
    """One production run as announced: the fewest units that will be made, the most that fit, until when, and when it
    ships."""

    minimum: Annotated[int, Field(ge=1, le=1_000_000)]
    capacity: Annotated[int, Field(ge=1, le=1_000_000)]
    closes_at: Instant
    ships_at: Instant


class NewCampaign(Sent):
    """What an organiser sends to open a campaign."""

    title: Title
    story: Story = ""
    currency: Currency
    manufacturer_id: Slug
    limit_per_fan: Quantity
    voting_closes_at: Instant | None = None
    features: Annotated[tuple[Feature, ...], Field(min_length=1, max_length=20)]
    price_ladder: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=20)]
    batches: Annotated[tuple[BatchPlan, ...], Field(min_length=1, max_length=50)]


class Campaign(Kept):
    """A campaign as stored and shown. `selectable` is what fans may still choose, set when the result is certified."""

    campaign_id: str
    organiser_id: Annotated[str, Field(exclude=True)]
    state: State
    title: Title
    story: Story
    currency: Currency
    manufacturer_id: Slug
    limit_per_fan: Units
    features: tuple[Feature, ...]
    price_ladder: tuple[Tier, ...]
    batches: tuple[BatchPlan, ...]
    ballot_buckets: Annotated[int, Field(exclude=True)]
    selectable: dict[str, tuple[str, ...]] | None = None
    voting_closes_at: Instant | None = None
    voting_closed_at: Instant | None = None
    closed_at: Instant | None = None
    created_at: Instant


class CampaignPage(Kept):
    """One page of the public list, newest first."""

    items: list[Campaign]
    next_cursor: str | None
