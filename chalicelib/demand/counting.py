"""The organiser's view of demand: what was voted for beside what was pre-ordered."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from chalicelib.ballots import proof
from chalicelib.ballots import store as ballots
from chalicelib.ballots.model import FeatureResult, Result
from chalicelib.batches import store as batches
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns import variants
from chalicelib.campaigns.model import Campaign, Feature
from chalicelib.campaigns.rules import check_owner
from chalicelib.demand.model import Demand, FeatureDemand, OptionDemand
from chalicelib.plumbing.ports import Ports
from chalicelib.room import store as room
from chalicelib.room import wants
from chalicelib.room.model import Spot

MOST_PAGES = 200
TOGETHER = 100


def demand(ports: Ports, organiser_id: str, campaign_id: str) -> Demand:
    """Recounted from at most 200 pages: half a read unit for each of them, and for each fan who pre-ordered. Refuses
    with CampaignMissing, also for somebody else's campaign."""
    campaign = check_owner(campaigns.find(ports.table, campaign_id), organiser_id)
    spots = list(islice(_pages(ports, campaign_id), MOST_PAGES + 1))
    units, fans = _preordered(ports, campaign, spots[:MOST_PAGES])
    result = ballots.find_result(ports.table, campaign_id)
    return Demand(
        campaign_id=campaign_id,
        ballots=result.ballots if result else None,
        units=units.total(),
        fans=len(fans),
        fans_who_voted=_voters(ports, campaign, sorted(fans)),
        pages_read=len(spots[:MOST_PAGES]),
        cut=len(spots) > MOST_PAGES,
        features=_features(campaign, result, units),
    )


def _pages(ports: Ports, campaign_id: str) -> Iterator[Spot]:
    for batch in batches.list_all(ports.table, campaign_id):
        for book in batch.shelf():
            yield from (Spot(batch.number, book.number, page) for page in range(book.pages))


def _preordered(ports: Ports, campaign: Campaign, spots: list[Spot]) -> tuple[Counter[str], set[str]]:
    """(units by variant code, fans) of the claims that hold room on these pages."""
    units: Counter[str] = Counter()
    fans: set[str] = set()
    for sheet in room.read(ports.table, campaign.campaign_id, spots, consistent=False):
        for claim in sheet.claims.values():
            if claim.state != "back" and claim.wants:
                units.update(wants.quantities(claim.wants))
                fans.add(claim.fan_id)
    return units, fans


def _voters(ports: Ports, campaign: Campaign, fans: list[str]) -> int:
    """How many of these fans have cast a ballot."""
    asked = [ballots.key(campaign, proof.voter_id(campaign.ballot_salt, fan_id)) for fan_id in fans]
    rounds = (asked[start : start + TOGETHER] for start in range(0, len(asked), TOGETHER))
    found = (ports.table.get_many(some, consistent=False) for some in rounds)
    return sum(item is not None for some in found for item in some)


def _features(campaign: Campaign, result: Result | None, units: Counter[str]) -> tuple[FeatureDemand, ...]:
    chosen: Counter[tuple[str, str]] = Counter()
    for code, quantity in units.items():
        for feature_id, option_id in variants.read_code(campaign, code).items():
            chosen[feature_id, option_id] += quantity
    results = {one.feature_id: one for one in result.features} if result else {}
    return tuple(_feature(feature, results.get(feature.feature_id), chosen) for feature in campaign.features)


def _feature(feature: Feature, result: FeatureResult | None, chosen: Counter[tuple[str, str]]) -> FeatureDemand:
    return FeatureDemand(
        feature_id=feature.feature_id,
        method=feature.method,
        voters=result.voters if result else None,
        options=tuple(
            OptionDemand(
                option_id=option.option_id,
                votes=result.counts.get(option.option_id, 0) if result else None,
                units=chosen[feature.feature_id, option.option_id],
            )
            for option in feature.options
        ),
    )
