"""Variants: one choice of option per selectable feature. Pure."""

from collections.abc import Iterator

from chalicelib.campaigns.model import Campaign, Option, PartCount
from chalicelib.kernel.refusals import Invalid

# feature_id -> option_id
Variant = dict[str, str]


class VariantUnavailable(Invalid):
    """Refused: a variant that names an unknown feature, leaves out an open choice, or takes an option that did not
    win."""


def complete(campaign: Campaign, chosen: Variant) -> Variant:
    """The whole variant in the campaign's order of features; what has one option left may be left out. Refuses with
    VariantUnavailable."""
    selectable = campaign.selectable or {}
    if not selectable.keys() >= chosen.keys():
        raise VariantUnavailable("The variant names a feature that this campaign does not have.")
    return {f.feature_id: _option(selectable[f.feature_id], f.feature_id, chosen) for f in campaign.features}


def _option(kept: tuple[str, ...], feature_id: str, chosen: Variant) -> str:
    option_id = chosen.get(feature_id, kept[0] if len(kept) == 1 else None)
    if option_id is None:
        raise VariantUnavailable(f"Choose an option of {feature_id}: {', '.join(kept[:20])}.")
    if option_id not in kept:
        raise VariantUnavailable(f"Of {feature_id} these can be ordered: {', '.join(kept[:20])}.")
    return option_id


def name(variant: Variant) -> str:
    """One text for a complete variant: what counts as the same on an order line.

    Sorted, because a map comes back from the table in any order.
    """
    return "|".join(f"{feature_id}={option_id}" for feature_id, option_id in sorted(variant.items()))


def options(campaign: Campaign, variant: Variant) -> Iterator[Option]:
    """The chosen options of a complete variant."""
    for feature in campaign.features:
        yield next(option for option in feature.options if option.option_id == variant[feature.feature_id])


def parts(campaign: Campaign, variant: Variant) -> tuple[PartCount, ...]:
    """The parts of one unit, summed over its options, by stock-keeping unit."""
    found: dict[str, int] = {}
    for option in options(campaign, variant):
        for part in option.parts:
            found[part.sku] = found.get(part.sku, 0) + part.quantity
    return tuple(PartCount(sku=sku, quantity=quantity) for sku, quantity in sorted(found.items()))


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def code(campaign: Campaign, variant: Variant) -> str:
    """A complete variant as short text: one digit for each feature in the campaign's order, or two where it has more
    than 36 options. Features never change once voting has opened."""
    places = (
        (len(f.options), next(n for n, option in enumerate(f.options) if option.option_id == variant[f.feature_id]))
        for f in campaign.features
    )
    return "".join(_DIGITS[place] if many <= len(_DIGITS) else f"{place:02x}" for many, place in places)


def read_code(campaign: Campaign, text: str) -> Variant:
    """What `code` wrote."""
    variant, at = {}, 0
    for feature in campaign.features:
        wide = 1 if len(feature.options) <= len(_DIGITS) else 2
        place = int(text[at : at + wide], 16 if wide > 1 else 36)
        variant[feature.feature_id], at = feature.options[place].option_id, at + wide
    return variant
