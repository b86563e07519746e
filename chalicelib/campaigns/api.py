"""Addresses of campaigns."""

from chalice.app import Blueprint

from chalicelib.campaigns import actions, rules, store
from chalicelib.campaigns.model import Campaign, CampaignPage, NewCampaign, NewOverruling
from chalicelib.kernel import ids
from chalicelib.plumbing.door import Call, Door

blueprint = Blueprint(__name__)
door = Door(blueprint)


@door.route(
    "POST",
    "/v1/campaigns",
    roles=("organiser",),
    body=NewCampaign,
    answer=Campaign,
    status=201,
    refusals=(rules.CampaignInvalid,),
)
def create(call: Call, new: NewCampaign) -> Campaign:
    """Draft a campaign"""
    return actions.create(call.ports, call.identity.subject, new)


@door.route("GET", "/v1/campaigns", answer=CampaignPage, fresh_seconds=2, paged=True, refusals=(ids.CursorInvalid,))
def list_public(call: Call) -> CampaignPage:
    """List campaigns, newest first"""
    cursor = ids.read_cursor(call.query.get("cursor"))
    items, next_cursor = store.list_public(call.ports.table, cursor=cursor, limit=call.limit)
    return CampaignPage(items=items, next_cursor=next_cursor)


@door.route("GET", "/v1/campaigns/{campaign_id}", answer=Campaign, fresh_seconds=1, refusals=(rules.CampaignMissing,))
def show(call: Call, campaign_id: str) -> Campaign:
    """Show one campaign"""
    return store.get(call.ports.table, campaign_id)


_MOVES = (rules.CampaignMissing,)


@door.route(
    "POST",
    "/v1/campaigns/{campaign_id}/open-voting",
    roles=("organiser",),
    answer=Campaign,
    refusals=(*_MOVES, rules.CampaignNotDraft, rules.CampaignInvalid),
)
def open_voting(call: Call, campaign_id: str) -> Campaign:
    """Open the voting of a draft"""
    return actions.open_voting(call.ports, call.identity.subject, campaign_id)


@door.route(
    "POST",
    "/v1/campaigns/{campaign_id}/settle",
    roles=("organiser",),
    answer=Campaign,
    refusals=(*_MOVES, rules.VotingClosed),
)
def settle(call: Call, campaign_id: str) -> Campaign:
    """End the voting now; the recount follows and settles the campaign"""
    return actions.settle(call.ports, call.identity.subject, campaign_id)


@door.route(
    "POST",
    "/v1/campaigns/{campaign_id}/features/{feature_id}/overrule",
    roles=("organiser",),
    body=NewOverruling,
    answer=Campaign,
    refusals=(*_MOVES, rules.CampaignNotSettled, rules.OverrulingInvalid),
)
def overrule(call: Call, new: NewOverruling, campaign_id: str, feature_id: str) -> Campaign:
    """Overrule the result of one feature, with a reason that is published"""
    return actions.overrule(call.ports, call.identity.subject, campaign_id, feature_id, new)


@door.route(
    "POST",
    "/v1/campaigns/{campaign_id}/close",
    roles=("organiser",),
    answer=Campaign,
    refusals=(*_MOVES, rules.CampaignNotPreselling),
)
def close(call: Call, campaign_id: str) -> Campaign:
    """Close the pre-sale: each batch locks or falls short"""
    return actions.close(call.ports, call.identity.subject, campaign_id)


@door.route(
    "POST",
    "/v1/campaigns/{campaign_id}/cancel",
    roles=("organiser",),
    answer=Campaign,
    refusals=(*_MOVES, rules.CampaignEnded),
)
def cancel(call: Call, campaign_id: str) -> Campaign:
    """Cancel the campaign and release its pre-orders"""
    return actions.cancel(call.ports, call.identity.subject, campaign_id)
