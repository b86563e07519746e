"""Which ballots are accepted, and who sees the count while they come in. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.ballots import methods
from chalicelib.ballots.model import Counts, PlainVotes
from chalicelib.campaigns.model import Campaign, Feature
from chalicelib.campaigns.rules import VotingClosed, accepts_ballots
from chalicelib.kernel.refusals import Forbidden, Invalid, Missing


class BallotMissing(Missing):
    """Refused: this fan has no ballot in this campaign."""

    sentence = "You have not voted in this campaign."


class BallotInvalid(Invalid):
    """Refused: votes for what is not on the ballot, or not in the form that the method takes."""


class VoterIneligible(Forbidden):
    """Refused: the campaign's announced rules let others vote."""


class ResultMissing(Missing):
    """Refused: voting has not ended, or the recount is still under way."""

    sentence = "There is no certified result yet."


class BucketMissing(Missing):
    """Refused: the list of ballots has no such bucket."""

    sentence = "The list of ballots has no such bucket."


@dataclass(frozen=True)
class Voter:
    """Who casts, as far as the campaign's rules ask. `ordered`: has an earlier order; False where nobody asked."""

    voter_id: str
    email_verified: bool = False
    registered_at: datetime | None = None
    ordered: bool = False


def accept(campaign: Campaign, voter: Voter, votes: PlainVotes, now: datetime) -> None:
    """Refuses with VotingClosed, VoterIneligible or BallotInvalid, in this order."""
    if not accepts_ballots(campaign, now):
        raise VotingClosed
    _check_voter(campaign, voter)
    features = {feature.feature_id: feature for feature in campaign.features}
    for feature_id, vote in votes.items():
        if feature_id not in features:
            raise BallotInvalid("The ballot votes on a feature that this campaign does not have.")
        _check_vote(features[feature_id], vote, voter)


def _check_voter(campaign: Campaign, voter: Voter) -> None:
    asked = campaign.eligibility
    if asked.verified_email and not voter.email_verified:
        raise VoterIneligible("This vote is for accounts with a verified e-mail address. Verify yours, then vote.")
    if asked.account_days is not None:
        opened = campaign.voting_opened_at or campaign.created_at
        if voter.registered_at is None or voter.registered_at > opened - timedelta(days=asked.account_days):
            raise VoterIneligible(
                f"This vote is for accounts that were {asked.account_days} days old when it opened; yours is younger."
            )
    if asked.earlier_customer and not voter.ordered:
        raise VoterIneligible("This vote is for earlier customers: those with a pre-order that went into production.")


def _check_vote(feature: Feature, vote: object, voter: Voter) -> None:
    if problem := methods.of(feature).problem(feature, vote, voter.voter_id):
        raise BallotInvalid(f"{feature.feature_id} {problem}.")


def hidden(campaign: Campaign, now: datetime, *, voted: bool) -> Literal["until_voted", "until_closed"] | None:
    """Until when the counts are kept back from somebody; None when they are shown."""
    if campaign.tally_shown == "always" or not accepts_ballots(campaign, now):
        return None
    if campaign.tally_shown == "after_close":
        return "until_closed"
    return None if voted else "until_voted"


def blank(features: tuple[Feature, ...]) -> Counts:
    """Nothing counted."""
    return {feature.feature_id: methods.blank(feature) for feature in features}


def add(counts: Counts, features: tuple[Feature, ...], votes: PlainVotes, *, times: int = 1) -> None:
    """Adds so many equal ballots to the counts in place; with times=-1 takes one out again."""
    for feature in features:
        vote = votes.get(feature.feature_id)
        if vote is not None:
            methods.of(feature).add(counts[feature.feature_id], vote, methods.places(feature), times)


def sum_up(counts: Counts, other: Counts) -> None:
    """Adds other counts of the same features in place. What it does not know it leaves out."""
    for feature_id, counters in other.items():
        mine = counts.get(feature_id)
        if mine is not None and len(mine) == len(counters):
            counts[feature_id] = [one + two for one, two in zip(mine, counters, strict=True)]
