"""Reading what has been cast: the live tally, the certified result, the published list, the organiser's view."""

from typing import Any

from chalicelib.ballots import deciding, proof, rules, store
from chalicelib.ballots import insight as insights
from chalicelib.ballots.insight import Insight
from chalicelib.ballots.model import BallotList, CastBallot, Line, LinePage, Result, Tally
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.rules import check_owner
from chalicelib.plumbing.identity import Identity
from chalicelib.plumbing.ports import Ports


def remembered(ports: Ports, campaign_id: str) -> Campaign:
    """The campaign as the container may remember it."""
    seconds = ports.settings.campaign_fresh_seconds
    return campaigns.recent(ports.table, ports.memory, campaign_id, seconds=seconds)


def tally(ports: Ports, campaign_id: str) -> Tally:
    """The live count as anybody may see it; without its figures while the organiser keeps them back. Refuses with
    CampaignMissing."""
    return _tally(ports, remembered(ports, campaign_id), voted=False)


def own_tally(ports: Ports, who: Identity, campaign_id: str) -> Tally:
    """The live count as this fan may see it. Refuses with CampaignMissing."""
    campaign = remembered(ports, campaign_id)
    voted = (
        campaign.tally_shown == "after_voting"
        and store.find(ports.table, campaign, proof.voter_id(campaign.ballot_salt, who.subject)) is not None
    )
    return _tally(ports, campaign, voted=voted)


def _tally(ports: Ports, campaign: Campaign, *, voted: bool) -> Tally:
    hidden = rules.hidden(campaign, ports.clock.now(), voted=voted)
    found = whole_tally(campaign, list(store.tally_shards(ports.table, campaign.campaign_id)))
    return found.model_copy(update={"features": (), "hidden": hidden}) if hidden else found


def whole_tally(campaign: Campaign, parts: list[dict[str, Any]]) -> Tally:
    """The live count, summed over the parts that each stream shard keeps."""
    counts = rules.blank(campaign.features)
    for part in parts:
        rules.sum_up(counts, part["counts"])
    features = tuple(deciding.tallied(feature, counts[feature.feature_id]) for feature in campaign.features)
    as_of = max((part["as_of"] for part in parts), default=None)
    ballots = sum(part["ballots"] for part in parts)
    return Tally.model_validate(
        {"campaign_id": campaign.campaign_id, "ballots": ballots, "features": features, "as_of": as_of}
    )


def result(ports: Ports, campaign_id: str) -> Result:
    """Refuses with CampaignMissing or ResultMissing."""
    campaign = campaigns.get(ports.table, campaign_id)
    found = store.find_result(ports.table, campaign.campaign_id)
    if found is None:
        raise rules.ResultMissing
    return found


def listed(ports: Ports, campaign_id: str) -> BallotList:
    """The head of the published list. Refuses with CampaignMissing or ResultMissing: before the count is certified
    nobody sees it."""
    campaign = campaigns.get(ports.table, campaign_id)
    found = store.find_list(ports.table, campaign.campaign_id)
    if found is None:
        raise rules.ResultMissing
    return found


def lines(ports: Ports, campaign_id: str, bucket: str, after: str | None) -> LinePage:
    """A page of the published ballots of one bucket. Refuses as `listed` does, and with BucketMissing."""
    buckets = listed(ports, campaign_id).buckets
    if not (bucket.isascii() and bucket.isdigit() and len(bucket) <= len(str(buckets)) and int(bucket) < buckets):
        raise rules.BucketMissing
    ballots, last = store.bucket_page(ports.table, campaign_id, int(bucket), after=after)
    items = tuple(_line(ballot) for ballot in ballots)
    return LinePage(items=items, next_cursor=last)


def _line(cast: CastBallot) -> Line:
    receipt = proof.receipt(cast.voter_id, cast.version, cast.votes)
    return Line.model_validate({**cast.model_dump(), "receipt": receipt})


def insight(ports: Ports, organiser_id: str, campaign_id: str) -> Insight:
    """The organiser's view: about 1 read unit per 16 ballots of the sample. Refuses with CampaignMissing, also for
    somebody else's campaign."""
    campaign = check_owner(campaigns.find(ports.table, campaign_id), organiser_id)
    parts = list(store.tally_shards(ports.table, campaign.campaign_id))
    ballots = _sample(ports, campaign)
    return Insight(
        campaign_id=campaign.campaign_id,
        tally=whole_tally(campaign, parts),
        sampled=len(ballots),
        turnout=insights.turnout(parts),
        cross_tabs=insights.cross_tabs(campaign.features, ballots),
        alike=insights.alike(campaign.features, ballots),
        sign_up_bursts=insights.sign_up_bursts(ballots),
    )


def _sample(ports: Ports, campaign: Campaign) -> list[CastBallot]:
    """The first buckets, until there are enough ballots."""
    found: list[CastBallot] = []
    for bucket in range(min(campaign.ballot_buckets, insights.MOST_BUCKETS)):
        after: str | None = None
        while len(found) < insights.SAMPLE:
            ballots, after = store.bucket_page(ports.table, campaign.campaign_id, bucket, after=after)
            found += ballots
            if after is None:
                break
    return found
