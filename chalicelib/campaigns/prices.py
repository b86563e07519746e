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
