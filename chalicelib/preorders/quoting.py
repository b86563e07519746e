"""What a pre-order costs, and how it is shown. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.batches.model import Batch, ClaimLine
from chalicelib.campaigns import prices
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.plans import due_now_minor
from chalicelib.kernel.money import MOST_MINOR
from chalicelib.payments.model import Payment
from chalicelib.preorders import wishing
from chalicelib.preorders.model import Preorder, PreorderLine, Promise, PromisedLine
from chalicelib.preorders.quotes import NextTier, Quote, QuoteBatch, QuoteLine, QuotePart
from chalicelib.preorders.rules import ShipsLater, TotalAboveAccepted, TotalTooLarge, units_of
from chalicelib.room.model import Piece, pieces_text

_WISHED = set(ClaimLine.model_fields)
_OF_A_PART = set(QuotePart.model_fields)


def quote(campaign: Campaign, batch: Batch, lines: tuple[ClaimLine, ...]) -> Quote:
    """What these lines cost in this batch. Refuses with TotalTooLarge.

    At most: the tier of the minimum, since a batch below it is not made. Now: the tier of the units held, these
    included.
    """
    units = units_of(lines)
    count = max(batch.minimum, batch.held_units + units)
    priced = tuple(_priced(campaign, batch, line, count) for line in lines)
    most = sum(line.most * wishing.unit_price_most_minor(campaign, batch, line) for line in lines)
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
        cap_met_now=_cap_met(campaign, lines, count),
        **_taken(campaign, most),
    )


def _taken(campaign: Campaign, most: int) -> dict[str, int]:
    """What of the most that it can cost is taken now, and at most later."""
    now = due_now_minor(campaign.payment_plan, most)
    return {"due_now_minor": now, "due_later_most_minor": most - now}


def quote_parts(campaign: Campaign, shares: Sequence[tuple[Batch, tuple[ClaimLine, ...]]]) -> Quote:
    """What these lines cost in the one batch, or the two, that would take them. Refuses with TotalTooLarge."""
    each = [quote(campaign, batch, lines) for batch, lines in shares]
    first = each[0]
    if len(each) == 1:
        return first
    most = sum(one.total_most_minor for one in each)
    if most > MOST_MINOR:
        raise TotalTooLarge
    return first.model_copy(
        update={
            "units": sum(one.units for one in each),
            "lines": tuple(line for one in each for line in one.lines),
            "total_now_minor": sum(one.total_now_minor for one in each),
            "total_most_minor": most,
            "due_now_minor": sum(one.due_now_minor for one in each),
            "due_later_most_minor": sum(one.due_later_most_minor for one in each),
            "cap_met_now": None if first.cap_met_now is None else all(one.cap_met_now for one in each),
            "parts": tuple(QuotePart.model_validate(one.model_dump(include=_OF_A_PART)) for one in each),
        }
    )


def _priced(campaign: Campaign, batch: Batch, line: ClaimLine, count: int) -> QuoteLine:
    return QuoteLine(
        **line.model_dump(include=_WISHED),
        unit_price_now_minor=prices.unit_price_minor(campaign, line.variant, count),
        unit_price_most_minor=wishing.unit_price_most_minor(campaign, batch, line),
    )


def _next_tier(campaign: Campaign, batch: Batch, units: int) -> NextTier | None:
    """The first tier below the most that anybody pays, and how far the held units, these included, are from it."""
    step = prices.next_tier(campaign.price_ladder, max(batch.minimum, batch.held_units + units))
    if step is None or step.from_units > batch.capacity:
        return None
    return NextTier(**step.model_dump(), units_to_go=step.from_units - batch.held_units - units)


def _cap_met(campaign: Campaign, lines: tuple[ClaimLine, ...], count: int) -> bool | None:
    """Whether the fan's cap would be met if the batch locked now; None without a cap."""
    cap = lines[0].unit_price_at_most_minor
    return None if cap is None else prices.tier(campaign.price_ladder, count).unit_price_minor <= cap


def check_accepted(quoted: Quote, *, total_minor: int | None, ships_at: datetime | None) -> None:
    """Refuses with TotalAboveAccepted or ShipsLater."""
    if total_minor is not None and quoted.total_most_minor > total_minor:
        raise TotalAboveAccepted
    if ships_at is not None and quoted.batch.ships_at > ships_at:
        raise ShipsLater


def as_placed(promise: Promise, campaign: Campaign, batch: Batch) -> Preorder:
    """The first answer: a function of what was promised and of the batch that took it, the same for ever."""
    quoted = quote(campaign, batch, tuple(promise.lines))
    return Preorder(
        preorder_id=promise.preorder_id,
        campaign_id=promise.campaign_id,
        fan_id=promise.fan_id,
        batch_number=batch.number,
        state="placed",
        lines=tuple(PreorderLine(**line.model_dump()) for line in quoted.lines),
        units=promise.units,
        currency=promise.currency,
        total_most_minor=quoted.total_most_minor,
        placed_at=promise.placed_at,
        ships_at=batch.date_after(promise.known_moves(batch.number)),
        other_part=promise.other_part,
    )


def first_promised(promise: Promise) -> Promise:
    """The promise as it was before the fan changed it, and before it rolled over: what its first answer was made
    from."""
    if promise.rolls:
        promise = promise.model_copy(update={"pieces": promise.rolls[0].pieces})
    if not promise.first:
        return promise
    return promise.model_copy(update={"lines": promise.first, "units": units_of(promise.first)})


def as_secured(promise: Promise, placed: Preorder, pieces: tuple[Piece, ...]) -> Promise:
    """The promise with all that its batch decides written down."""
    return promise.model_copy(
        update={
            "state": "secured",
            "batch_number": placed.batch_number,
            "lines": tuple(PromisedLine.model_validate(line.model_dump()) for line in placed.lines),
            "total_most_minor": placed.total_most_minor,
            "ships_at": placed.ships_at,
            "pieces": pieces_text(pieces),
        }
    )


def payment_for(campaign: Campaign, placed: Preorder, promise: Promise, pieces: tuple[Piece, ...]) -> Payment:
    """What the payment provider is asked for: what is due now, and the means for what is due later, at most the frozen
    total."""
    plan = campaign.payment_plan
    return Payment(
        preorder_id=placed.preorder_id,
        fan_id=placed.fan_id,
        state="requested",
        plan=plan.kind,
        amount_most_minor=placed.total_most_minor,
        first_minor=due_now_minor(plan, placed.total_most_minor),
        asked_at=promise.placed_at,
        hold_until=promise.placed_at + timedelta(minutes=campaign.payment_hold_minutes),
        currency=placed.currency,
        payment_method=promise.payment_method,
        claim=pieces_text(pieces),
    )


def final_total_minor(campaign: Campaign, batch: Batch, lines: tuple[ClaimLine, ...]) -> int:
    """What is charged in the end: the tier that the batch locked with, for every fan in it the same."""
    units = batch.final_units or 0
    return sum(line.quantity * prices.unit_price_minor(campaign, line.variant, units) for line in lines)
