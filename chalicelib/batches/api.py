"""Addresses of batches."""

from chalice.app import Blueprint

from chalicelib.batches import actions, store
from chalicelib.batches.model import BatchList
from chalicelib.campaigns import rules as campaign_rules
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
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
    return BatchList(items=store.list_all(call.ports.table, campaign.campaign_id))
