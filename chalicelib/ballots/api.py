"""Addresses of ballots."""

import re

from chalice.app import Blueprint

from chalicelib.ballots import actions, reading, rules, store
from chalicelib.ballots.insight import Insight
from chalicelib.ballots.model import Ballot, BallotList, LinePage, NewBallot, NewVote, Result, ScreenSet, Tally
from chalicelib.campaigns.rules import CampaignMissing, VotingClosed
from chalicelib.kernel import ids
from chalicelib.plumbing.door import Call, Door

blueprint = Blueprint(__name__)
door = Door(blueprint)

_CASTING = (CampaignMissing, VotingClosed, rules.VoterIneligible, rules.BallotInvalid, store.BallotSuperseded)
# What is certified never changes.
_FOR_GOOD_SECONDS = 3600
_VOTER_ID = re.compile(r"[0-9a-f]{32}")


@door.route(
    "PUT",
    "/v1/campaigns/{campaign_id}/ballot",
    roles=("fan",),
    body=NewBallot,
    answer=Ballot,
    refusals=_CASTING,
)
def cast(call: Call, new: NewBallot, campaign_id: str) -> Ballot:
    """Cast your ballot; it replaces your earlier one"""
    return actions.cast(call.ports, call.identity, campaign_id, new)


@door.route(
    "PUT",
    "/v1/campaigns/{campaign_id}/ballot/features/{feature_id}",
    roles=("fan",),
    body=NewVote,
    answer=Ballot,
    refusals=_CASTING,
)
def revise(call: Call, new: NewVote, campaign_id: str, feature_id: str) -> Ballot:
    """Vote on one feature; the rest of your ballot stays"""
    return actions.revise(call.ports, call.identity, campaign_id, feature_id, new)


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/ballot",
    roles=("fan",),
    answer=Ballot,
    refusals=(CampaignMissing, rules.BallotMissing),
)
def own(call: Call, campaign_id: str) -> Ballot:
    """Show your own ballot, with its receipt"""
    return actions.own(call.ports, call.identity, campaign_id)


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/ballot/screens",
    roles=("fan",),
    answer=ScreenSet,
    refusals=(CampaignMissing, VotingClosed),
)
def screens(call: Call, campaign_id: str) -> ScreenSet:
    """Show your own screens of the best-worst features"""
    return actions.own_screens(call.ports, call.identity, campaign_id)


@door.route("GET", "/v1/campaigns/{campaign_id}/tally", answer=Tally, fresh_seconds=1, refusals=(CampaignMissing,))
def tally(call: Call, campaign_id: str) -> Tally:
    """Show the live tally"""
    return reading.tally(call.ports, campaign_id)


@door.route(
    "GET", "/v1/campaigns/{campaign_id}/ballot/tally", roles=("fan",), answer=Tally, refusals=(CampaignMissing,)
)
def own_tally(call: Call, campaign_id: str) -> Tally:
    """Show the live tally as you may see it: some campaigns show it to those who have voted"""
    return reading.own_tally(call.ports, call.identity, campaign_id)


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/insight",
    roles=("organiser",),
    answer=Insight,
    refusals=(CampaignMissing,),
)
def insight(call: Call, campaign_id: str) -> Insight:
    """Show turnout, cross-tabs and signals of your campaign's ballots"""
    return reading.insight(call.ports, call.identity.subject, campaign_id)


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/result",
    answer=Result,
    fresh_seconds=5,
    refusals=(CampaignMissing, rules.ResultMissing),
)
def result(call: Call, campaign_id: str) -> Result:
    """Show the certified result"""
    return reading.result(call.ports, campaign_id)


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/ballots",
    answer=BallotList,
    fresh_seconds=_FOR_GOOD_SECONDS,
    refusals=(CampaignMissing, rules.ResultMissing),
)
def listed(call: Call, campaign_id: str) -> BallotList:
    """Show the head of the published list of ballots"""
    return reading.listed(call.ports, campaign_id)


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/ballots/{bucket}",
    answer=LinePage,
    fresh_seconds=_FOR_GOOD_SECONDS,
    cursor=True,
    refusals=(CampaignMissing, rules.ResultMissing, rules.BucketMissing, ids.CursorInvalid),
)
def lines(call: Call, campaign_id: str, bucket: str) -> LinePage:
    """List published ballots of one bucket, in the order of their chain"""
    cursor = ids.read_cursor(call.query.get("cursor"), lambda text: _VOTER_ID.fullmatch(text) is not None)
    return reading.lines(call.ports, campaign_id, bucket, cursor)
