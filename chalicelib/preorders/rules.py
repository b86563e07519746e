"""How pre-orders are judged and priced. Pure."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.batches.model import ClaimLine
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.rules import CampaignNotPreselling
from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Conflict, Invalid, Missing
from chalicelib.preorders import wishing
from chalicelib.preorders.model import NewPreorder, NewQuote, Preorder, Promise, PromisedLine, Reason

# Why pre-orders are released when their batch ends without being made.
RELEASED: dict[str, Reason] = {"short": "minimum_missed", "cancelled": "campaign_cancelled"}
# What no longer counts for a fan's limit.
OVER = ("refused", "lapsed", "withdrawn", "dropped", "refunded")
LONGEST_REQUEST = timedelta(minutes=15)


class PreorderMissing(Missing):
    """Refused: no such pre-order, or it is another's."""

    sentence = "You have no such pre-order."


class PreorderEnded(Conflict):
    """Refused: a pre-order that is locked, ordered or over cannot be withdrawn."""


class LimitReached(Conflict):
    """Refused: more units than one fan may have in this campaign."""


class TotalAboveAccepted(Conflict):
    """Refused: it could cost more than the fan accepts."""

    sentence = "It could cost more than you accept. Ask for a new quote."


class ShipsLater(Conflict):
    """Refused: the batch with room ships later than the fan accepts."""

    sentence = "The batch that still has room ships later than you accept. Ask for a new quote."


class BeyondAuthorised(Conflict):
    """Refused: it could cost more than what the payment was secured for."""

    sentence = (
        "Your payment is secured for less than this could cost. Pre-order the rest beside it, or withdraw and pre-order"
        " anew."
    )


class TotalTooLarge(Invalid):
    """Refused: an amount beyond anything that can be paid."""

    sentence = "The total is beyond what a single pre-order can cost."


class NothingToChange(Invalid):
    """Refused: a change that names nothing."""

    sentence = "Send what is to change: `lines`, `address`, or both."


class IdempotencyKeyMissing(Invalid):
    """Refused: without a key of the client's own, a retry could order twice."""

    sentence = (
        "Send a header Idempotency-Key of 1 to 64 visible ASCII characters, the same for every retry of this pre-order."
    )


class IdempotencyKeyReused(Conflict):
    """Refused: the key has been used for another pre-order."""

    sentence = "This Idempotency-Key was used with another body. Use a new key for a new pre-order."


def check_key(key: str | None) -> str:
    """Refuses with IdempotencyKeyMissing."""
    if key is None or not ids.is_key(key):
        raise IdempotencyKeyMissing
    return key


def fingerprint(new: NewPreorder) -> str:
    """Tells two bodies apart. Spaces and the order of fields do not count; fields that a later version adds do not
    either, nor does an access code: it opens a door and is no part of what is promised."""
    sent = json.dumps(new.model_dump(mode="json", exclude_unset=True, exclude={"access_code"}), sort_keys=True)
    return hashlib.sha256(sent.encode()).hexdigest()[:32]


def accept(campaign: Campaign, wanted: NewQuote) -> tuple[ClaimLine, ...]:
    """The complete lines, equal variants merged. Refuses with CampaignNotPreselling, VariantUnavailable, WishInvalid,
    LimitReached."""
    if campaign.state != "preselling":
        raise CampaignNotPreselling
    lines = wishing.complete(campaign, wanted)
    if wishing.most_units(lines) > campaign.limit_per_fan:
        raise limit_reached(campaign)
    return lines


def limit_reached(campaign: Campaign, narrowed: int | None = None) -> LimitReached:
    """`narrowed`: by the wave that is open."""
    if narrowed is not None:
        return LimitReached(f"While this wave is open, one fan may pre-order {narrowed} units, over all pre-orders.")
    return LimitReached(f"One fan may pre-order {campaign.limit_per_fan} units of this campaign, over all pre-orders.")


def units_of(lines: tuple[ClaimLine, ...]) -> int:
    """A request is judged on the sum over its lines."""
    return sum(line.quantity for line in lines)


def check_withdrawable(state: str) -> None:
    """Refuses with PreorderEnded."""
    if state not in ("placed", "secured"):
        raise PreorderEnded(f"This pre-order is {state}: it can no longer be withdrawn.")


def check_rolls(promise: Promise, there: Preorder) -> None:
    """Whether a pre-order may become this one in the next batch without asking its fan: for no more than was shown,
    which is what its payment is secured for. Refuses with TotalAboveAccepted or ShipsLater."""
    if promise.total_most_minor is None or there.total_most_minor > promise.total_most_minor:
        raise TotalAboveAccepted
    if promise.accepts_ships_at is not None and there.ships_at > promise.accepts_ships_at:
        raise ShipsLater


def why_refused(problem: str | None) -> Reason:
    """Why a pre-order lapses whose payment was refused."""
    return "hold_expired" if problem == "hold_expired" else "payment_declined"


def check_choosable(promise: Promise) -> None:
    """Refuses with PreorderEnded: a refund is for good."""
    if promise.state in OVER or promise.refund_wanted:
        raise PreorderEnded("This pre-order has ended, or its refund is under way.")


def check_editable(state: str) -> None:
    """Refuses with PreorderEnded."""
    if state not in ("placed", "secured"):
        raise PreorderEnded(f"This pre-order is {state}: it can no longer be changed.")


def promised(  # noqa: PLR0913 - all that a promise is made of
    campaign: Campaign,
    fan_id: str,
    new: NewPreorder,
    lines: tuple[ClaimLine, ...],
    *,
    key: str,
    path: str,
    at: datetime,
    dated: dict[str, int] | None = None,
) -> Promise:
    """A fan's first pre-order in a campaign, written down before room is taken for it."""
    return Promise(
        preorder_id=ids.preorder_id(campaign.campaign_id, fan_id, 0),
        campaign_id=campaign.campaign_id,
        fan_id=fan_id,
        state="wanted",
        digest=ids.key_digest(key),
        fingerprint=fingerprint(new),
        lines=tuple(PromisedLine.model_validate(line.model_dump()) for line in wishing.in_their_place(lines, at)),
        units=units_of(lines),
        payment_method=new.payment_method,
        placed_at=at,
        path=path,
        dated=dated or {},
        address=new.address,
        accepts_total_minor=new.accepts_total_minor,
        accepts_ships_at=new.accepts_ships_at,
        currency=campaign.currency,
    )


def wants(campaign: Campaign, lines: tuple[ClaimLine, ...]) -> str:
    """What the claim says of these lines."""
    return wishing.text(campaign, lines)


def check_limit(campaign: Campaign, others: Iterable[Promise], units: int, *, narrowed: int | None = None) -> None:
    """Refuses with LimitReached. What is only wanted counts: its room may be taken at this very moment. `narrowed`: by
    the wave that is open."""
    limit = campaign.limit_per_fan if narrowed is None else narrowed
    if units + sum(promise.most_units for promise in others if promise.state not in OVER) > limit:
        raise limit_reached(campaign, narrowed)


def is_stale(promise: Promise, now: datetime) -> bool:
    """Whether nobody can be taking room for a wanted pre-order any more: no request lives that long."""
    return promise.state == "wanted" and now - _touched_at(promise) > LONGEST_REQUEST


def is_ageing(promise: Promise, now: datetime) -> bool:
    """Whether it could become stale while a request goes on with it."""
    return now - _touched_at(promise) > LONGEST_REQUEST / 2


def _touched_at(promise: Promise) -> datetime:
    return max(promise.placed_at, promise.renewed_at or promise.placed_at)
