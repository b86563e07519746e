"""How pre-orders are judged and priced. Pure."""

import hashlib
import json
import re
from datetime import datetime

from chalicelib.batches.model import Batch, ClaimLine
from chalicelib.campaigns import prices, variants
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.rules import CampaignNotPreselling
from chalicelib.kernel.money import MOST_MINOR
from chalicelib.kernel.refusals import Conflict, Invalid, Missing
from chalicelib.payments.model import Payment
from chalicelib.preorders.model import (
    NewPreorder,
    NewQuote,
    NextTier,
    Preorder,
    PreorderLine,
    Quote,
    QuoteBatch,
    QuoteLine,
    Reason,
)

_KEY = re.compile(r"[!-~]{1,64}")

# Why pre-orders are released when their batch ends without being made.
RELEASED: dict[str, Reason] = {"short": "minimum_missed", "cancelled": "campaign_cancelled"}


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
    return hashlib.sha256(sent.encode()).hexdigest()


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


def quote(campaign: Campaign, batch: Batch, lines: tuple[ClaimLine, ...]) -> Quote:
    """What these lines cost in this batch. Refuses with TotalTooLarge.

    At most: the tier of the minimum, since a batch below it is not made. Now: the tier of the units held, these
    included.
    """
    units = units_of(lines)
    count = max(batch.minimum, batch.held_units + units)
    priced = tuple(_priced(campaign, batch, line, count) for line in lines)
    most = sum(line.quantity * line.unit_price_most_minor for line in priced)
    if most > MOST_MINOR:
        raise TotalTooLarge
    return Quote(
        currency=campaign.currency,
        units=units,
        lines=priced,
        total_now_minor=sum(line.quantity * line.unit_price_now_minor for line in priced),
        total_most_minor=most,
        batch=QuoteBatch(number=batch.number, closes_at=batch.closes_at, ships_at=batch.ships_at),
        next_tier=_next_tier(campaign, batch, units),
    )


def _priced(campaign: Campaign, batch: Batch, line: ClaimLine, count: int) -> QuoteLine:
    return QuoteLine(
        variant=line.variant,
        quantity=line.quantity,
        unit_price_now_minor=prices.unit_price_minor(campaign, line.variant, count),
        unit_price_most_minor=prices.unit_price_minor(campaign, line.variant, batch.minimum),
    )


def _next_tier(campaign: Campaign, batch: Batch, units: int) -> NextTier | None:
    """The first tier below the most that anybody pays, and how far the held units, these included, are from it."""
    step = prices.next_tier(campaign.price_ladder, max(batch.minimum, batch.held_units + units))
    if step is None or step.from_units > batch.capacity:
        return None
    return NextTier(**step.model_dump(), units_to_go=step.from_units - batch.held_units - units)


def check_accepted(new: NewPreorder, quoted: Quote) -> None:
    """Refuses with TotalAboveAccepted or ShipsLater."""
    if new.accepts_total_minor is not None and quoted.total_most_minor > new.accepts_total_minor:
        raise TotalAboveAccepted
    if new.accepts_ships_at is not None and quoted.batch.ships_at > new.accepts_ships_at:
        raise ShipsLater


def drawn_up(quoted: Quote, *, campaign_id: str, fan_id: str, preorder_id: str, at: datetime) -> Preorder:
    """The promise as quoted: its batch, its ship date, and the most that it can cost, frozen."""
    return Preorder(
        preorder_id=preorder_id,
        campaign_id=campaign_id,
        fan_id=fan_id,
        batch_number=quoted.batch.number,
        state="placed",
        lines=tuple(PreorderLine(**line.model_dump()) for line in quoted.lines),
        units=quoted.units,
        currency=quoted.currency,
        total_most_minor=quoted.total_most_minor,
        placed_at=at,
        ships_at=quoted.batch.ships_at,
    )


def payment_for(preorder: Preorder, method: str) -> Payment:
    """What the payment provider is asked to secure: at most the frozen total."""
    return Payment(
        preorder_id=preorder.preorder_id,
        fan_id=preorder.fan_id,
        state="requested",
        amount_most_minor=preorder.total_most_minor,
        currency=preorder.currency,
        payment_method=method,
    )


def final_total_minor(campaign: Campaign, batch: Batch, lines: tuple[ClaimLine, ...]) -> int:
    """What is charged in the end: the tier that the batch locked with, for every fan in it the same."""
    units = batch.final_units or 0
    return sum(line.quantity * prices.unit_price_minor(campaign, line.variant, units) for line in lines)


def check_withdrawable(preorder: Preorder) -> None:
    """Refuses with PreorderEnded."""
    if preorder.state not in ("placed", "secured"):
        raise PreorderEnded(f"This pre-order is {preorder.state}: it can no longer be withdrawn.")
