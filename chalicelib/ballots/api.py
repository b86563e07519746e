"""Addresses of ballots."""

from chalice.app import Blueprint

from chalicelib.ballots import actions, rules, store
from chalicelib.ballots.model import Ballot, NewBallot, Result, Tally
from chalicelib.campaigns.rules import CampaignMissing, VotingClosed
from chalicelib.plumbing.door import Call, Door

blueprint = Blueprint(__name__)
door = Door(blueprint)


@door.route(
    "PUT",
    "/v1/campaigns/{campaign_id}/ballot",
    roles=("fan",),
    body=NewBallot,
    answer=Ballot,
    refusals=(CampaignMissing, VotingClosed, rules.BallotInvalid, store.BallotSuperseded),
)
def cast(call: Call, new: NewBallot, campaign_id: str) -> Ballot:
    """Cast your ballot; it replaces your earlier one"""
    return actions.cast(call.ports, call.identity.subject, campaign_id, new)


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/ballot",
    roles=("fan",),
    answer=Ballot,
    refusals=(CampaignMissing, rules.BallotMissing),
)
def own(call: Call, campaign_id: str) -> Ballot:
    """Show your own ballot"""
    return actions.own(call.ports, call.identity.subject, campaign_id)


@door.route("GET", "/v1/campaigns/{campaign_id}/tally", answer=Tally, fresh_seconds=1, refusals=(CampaignMissing,))
def tally(call: Call, campaign_id: str) -> Tally:
    """Show the live tally"""
    return actions.tally(call.ports, campaign_id)


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/result",
    answer=Result,
    fresh_seconds=5,
    refusals=(CampaignMissing, rules.ResultMissing),
)
def result(call: Call, campaign_id: str) -> Result:
    """Show the certified result"""
    return actions.result(call.ports, campaign_id)
