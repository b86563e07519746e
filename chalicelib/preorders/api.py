"""Addresses of quotes and pre-orders."""

from chalice.app import Blueprint

from chalicelib.batches.promises import NothingToChoose
from chalicelib.batches.rules import BatchFull, BatchLocked
from chalicelib.campaigns.admission import NOT_ADMITTED
from chalicelib.campaigns.rules import CampaignMissing, CampaignNotPreselling
from chalicelib.campaigns.variants import VariantUnavailable
from chalicelib.kernel import ids
from chalicelib.plumbing.door import Call, Door
from chalicelib.preorders import actions, choosing, editing, households, reading, rules, wishing
from chalicelib.preorders.changes import NewChoice, PreorderChanges
from chalicelib.preorders.model import NewPreorder, NewQuote, Preorder, PreorderPage
from chalicelib.preorders.quotes import Quote

blueprint = Blueprint(__name__)
door = Door(blueprint)

_OFFER = (
    CampaignMissing,
    CampaignNotPreselling,
    VariantUnavailable,
    rules.LimitReached,
    rules.TotalTooLarge,
    wishing.WishInvalid,
    wishing.CapBelowEveryPrice,
    BatchFull,
    *NOT_ADMITTED,
)


@door.route("POST", "/v1/campaigns/{campaign_id}/quote", body=NewQuote, answer=Quote, refusals=_OFFER)
def quote(call: Call, wanted: NewQuote, campaign_id: str) -> Quote:
    """Ask for the price now and at most, the batch and the promised ship date"""
    return actions.quote(call.ports, campaign_id, wanted)


@door.route(
    "POST",
    "/v1/campaigns/{campaign_id}/preorders",
    roles=("fan",),
    body=NewPreorder,
    answer=Preorder,
    status=201,
    headers=("Idempotency-Key",),
    refusals=(
        *_OFFER,
        rules.IdempotencyKeyMissing,
        rules.IdempotencyKeyReused,
        rules.TotalAboveAccepted,
        rules.ShipsLater,
        households.AddressMissing,
        households.HouseholdLimitReached,
    ),
)
def place(call: Call, new: NewPreorder, campaign_id: str) -> Preorder:
    """Pre-order: room is held at once"""
    key = rules.check_key(call.headers.get("idempotency-key"))
    return actions.place(call.ports, call.identity.subject, campaign_id, key=key, new=new)


@door.route("GET", "/v1/preorders", roles=("fan",), answer=PreorderPage, paged=True, refusals=(ids.CursorInvalid,))
def list_own(call: Call) -> PreorderPage:
    """List your own pre-orders, newest first"""
    cursor = ids.read_cursor(call.query.get("cursor"), ids.is_preorder_id)
    items, next_cursor = reading.list_own(call.ports, call.identity.subject, cursor=cursor, limit=call.limit)
    return PreorderPage(items=items, next_cursor=next_cursor)


@door.route("GET", "/v1/preorders/{preorder_id}", roles=("fan",), answer=Preorder, refusals=(rules.PreorderMissing,))
def show(call: Call, preorder_id: str) -> Preorder:
    """Show one of your pre-orders"""
    return reading.show(call.ports, call.identity.subject, preorder_id)


@door.route(
    "PATCH",
    "/v1/preorders/{preorder_id}",
    roles=("fan",),
    body=PreorderChanges,
    answer=Preorder,
    refusals=(
        rules.NothingToChange,
        rules.PreorderMissing,
        rules.PreorderEnded,
        BatchLocked,
        BatchFull,
        VariantUnavailable,
        rules.LimitReached,
        rules.TotalAboveAccepted,
        rules.TotalTooLarge,
        wishing.WishInvalid,
        rules.BeyondAuthorised,
        households.HouseholdLimitReached,
    ),
)
def edit(call: Call, changes: PreorderChanges, preorder_id: str) -> Preorder:
    """Change a pre-order, until its batch is locked"""
    return editing.edit(call.ports, call.identity.subject, preorder_id, changes)


@door.route(
    "PUT",
    "/v1/preorders/{preorder_id}/choice",
    roles=("fan",),
    body=NewChoice,
    answer=Preorder,
    refusals=(rules.PreorderMissing, rules.PreorderEnded, NothingToChoose),
)
def choose(call: Call, new: NewChoice, preorder_id: str) -> Preorder:
    """Wait or take your money back, when the ship date has slipped"""
    return choosing.choose(call.ports, call.identity.subject, preorder_id, new.choice)


@door.route(
    "DELETE",
    "/v1/preorders/{preorder_id}",
    roles=("fan",),
    answer=Preorder,
    refusals=(rules.PreorderMissing, rules.PreorderEnded, BatchLocked),
)
def withdraw(call: Call, preorder_id: str) -> Preorder:
    """Withdraw a pre-order, until its batch is locked"""
    return actions.withdraw(call.ports, call.identity.subject, preorder_id)
