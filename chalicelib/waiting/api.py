"""Addresses of the waiting list, and of draws."""

from chalice.app import Blueprint

from chalicelib.campaigns.admission import NOT_ADMITTED, AccessCodeWrong, RegionNotServed, WaveNotOpen
from chalicelib.campaigns.rules import CampaignMissing, CampaignNotPreselling
from chalicelib.campaigns.variants import VariantUnavailable
from chalicelib.kernel.ids import CursorInvalid
from chalicelib.plumbing.door import Call, Door
from chalicelib.preorders import rules as preorder_rules
from chalicelib.waiting import actions, entering, reading, rules
from chalicelib.waiting.draw import PublishedDraw
from chalicelib.waiting.draw_rules import DrawNotHeld, EntriesClosed, WaveMissing
from chalicelib.waiting.model import NewEntry, ShownDrawEntry, ShownEntry

blueprint = Blueprint(__name__)
door = Door(blueprint)

PATH = "/v1/campaigns/{campaign_id}/waiting"
WAVE = "/v1/campaigns/{campaign_id}/waves/{wave}"


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


_IN_A_DRAW = (CampaignMissing, WaveMissing)


@door.route(
    "PUT",
    f"{WAVE}/entry",
    roles=("fan",),
    body=NewEntry,
    answer=ShownDrawEntry,
    refusals=(
        *_IN_A_DRAW,
        CampaignNotPreselling,
        VariantUnavailable,
        preorder_rules.LimitReached,
        preorder_rules.TotalTooLarge,
        preorder_rules.TotalAboveAccepted,
        preorder_rules.ShipsLater,
        WaveNotOpen,
        AccessCodeWrong,
        RegionNotServed,
        EntriesClosed,
    ),
)
def enter(call: Call, new: NewEntry, campaign_id: str, wave: str) -> ShownDrawEntry:
    """Enter the draw of a wave, or change your entry"""
    entry = entering.enter(call.ports, call.identity.subject, campaign_id, wave, new)
    return reading.shown_drawn(call.ports, entry)


@door.route("GET", f"{WAVE}/entry", roles=("fan",), answer=ShownDrawEntry, refusals=(*_IN_A_DRAW, rules.EntryMissing))
def show_entry(call: Call, campaign_id: str, wave: str) -> ShownDrawEntry:
    """Show your entry in a draw, and what became of it"""
    return reading.show_drawn(call.ports, call.identity.subject, campaign_id, wave)


@door.route(
    "DELETE",
    f"{WAVE}/entry",
    roles=("fan",),
    answer=ShownDrawEntry,
    refusals=(*_IN_A_DRAW, rules.EntryMissing, EntriesClosed),
)
def withdraw(call: Call, campaign_id: str, wave: str) -> ShownDrawEntry:
    """Withdraw your entry; once it is drawn, decline the offer or leave the waiting list"""
    entry = entering.give_up(call.ports, call.identity.subject, campaign_id, wave)
    return reading.shown_drawn(call.ports, entry)


@door.route(
    "GET",
    f"{WAVE}/draw",
    answer=PublishedDraw,
    fresh_seconds=5,
    cursor=True,
    refusals=(*_IN_A_DRAW, DrawNotHeld, CursorInvalid),
)
def show_draw(call: Call, campaign_id: str, wave: str) -> PublishedDraw:
    """Show the entries of a wave that was drawn, and with its seed every rank"""
    return reading.published(call.ports, campaign_id, wave, call.query.get("cursor"))
