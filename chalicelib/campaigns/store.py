"""Campaigns in the table. Drafts carry no index attribute, so lists cannot show them."""

from typing import Any

from chalicelib.campaigns import waves
from chalicelib.campaigns.model import Campaign, Feature, Overruling, State
from chalicelib.campaigns.rules import (
    CampaignEnded,
    CampaignMissing,
    CampaignNotPreselling,
    CampaignNotSettled,
    VotingClosed,
)
from chalicelib.kernel import ids, instants, keys
from chalicelib.kernel.refusals import Busy, Conflict, Refusal
from chalicelib.plumbing.expressions import Condition, absent, absent_or_equals, equals, one_of
from chalicelib.plumbing.memory import Memory
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, checking, putting

LISTED = "CAMPAIGNS"
FEATURES_KEPT_SECONDS = 3600


class CampaignExists(Conflict):
    """Refused: never seen, since ids are fresh."""


def item(campaign: Campaign) -> dict[str, Any]:
    """The stored form; what the public does not see is added by hand."""
    shown = campaign.model_dump(mode="json", exclude_none=True)
    return {
        **shown,
        "kind": "campaign",
        "organiser_id": campaign.organiser_id,
        "ballot_buckets": campaign.ballot_buckets,
        "ballot_salt": campaign.ballot_salt,
        "waves": waves.stored(campaign.waves),
    }


def creating(campaign: Campaign) -> Write:
    return putting(keys.campaign(campaign.campaign_id), item(campaign), refusal=CampaignExists)


def find(table: Table, campaign_id: str) -> Campaign | None:
    """The campaign as last written, or None. Text that is no id is never asked for."""
    found = table.get(keys.campaign(campaign_id)) if ids.is_uuid(campaign_id) else None
    return Campaign.model_validate(found) if found else None


def get(table: Table, campaign_id: str) -> Campaign:
    """The campaign as last written. Refuses with CampaignMissing."""
    campaign = find(table, campaign_id)
    if campaign is None:
        raise CampaignMissing
    return campaign


def recent(table: Table, memory: Memory, campaign_id: str, *, seconds: float) -> Campaign:
    """The campaign as it was at most so many seconds ago. Only one that is voting is remembered: that is where the
    crowd is, and one whose voting has just opened must not be refused for what it was before. Refuses with
    CampaignMissing."""
    known: Campaign | None = memory.recall(("campaign", campaign_id), seconds=seconds)
    if known is not None:
        return known
    since = memory.clock.now()
    campaign = get(table, campaign_id)
    if campaign.state == "voting" and seconds:
        memory.keep(("campaign", campaign_id), campaign, since=since)
    return campaign


def features(table: Table, memory: Memory, campaign_id: str) -> tuple[Feature, ...]:
    """The features of a campaign whose voting has opened: they never change again, so that a container asks once. Empty
    for a campaign that does not exist."""
    known: tuple[Feature, ...] | None = memory.recall(("features", campaign_id), seconds=FEATURES_KEPT_SECONDS)
    if known is None:
        campaign, since = find(table, campaign_id), memory.clock.now()
        known = campaign.features if campaign else ()
        memory.keep(("features", campaign_id), known, since=since)
    return known


def list_public(table: Table, *, cursor: str | None, limit: int) -> tuple[list[Campaign], str | None]:
    """Campaigns that left the draft, newest first, and the cursor to go on with."""
    after = {**keys.campaign(cursor)._asdict(), "gsi1pk": LISTED, "gsi1sk": cursor} if cursor else None
    page = table.query_index("gsi1", LISTED, after=after, limit=limit, newest_first=True)
    campaigns = [Campaign.model_validate(found) for found in page.items]
    return campaigns, campaigns[-1].campaign_id if page.last and campaigns else None


def moving(campaign_id: str, start: tuple[State, ...], end: State, *, refusal: type[Refusal], **put: Any) -> Write:
    """Moves the campaign on if it is still in one of the start states."""
    return changing(
        keys.campaign(campaign_id), put={"state": end, **put}, provided=[one_of("state", start)], refusal=refusal
    )


def not_cancelled(campaign_id: str) -> Write:
    """Holds a transaction to the sale standing. Busy otherwise: what was decided is to be decided anew."""
    return checking(keys.campaign(campaign_id), provided=[one_of("state", ("preselling", "closed"))], refusal=Busy)


def opening_voting(campaign: Campaign, now: str, *, refusal: type[Refusal]) -> Write:
    """draft -> voting: from here it is listed. With an announced end, it is due at that moment (index gsi2, see
    `list_due`)."""
    due: dict[str, Any] = {"gsi1pk": LISTED, "gsi1sk": campaign.campaign_id, "voting_opened_at": now}
    if campaign.voting_closes_at:
        due |= {"gsi2pk": "DUE#VOTING", "gsi2sk": f"{instants.text(campaign.voting_closes_at)}#{campaign.campaign_id}"}
    return moving(campaign.campaign_id, ("draft",), "voting", refusal=refusal, **due)


def closing_voting(campaign_id: str, closed_at: str) -> Write:
    """Sets the moment from which no ballot counts, once."""
    conditions: list[Condition] = [equals("state", "voting"), absent("voting_closed_at")]
    put = {"voting_closed_at": closed_at, "gsi2pk": None, "gsi2sk": None}
    return changing(keys.campaign(campaign_id), put=put, provided=conditions, refusal=VotingClosed)


def settling(campaign_id: str, selectable: dict[str, tuple[str, ...]]) -> Write:
    """voting -> settled, with what stays selectable: in one transaction with the certified result."""
    kept = {feature_id: list(options) for feature_id, options in selectable.items()}
    return moving(campaign_id, ("voting",), "settled", refusal=VotingClosed, selectable=kept)


def overruling(campaign: Campaign, ruling: Overruling) -> Write:
    """Changes what is selectable and publishes why, in one write. Holds only while nothing else was changed."""
    selectable = {name: list(options) for name, options in (campaign.selectable or {}).items()}
    told = [one.model_dump(mode="json") for one in campaign.overrulings]
    put = {
        "selectable": {**selectable, ruling.feature_id: list(ruling.kept)},
        "overrulings": [*told, ruling.model_dump(mode="json")],
    }
    conditions: list[Condition] = [equals("state", "settled"), absent_or_equals("overrulings", told)]
    return changing(keys.campaign(campaign.campaign_id), put=put, provided=conditions, refusal=CampaignNotSettled)


def closing(campaign_id: str, now: str) -> Write:
    """preselling -> closed, at a moment that batches take for their closing time if it comes first."""
    return moving(campaign_id, ("preselling",), "closed", refusal=CampaignNotPreselling, closed_at=now)


def cancelling(campaign_id: str) -> Write:
    starts: tuple[State, ...] = ("draft", "voting", "settled", "preselling")
    return moving(campaign_id, starts, "cancelled", refusal=CampaignEnded, gsi2pk=None, gsi2sk=None)


def somebody_waits(campaign_id: str) -> Write:
    """From here on units given back are for the waiting list first. Once is for good. Refuses with
    CampaignNotPreselling."""
    conditions = [equals("state", "preselling")]
    return changing(keys.campaign(campaign_id), put={"waits": True}, provided=conditions, refusal=CampaignNotPreselling)


def list_due(table: Table, now: str, *, limit: int) -> list[str]:
    """Ids of campaigns whose announced end of voting has passed."""
    page = table.query_index("gsi2", "DUE#VOTING", up_to=now, limit=limit)
    return [str(found["campaign_id"]) for found in page.items]
