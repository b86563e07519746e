"""Addresses of batches."""

from chalice.app import Blueprint

from chalicelib.batches import actions, playing, promises, store, topping_up
from chalicelib.batches.model import Batch
from chalicelib.batches.views import BatchList, NewShipDate, NewTopUp, SlipList
from chalicelib.campaigns import rules as campaign_rules
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.variants import VariantUnavailable
from chalicelib.plumbing.door import Call, Door

blueprint = Blueprint(__name__)
door = Door(blueprint)


@door.route(
    "POST",
    "/v1/campaigns/{campaign_id}/open-presale",
    roles=("organiser",),
    answer=Campaign,
    refusals=(campaign_rules.CampaignMissing, campaign_rules.CampaignNotSettled, campaign_rules.CampaignInvalid),
)
def open_presale(call: Call, campaign_id: str) -> Campaign:
    """Open the pre-sale of a settled campaign, with all its batches"""
    return actions.open_presale(call.ports, call.identity.subject, campaign_id)


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/batches",
    answer=BatchList,
    fresh_seconds=1,
    refusals=(campaign_rules.CampaignMissing,),
)
def list_all(call: Call, campaign_id: str) -> BatchList:
    """List the batches of a campaign, in the order in which they fill"""
    campaign = campaigns.get(call.ports.table, campaign_id)
    batches = store.list_all(call.ports.table, campaign.campaign_id)
    return BatchList(items=[playing.with_next(campaign, batch) for batch in batches])


@door.route(
    "POST",
    "/v1/campaigns/{campaign_id}/batches/{number}/top-up",
    roles=("organiser",),
    body=NewTopUp,
    answer=Batch,
    refusals=(
        campaign_rules.CampaignMissing,
        promises.BatchMissing,
        topping_up.TopUpNotDue,
        topping_up.TopUpTooLarge,
        topping_up.TopUpTooSmall,
        topping_up.ToppedUp,
        topping_up.VariantNotMade,
        VariantUnavailable,
    ),
)
def top_up(call: Call, new: NewTopUp, campaign_id: str, number: str) -> Batch:
    """Take units that are missing for the minimum, while what was announced leaves time for it"""
    return topping_up.top_up(call.ports, call.identity.subject, campaign_id, number, new)


@door.route(
    "POST",
    "/v1/campaigns/{campaign_id}/batches/{number}/ship-date",
    roles=("organiser",),
    body=NewShipDate,
    answer=Batch,
    refusals=(
        campaign_rules.CampaignMissing,
        promises.BatchMissing,
        promises.ShipDateInvalid,
        promises.ShipDateFixed,
    ),
)
def move_ship_date(call: Call, new: NewShipDate, campaign_id: str, number: str) -> Batch:
    """Move the promised ship date of a batch, with a reason that is published"""
    return promises.move_date(call.ports, call.identity.subject, campaign_id, number, new)


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/batches/{number}/slips",
    roles=("organiser",),
    answer=SlipList,
    refusals=(campaign_rules.CampaignMissing, promises.BatchMissing),
)
def list_slips(call: Call, campaign_id: str, number: str) -> SlipList:
    """List the slips of a batch, and how many of its fans chose what"""
    return SlipList(items=promises.list_slips(call.ports, call.identity.subject, campaign_id, number))
