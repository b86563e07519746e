"""Campaigns: one product being shaped, sold and made."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic.config import JsonDict

from chalicelib.campaigns.agreements import RunMinimums, Steps
from chalicelib.campaigns.plans import (
    GRACE_DAYS,
    HOLD_MINUTES,
    REMINDER_HOURS,
    SAVED_CARD,
    DropOutRule,
    GraceDays,
    HoldMinutes,
    PaymentPlan,
    ReminderHours,
    save_card,
)
from chalicelib.campaigns.slips import SlipRule
from chalicelib.campaigns.waves import MOST_WAVES, AnnouncedWave, Wave
from chalicelib.kernel.instants import Instant
from chalicelib.kernel.money import Currency, Minor
from chalicelib.kernel.words import Kept, Quantity, Sent, Sku, Slug, Story, Title, Units

State = Literal["draft", "voting", "settled", "preselling", "closed", "cancelled"]
Method = Literal["plurality", "approval", "score", "ranked", "best_worst"]
# Who sees the live counts while voting is open: everybody, those who have voted, nobody but the organiser.
TallyShown = Literal["always", "after_voting", "after_close"]
# Announced with each campaign, so that nobody has to trust how a tie was broken: docs/BALLOTS.md.
TIE_RULE = "sha256(campaign_id:ballots:feature_id:option_id), smallest first; ballots is the certified number"
# How long a place that has become free is kept for the next on the waiting list.
OFFER_HOURS = 24
# How long before a batch closes its fans are told.
NOTICE_HOURS, MOST_NOTICE_HOURS = 24, 336
NoticeHours = Annotated[int, Field(ge=1, le=MOST_NOTICE_HOURS)]
OfferHours = Annotated[int, Field(ge=1, le=720)]


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
    """A decision that fans can take. The best `keep` options stay selectable (with 1 the winner is fixed), or all over
    `keep_over_percent`; with fewer voters than `quorum` all do. `budget`: the most approvals on one ballot."""

    feature_id: Slug
    title: Title
    method: Method
    keep: Annotated[int, Field(ge=1, le=200)] = 1
    keep_over_percent: Annotated[int, Field(ge=1, le=99)] | None = None
    quorum: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    budget: Annotated[int, Field(ge=1, le=200)] | None = None
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


class Eligibility(Sent):
    """Who may vote. Account days are counted back from the moment at which voting opened; an earlier customer has a
    pre-order that became part of a manufacturing order, in any campaign."""

    verified_email: bool = False
    earlier_customer: bool = False
    account_days: Annotated[int, Field(ge=0, le=3650)] | None = None


# In the API's description: the model itself is built when it is first used, and not to be a default.
EVERYBODY: JsonDict = {"verified_email": False, "earlier_customer": False, "account_days": None}


class NewOverruling(Sent):
    """What an organiser sends to overrule a feature's result: what stays selectable instead, and why. Both are
    published."""

    kept: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=200)]
    reason: Annotated[str, StringConstraints(min_length=10, max_length=1000, strip_whitespace=True)]


class Overruling(Kept):
    """One overruling, published with the campaign for good. `was`: what was selectable until then."""

    feature_id: str
    was: tuple[str, ...]
    kept: tuple[str, ...]
    reason: str
    overruled_at: Instant


class NewCampaign(Sent):
    """What an organiser sends to open a campaign. `expected_voters` lays the table out for a launch day: it is a wish,
    not a limit."""

    title: Title
    story: Story = ""
    currency: Currency
    manufacturer_id: Slug
    limit_per_fan: Quantity
    voting_closes_at: Instant | None = None
    tally_shown: TallyShown = "always"
    eligibility: Eligibility = Field(default_factory=Eligibility, json_schema_extra={"default": EVERYBODY})
    expected_voters: Annotated[int, Field(ge=1, le=100_000_000)] = 100_000
    features: Annotated[tuple[Feature, ...], Field(min_length=1, max_length=20)]
    price_ladder: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=20)]
    batches: Annotated[tuple[BatchPlan, ...], Field(min_length=1, max_length=50)]
    run_minimums: RunMinimums = ()
    playbook: Steps = ()
    waves: Annotated[tuple[Wave, ...], Field(max_length=MOST_WAVES)] = ()
    offer_hours: OfferHours = OFFER_HOURS
    on_slip: SlipRule | None = None
    limit_per_household: Quantity | None = None
    notice_hours: NoticeHours = NOTICE_HOURS
    payment_plan: PaymentPlan = Field(default_factory=save_card, json_schema_extra={"default": SAVED_CARD})
    payment_hold_minutes: HoldMinutes = HOLD_MINUTES
    reminder_hours: ReminderHours = REMINDER_HOURS
    grace_days: GraceDays = GRACE_DAYS
    on_drop_outs: DropOutRule | None = None


class Campaign(Kept):
    """A campaign as stored and shown. `selectable` is what fans may still choose, set when the result is certified.
    `ballot_salt` hides who cast which ballot (docs/BALLOTS.md): it is never shown. Nor is `waits`: whether somebody has
    ever joined the waiting list."""

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
    run_minimums: RunMinimums = ()
    playbook: Steps = ()
    waves: tuple[AnnouncedWave, ...] = ()
    wave_rule: str | None = None
    ballot_buckets: Annotated[int, Field(exclude=True)]
    ballot_salt: Annotated[str, Field(exclude=True)] = ""
    tally_shown: TallyShown = "always"
    eligibility: Eligibility = Field(default_factory=Eligibility, json_schema_extra={"default": EVERYBODY})
    tie_rule: str = TIE_RULE
    selectable: dict[str, tuple[str, ...]] | None = None
    overrulings: tuple[Overruling, ...] = ()
    voting_opened_at: Instant | None = None
    voting_closes_at: Instant | None = None
    voting_closed_at: Instant | None = None
    closed_at: Instant | None = None
    created_at: Instant
    offer_hours: OfferHours = OFFER_HOURS
    on_slip: SlipRule | None = None
    limit_per_household: int | None = None
    notice_hours: NoticeHours = NOTICE_HOURS
    payment_plan: PaymentPlan = Field(default_factory=save_card, json_schema_extra={"default": SAVED_CARD})
    payment_hold_minutes: HoldMinutes = HOLD_MINUTES
    reminder_hours: ReminderHours = REMINDER_HOURS
    grace_days: GraceDays = GRACE_DAYS
    on_drop_outs: DropOutRule | None = None
    waits: Annotated[bool, Field(exclude=True)] = False


class CampaignPage(Kept):
    """One page of the public list, newest first."""

    items: list[Campaign]
    next_cursor: str | None
