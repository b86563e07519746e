"""How pre-orders are judged and priced. Pure."""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.batches.model import ClaimLine
from chalicelib.campaigns import variants
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.rules import CampaignNotPreselling
from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Conflict, Invalid, Missing
from chalicelib.preorders.model import NewPreorder, NewQuote, Promise, PromisedLine, Reason
from chalicelib.room import wants as claimed

_KEY = re.compile(r"[!-~]{1,64}")

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


class TotalTooLarge(Invalid):
    """Refused: an amount beyond anything that can be paid."""

    sentence = "The total is beyond what a single pre-order can cost."


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
    if key is None or _KEY.fullmatch(key) is None:
        raise IdempotencyKeyMissing
    return key


def fingerprint(new: NewPreorder) -> str:
    """Tells two bodies apart. Spaces and the order of fields do not count; fields that a later version adds do not
    either."""
    sent = json.dumps(new.model_dump(mode="json", exclude_unset=True), sort_keys=True)
    return hashlib.sha256(sent.encode()).hexdigest()[:32]


def accept(campaign: Campaign, wanted: NewQuote) -> tuple[ClaimLine, ...]:
    """The complete lines, equal variants merged. Refuses with CampaignNotPreselling, VariantUnavailable,
    LimitReached."""
    if campaign.state != "preselling":
        raise CampaignNotPreselling
    merged: dict[str, ClaimLine] = {}
    for line in wanted.lines:
        variant = variants.complete(campaign, line.variant)
        name = variants.name(variant)
        earlier = merged[name].quantity if name in merged else 0
        merged[name] = ClaimLine(variant=variant, quantity=line.quantity + earlier)
    lines = tuple(merged.values())
    if units_of(lines) > campaign.limit_per_fan:
        raise limit_reached(campaign)
    return lines


def limit_reached(campaign: Campaign) -> LimitReached:
    return LimitReached(f"One fan may pre-order {campaign.limit_per_fan} units of this campaign, over all pre-orders.")


def units_of(lines: tuple[ClaimLine, ...]) -> int:
    """A request is judged on the sum over its lines."""
    return sum(line.quantity for line in lines)


def check_withdrawable(state: str) -> None:
    """Refuses with PreorderEnded."""
    if state not in ("placed", "secured"):
        raise PreorderEnded(f"This pre-order is {state}: it can no longer be withdrawn.")


def promised(  # noqa: PLR0913 - all that a promise is made of
    campaign: Campaign,
    fan_id: str,
    new: NewPreorder,
    lines: tuple[ClaimLine, ...],
    *,
    key: str,
    path: str,
    at: datetime,
) -> Promise:
    """A fan's first pre-order in a campaign, written down before room is taken for it."""
    return Promise(
        preorder_id=ids.preorder_id(campaign.campaign_id, fan_id, 0),
        campaign_id=campaign.campaign_id,
        fan_id=fan_id,
        state="wanted",
        digest=digest(key),
        fingerprint=fingerprint(new),
        lines=tuple(PromisedLine(variant=line.variant, quantity=line.quantity) for line in lines),
        units=units_of(lines),
        payment_method=new.payment_method,
        placed_at=at,
        path=path,
        accepts_total_minor=new.accepts_total_minor,
        accepts_ships_at=new.accepts_ships_at,
        currency=campaign.currency,
    )


def digest(key: str) -> str:
    """The idempotency key as kept: it is the client's text."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def wants(campaign: Campaign, lines: tuple[ClaimLine, ...]) -> str:
    """What the claim says of these lines."""
    return claimed.text((variants.code(campaign, line.variant), line.quantity) for line in lines)


def check_limit(campaign: Campaign, others: Iterable[Promise], units: int) -> None:
    """Refuses with LimitReached. What is only wanted counts: its room may be taken at this very moment."""
    if units + sum(promise.units for promise in others if promise.state not in OVER) > campaign.limit_per_fan:
        raise limit_reached(campaign)


def is_stale(promise: Promise, now: datetime) -> bool:
    """Whether nobody can be taking room for a wanted pre-order any more: no request lives that long."""
    return promise.state == "wanted" and now - promise.placed_at > LONGEST_REQUEST


def is_ageing(promise: Promise, now: datetime) -> bool:
    """Whether it could become stale while a request goes on with it."""
    return now - promise.placed_at > LONGEST_REQUEST / 2
