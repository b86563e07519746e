"""Addresses of the waiting list."""

from chalice.app import Blueprint

from chalicelib.campaigns.admission import NOT_ADMITTED
from chalicelib.campaigns.rules import CampaignMissing, CampaignNotPreselling
from chalicelib.campaigns.variants import VariantUnavailable
from chalicelib.plumbing.door import Call, Door
from chalicelib.preorders import rules as preorder_rules
from chalicelib.waiting import actions, reading, rules
from chalicelib.waiting.model import NewEntry, ShownEntry

blueprint = Blueprint(__name__)
door = Door(blueprint)

PATH = "/v1/campaigns/{campaign_id}/waiting"


@door.route(
    "POST",
    PATH,
    roles=("fan",),
    body=NewEntry,
    answer=ShownEntry,
    status=201,
    headers=("Idempotency-Key",),
    refusals=(
        CampaignMissing,
        CampaignNotPreselling,
        VariantUnavailable,
        preorder_rules.LimitReached,
        preorder_rules.TotalTooLarge,
        preorder_rules.IdempotencyKeyMissing,
        preorder_rules.IdempotencyKeyReused,
        rules.RoomLeft,
        rules.AlreadyWaiting,
        *NOT_ADMITTED,
    ),
)
def join(call: Call, new: NewEntry, campaign_id: str) -> ShownEntry:
    """Join the waiting list of a campaign whose room is gone"""
    key = preorder_rules.check_key(call.headers.get("idempotency-key"))
    entry = actions.join(call.ports, call.identity.subject, campaign_id, key=key, new=new)
    return reading.shown(call.ports, entry)


@door.route("GET", PATH, roles=("fan",), answer=ShownEntry, refusals=(rules.EntryMissing,))
def show(call: Call, campaign_id: str) -> ShownEntry:
    """Show your place in the waiting list, or your offer"""
    return reading.show(call.ports, call.identity.subject, campaign_id)


@door.route("DELETE", PATH, roles=("fan",), answer=ShownEntry, refusals=(rules.EntryMissing,))
def leave(call: Call, campaign_id: str) -> ShownEntry:
    """Leave the waiting list, or decline the offer"""
    return reading.shown(call.ports, actions.leave(call.ports, call.identity.subject, campaign_id))
