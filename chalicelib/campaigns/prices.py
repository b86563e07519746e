"""The price ladder. Pure, and integers throughout.

One price for all in a batch: the tier of the units that it locks with. A batch locks at its minimum or above, so the
tier of the minimum is the most that anybody can pay; that, plus the variant's surcharges, is what a fan accepts.
"""

from chalicelib.campaigns.model import Campaign, Tier
from chalicelib.campaigns.variants import Variant, options


def tier(ladder: tuple[Tier, ...], units: int) -> Tier:
    """The tier that so many units reach; the first one from the first unit on."""
    return [step for step in ladder if step.from_units <= max(units, 1)][-1]


def next_tier(ladder: tuple[Tier, ...], units: int) -> Tier | None:
    """The tier that more units would reach, or None on the last one."""
    return next((step for step in ladder if step.from_units > units), None)


def surcharge_minor(campaign: Campaign, variant: Variant) -> int:
    """What the variant's options add to the unit price."""
    return sum(option.surcharge_minor for option in options(campaign, variant))


def unit_price_minor(campaign: Campaign, variant: Variant, units: int) -> int:
    """The price of one unit of the variant in a batch of so many units."""
    return tier(campaign.price_ladder, units).unit_price_minor + surcharge_minor(campaign, variant)


def carried_most_minor(ladder: tuple[Tier, ...], minimum: int, units: int) -> int:
    """The most that an organiser can come to carry when units of a locked batch are not paid for: those that are left
    keep the price of all, although their own tier costs more. Between two steps of the ladder the most units cost the
    most, so that only the last unit of each tier is tried; below the minimum nothing is made."""
    settled = tier(ladder, units).unit_price_minor
    lasts = [step.from_units - 1 for step in ladder if minimum < step.from_units <= units]
    return max(((tier(ladder, last).unit_price_minor - settled) * last for last in lasts), default=0)
