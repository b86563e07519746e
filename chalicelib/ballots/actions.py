"""Casting, and reading what has been cast."""

from typing import Any

from chalicelib.ballots import deciding, proof, rules, store
from chalicelib.ballots import insight as insights
from chalicelib.ballots.methods import screens
from chalicelib.ballots.model import (
    Ballot,
    BallotList,
    CastBallot,
    FeatureScreens,
    Insight,
    Line,
    LinePage,
    NewBallot,
    NewVote,
    PlainVotes,
    Result,
    ScreenSet,
    Tally,
)
from chalicelib.ballots.rules import Voter
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.rules import VotingClosed, check_owner
from chalicelib.kernel import instants
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.identity import Identity
from chalicelib.plumbing.ports import Ports


def cast(ports: Ports, who: Identity, campaign_id: str, new: NewBallot) -> Ballot:
    """The fan's ballot, replacing any earlier one. 1 write unit, and none to read while the container remembers the
    campaign. The same votes sent again are never refused, whatever became of the first answer.

    Refuses with CampaignMissing, VotingClosed (by the server's clock), VoterIneligible, BallotInvalid,
    BallotSuperseded.
    """
    campaign = _seen(ports, campaign_id)
    return _cast(ports, campaign, _voter(ports, campaign, who), who, new.model_dump(mode="json")["votes"])


def revise(ports: Ports, who: Identity, campaign_id: str, feature_id: str, new: NewVote) -> Ballot:
    """The fan's ballot with another vote on one feature; without an earlier ballot it is the first. Costs and refuses
    as `cast` does."""
    campaign = _seen(ports, campaign_id)
    voter, vote, now = _voter(ports, campaign, who), new.model_dump(mode="json")["vote"], ports.clock.now()
    rules.accept(campaign, voter, {feature_id: vote}, now)
    cast_at = instants.text(now)
    try:
        revising = store.revising(campaign, voter.voter_id, feature_id, vote=vote, cast_at=cast_at)
        written = ports.table.apply(revising)
    except store.NoBallotYet:
        earlier = store.find(ports.table, campaign, voter.voter_id)
        return _cast(ports, campaign, voter, who, {**(earlier.votes if earlier else {}), feature_id: vote})
    telemetry.count("ballots_cast")
    return _shown(campaign, store.as_ballot(written))


def _cast(ports: Ports, campaign: Campaign, voter: Voter, who: Identity, votes: PlainVotes) -> Ballot:
    now = ports.clock.now()
    rules.accept(campaign, voter, votes, now)
    registered = who.registered_at and instants.text(who.registered_at)
    casting = store.casting(
        campaign, voter.voter_id, votes, cast_at=instants.text(now), registered_at=registered or None
    )
    try:
        written = store.as_ballot(ports.table.apply(casting))
    except store.BallotSuperseded:
        # Two clocks differ: a retry of the very same votes is not a quarrel with its own first try.
        standing = store.find(ports.table, campaign, voter.voter_id)
        if standing is None or standing.votes != votes:
            raise
        written = standing
    telemetry.count("ballots_cast")
    return _shown(campaign, written)


def _seen(ports: Ports, campaign_id: str) -> Campaign:
    """The campaign as the container may remember it."""
    seconds = ports.settings.campaign_fresh_seconds
    return campaigns.recent(ports.table, ports.memory, campaign_id, seconds=seconds)


def _voter(ports: Ports, campaign: Campaign, who: Identity) -> Voter:
    asked = campaign.eligibility.earlier_customer
    return Voter(
        voter_id=proof.voter_id(campaign.ballot_salt, who.subject),
        email_verified=who.email_verified,
        registered_at=who.registered_at,
        ordered=asked and store.has_ordered(ports.table, who.subject),
    )


def _shown(campaign: Campaign, cast: CastBallot) -> Ballot:
    receipt = proof.receipt(cast.voter_id, cast.version, cast.votes)
    return Ballot.model_validate({**cast.model_dump(), "campaign_id": campaign.campaign_id, "receipt": receipt})


def own(ports: Ports, who: Identity, campaign_id: str) -> Ballot:
    """Refuses with CampaignMissing or BallotMissing."""
    campaign = _seen(ports, campaign_id)
    ballot = store.find(ports.table, campaign, proof.voter_id(campaign.ballot_salt, who.subject))
    if ballot is None:
        raise rules.BallotMissing
    return _shown(campaign, ballot)


def own_screens(ports: Ports, who: Identity, campaign_id: str) -> ScreenSet:
    """What a best-worst feature asks of this fan, in order. Refuses with CampaignMissing, VotingClosed."""
    campaign = _seen(ports, campaign_id)
    if campaign.state != "voting":
        raise VotingClosed
    voter_id = proof.voter_id(campaign.ballot_salt, who.subject)
    found = tuple(
        FeatureScreens(feature_id=feature.feature_id, screens=screens.design(feature, voter_id))
        for feature in campaign.features
        if feature.method == "best_worst"
    )
    return ScreenSet(campaign_id=campaign_id, features=found)


def tally(ports: Ports, campaign_id: str) -> Tally:
    """The live count as anybody may see it; without its figures while the organiser keeps them back. Refuses with
    CampaignMissing."""
    return _tally(ports, _seen(ports, campaign_id), voted=False)


def own_tally(ports: Ports, who: Identity, campaign_id: str) -> Tally:
    """The live count as this fan may see it. Refuses with CampaignMissing."""
    campaign = _seen(ports, campaign_id)
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
    """Whole buckets from the first on, until there are enough ballots."""
    found: list[CastBallot] = []
    for bucket in range(campaign.ballot_buckets):
        after: str | None = None
        while len(found) < insights.SAMPLE:
            ballots, after = store.bucket_page(ports.table, campaign.campaign_id, bucket, after=after)
            found += ballots
            if after is None:
                break
    return found


def close_due(ports: Ports) -> None:
    """Ends the voting of campaigns whose announced end has passed; one that another tick has ended is passed over."""
    now = instants.text(ports.clock.now())
    for campaign_id in campaigns.list_due(ports.table, now, limit=100):
        try:
            ports.table.commit(campaigns.closing_voting(campaign_id, now))
        except VotingClosed:
            continue


def request_count(ports: Ports, campaign: Campaign) -> None:
    """Asks for the recount, after every ballot that was under way at the end has landed or failed with its function's
    timeout."""
    message: dict[str, str | int] = {"campaign_id": campaign.campaign_id}
    delay = ports.settings.campaign_fresh_seconds + ports.settings.drain_seconds
    ports.queues.send(ports.settings.counting_queue, message, delay_seconds=delay)
