"""Casting a ballot, and what ends the casting. What is read by others is in `reading`."""

from collections.abc import Callable
from typing import Any

from chalicelib.ballots import insight as insights
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
from chalicelib.plumbing.writes import Write


def cast(ports: Ports, who: Identity, campaign_id: str, new: NewBallot) -> Ballot:
    """The fan's ballot, replacing any earlier one. 1 write unit, and none to read while the container remembers the
    campaign. The same votes sent again are never refused, whatever became of the first answer.

    Refuses with CampaignMissing, VotingClosed (by the server's clock), VoterIneligible, BallotInvalid,
    BallotSuperseded.
    """
    campaign = remembered(ports, campaign_id)
    voter = _voter(ports, campaign, who)
    votes = new.model_dump(mode="json")["votes"]
    return _cast(ports, campaign, voter, votes)


def revise(ports: Ports, who: Identity, campaign_id: str, feature_id: str, new: NewVote) -> Ballot:
    """The fan's ballot with another vote on one feature; without an earlier ballot it is the first. Costs and refuses
    as `cast` does."""
    campaign = remembered(ports, campaign_id)
    voter, vote, now = _voter(ports, campaign, who), new.model_dump(mode="json")["vote"], ports.clock.now()
    rules.accept(campaign, voter, {feature_id: vote}, now)
    cast_at, key = instants.text(now), voter.voter_id
    revising = store.revising(campaign, key, feature_id, vote=vote, cast_at=cast_at)
    first = _casting(campaign, voter, {feature_id: vote}, cast_at, first=True)
    # Another device's ballot may land between the two: then there is one that can be revised.
    for write in (revising, first, revising):
        try:
            return _taken(campaign, ports.table.apply(write))
        except (store.NoBallotYet, store.BallotSuperseded):
            continue
    return _standing(ports, campaign, voter, lambda votes: votes.get(feature_id) == vote)


def _cast(ports: Ports, campaign: Campaign, voter: Voter, votes: PlainVotes) -> Ballot:
    now = ports.clock.now()
    rules.accept(campaign, voter, votes, now)
    try:
        return _taken(campaign, ports.table.apply(_casting(campaign, voter, votes, instants.text(now))))
    except store.BallotSuperseded:
        return _standing(ports, campaign, voter, lambda stands: stands == votes)


def _casting(campaign: Campaign, voter: Voter, votes: PlainVotes, cast_at: str, *, first: bool = False) -> Write:
    # As coarse as the signals need it: to the second, it would be a name in the list of sign-ups.
    made = voter.registered_at and instants.text(insights.span(voter.registered_at))
    return store.casting(campaign, voter.voter_id, votes, cast_at=cast_at, registered_at=made or None, first=first)


def _taken(campaign: Campaign, written: dict[str, Any]) -> Ballot:
    telemetry.count("ballots_cast")
    return _shown(campaign, store.as_ballot(written))


def _standing(ports: Ports, campaign: Campaign, voter: Voter, same: Callable[[PlainVotes], bool]) -> Ballot:
    """The later ballot that stands, when it says the same: two clocks differ, and a retry of the very same votes is not
    a quarrel with its own first try. Refuses with BallotSuperseded."""
    standing = store.find(ports.table, campaign, voter.voter_id)
    if standing is None or not same(standing.votes):
        raise store.BallotSuperseded
    return _shown(campaign, standing)


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
    delay = 2 * ports.settings.campaign_fresh_seconds + ports.settings.drain_seconds
    ports.queues.send(ports.settings.counting_queue, message, delay_seconds=delay)
