"""Casting a ballot, and what ends the casting. What is read by others is in `reading`."""

from chalicelib.ballots import proof, rules, store
from chalicelib.ballots.methods import screens
from chalicelib.ballots.model import (
    Ballot,
    CastBallot,
    FeatureScreens,
    NewBallot,
    NewVote,
    PlainVotes,
    ScreenSet,
)
from chalicelib.ballots.reading import remembered
from chalicelib.ballots.rules import Voter
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.rules import VotingClosed
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
    campaign = remembered(ports, campaign_id)
    return _cast(ports, campaign, _voter(ports, campaign, who), who, new.model_dump(mode="json")["votes"])


def revise(ports: Ports, who: Identity, campaign_id: str, feature_id: str, new: NewVote) -> Ballot:
    """The fan's ballot with another vote on one feature; without an earlier ballot it is the first. Costs and refuses
    as `cast` does."""
    campaign = remembered(ports, campaign_id)
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
    campaign = remembered(ports, campaign_id)
    ballot = store.find(ports.table, campaign, proof.voter_id(campaign.ballot_salt, who.subject))
    if ballot is None:
        raise rules.BallotMissing
    return _shown(campaign, ballot)


def own_screens(ports: Ports, who: Identity, campaign_id: str) -> ScreenSet:
    """What a best-worst feature asks of this fan, in order. Refuses with CampaignMissing, VotingClosed."""
    campaign = remembered(ports, campaign_id)
    if campaign.state != "voting":
        raise VotingClosed
    voter_id = proof.voter_id(campaign.ballot_salt, who.subject)
    found = tuple(
        FeatureScreens(feature_id=feature.feature_id, screens=screens.design(feature, voter_id))
        for feature in campaign.features
        if feature.method == "best_worst"
    )
    return ScreenSet(campaign_id=campaign_id, features=found)


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
