"""A limit for everybody at one address: only in campaigns that announce one.

The units of a household are one item under a pseudonym, changed in one transaction with the pre-order whose they are.
"""

from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import keys
from chalicelib.kernel.refusals import Busy, Conflict, Invalid
from chalicelib.plumbing.expressions import absent_or_at_most, exists
from chalicelib.plumbing.writes import Write, changing
from chalicelib.preorders.addresses import Address, household
from chalicelib.preorders.model import Promise


class AddressMissing(Invalid):
    """Refused: the campaign has a limit per household, which needs an address."""

    sentence = "This campaign has a limit per household: send the `address` that it goes to."


class HouseholdLimitReached(Conflict):
    """Refused: more units than one household may have in this campaign."""

    sentence = "Your household would have more units than this campaign allows for one address."


def of(campaign: Campaign, address: Address | None) -> str:
    """The household's pseudonym, or nothing in a campaign without such a limit. Refuses with AddressMissing."""
    if campaign.limit_per_household is None:
        return ""
    if address is None:
        raise AddressMissing
    return household(campaign.ballot_salt, address)


def taking(campaign: Campaign, promise: Promise) -> list[Write]:
    """Counts the pre-order's units. Refuses with HouseholdLimitReached."""
    return _more(campaign, promise.household, promise.units)


def giving(promise: Promise) -> list[Write]:
    """Gives the units of a pre-order that ends back."""
    return _less(promise.campaign_id, promise.household, promise.units)


def shifting(campaign: Campaign, before: Promise, after: Promise) -> list[Write]:
    """What a change of units or address does to the counts. Refuses with HouseholdLimitReached."""
    if before.household != after.household:
        return [*giving(before), *taking(campaign, after)]
    more = after.units - before.units
    return _more(campaign, after.household, more) if more > 0 else _less(after.campaign_id, after.household, -more)


def _more(campaign: Campaign, name: str, units: int) -> list[Write]:
    limit = campaign.limit_per_household
    if not name or limit is None:
        return []
    if units > limit:
        raise HouseholdLimitReached
    key = keys.household(campaign.campaign_id, name)
    room = [absent_or_at_most("units", limit - units)]
    put = {"kind": "household"}
    return [changing(key, put=put, add={"units": units}, provided=room, refusal=HouseholdLimitReached)]


def _less(campaign_id: str, name: str, units: int) -> list[Write]:
    if not name or not units:
        return []
    return [changing(keys.household(campaign_id, name), add={"units": -units}, provided=[exists()], refusal=Busy)]
