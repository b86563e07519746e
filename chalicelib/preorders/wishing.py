"""What a fan leaves open: more units if they are needed, a second choice, and a cap on the unit price. Pure.

It is decided at the lock (`batches.settling`); here it is read, priced at its dearest, and written into the claim.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from chalicelib.batches.model import Batch, ClaimLine
from chalicelib.campaigns import prices, variants
from chalicelib.campaigns.agreements import Fold, NextTier, folded
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.variants import Variant
from chalicelib.kernel.refusals import Invalid
from chalicelib.preorders.model import NewQuote, WantedLine
from chalicelib.room.wants import Wish, Wishes


class WishInvalid(Invalid):
    """Refused: what is left open contradicts itself."""


UP_TO_SPLIT = "A pre-order that may be split cannot ask for up_to: leave one of the two out."


class CapBelowEveryPrice(Invalid):
    """Refused: no unit price that the batch can reach is within the fan's own cap."""

    sentence = "No price that this batch can reach is within your limit."


def complete(campaign: Campaign, wanted: NewQuote) -> tuple[ClaimLine, ...]:
    """The complete lines; those of the same choices are one. Refuses with VariantUnavailable, WishInvalid."""
    if wanted.may_split and any(line.up_to is not None for line in wanted.lines):
        raise WishInvalid(UP_TO_SPLIT)
    merged: dict[tuple[str, str], ClaimLine] = {}
    for line in wanted.lines:
        one = _complete(campaign, line, wanted.only_if_unit_price_at_most_minor)
        name = _choices(one)
        merged[name] = _together(merged[name], one) if name in merged else one
    return tuple(merged.values())


def _complete(campaign: Campaign, line: WantedLine, cap_minor: int | None) -> ClaimLine:
    variant = variants.complete(campaign, line.variant)
    if line.up_to is not None and line.up_to < line.quantity:
        raise WishInvalid("A line's up_to is below its quantity: leave it out, or send a larger one.")
    second = None if line.second_choice is None else variants.complete(campaign, line.second_choice)
    if second == variant:
        raise WishInvalid("A line's second choice is its first one: leave it out, or choose another.")
    up_to = line.up_to if line.up_to != line.quantity else None
    return ClaimLine(
        variant=variant, quantity=line.quantity, up_to=up_to, second_choice=second, unit_price_at_most_minor=cap_minor
    )


def _together(one: ClaimLine, other: ClaimLine) -> ClaimLine:
    quantity, most = one.quantity + other.quantity, one.most + other.most
    return one.model_copy(update={"quantity": quantity, "up_to": most if most > quantity else None})


def most_units(lines: Iterable[ClaimLine]) -> int:
    """What these lines can become: a fan's limit holds for it."""
    return sum(line.most for line in lines)


def in_their_place(lines: Iterable[ClaimLine], at: datetime, own: Iterable[ClaimLine] = ()) -> tuple[ClaimLine, ...]:
    """The lines with the moment from which they have their place among those that leave something open: that of the
    fan's own line with the same choices, or else this one."""
    known = {_choices(line): line.open_since for line in own}
    return tuple(_since(line, known.get(_choices(line)) or at) for line in lines)


def _since(line: ClaimLine, at: datetime) -> ClaimLine:
    """To the second: a claim's text says no more."""
    return line.model_copy(update={"open_since": at.replace(microsecond=0)}) if line.is_open else line


def _choices(line: ClaimLine) -> tuple[str, str]:
    return variants.name(line.variant), variants.name(line.second_choice or {})


def text(campaign: Campaign, lines: Iterable[ClaimLine]) -> str:
    """What the claim says of these lines."""
    every = tuple(lines)
    cap = next((line.unit_price_at_most_minor for line in every), None)
    since = [line.open_since for line in every if line.open_since is not None]
    joined = int(min(since).timestamp()) if since else 0
    return str(Wishes(tuple(_wish(campaign, line) for line in every), cap, joined))


def _wish(campaign: Campaign, line: ClaimLine) -> Wish:
    second = variants.code(campaign, line.second_choice) if line.second_choice else None
    return Wish(variants.code(campaign, line.variant), line.quantity, line.most, second)


def unit_price_most_minor(campaign: Campaign, batch: Batch, line: ClaimLine) -> int:
    """The most that one unit can cost: at the dearest price that counts for the fan, for the dearest of the variants
    that the line can become. Refuses with CapBelowEveryPrice."""
    ladder = _ladder_most_minor(campaign, batch, line.unit_price_at_most_minor)
    return ladder + max(prices.surcharge_minor(campaign, variant) for variant in _becoming(campaign, line))


def _ladder_most_minor(campaign: Campaign, batch: Batch, cap_minor: int | None) -> int:
    """Without a cap: the tier of the minimum, since that is what is announced. Who names a cap takes part from a lower
    minimum on as well, if the playbook has one."""
    ladder = campaign.price_ladder
    if cap_minor is None:
        return prices.tier(ladder, batch.minimum).unit_price_minor
    lower = [step.minimum for step in campaign.playbook if isinstance(step, NextTier)]
    first = prices.tier(ladder, min([batch.minimum, *lower]))
    reachable = [tier for tier in ladder if first.from_units <= tier.from_units <= max(batch.capacity, 1)]
    within = [tier.unit_price_minor for tier in reachable if tier.unit_price_minor <= cap_minor]
    if not within:
        raise CapBelowEveryPrice
    return max(within)


def _becoming(campaign: Campaign, line: ClaimLine) -> Iterator[Variant]:
    folds = [step for step in campaign.playbook if isinstance(step, Fold)]
    for variant in (line.variant, line.second_choice):
        if variant is not None:
            yield from (folded(variant, folds[:played]) for played in range(len(folds) + 1))
