"""How ballots are judged and counted. Pure: the same ballots give the same result to anybody."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from chalicelib.ballots.model import Ballot, Counts, FeatureResult, Result, Votes
from chalicelib.campaigns.model import Campaign, Feature
from chalicelib.campaigns.rules import VotingClosed, accepts_ballots
from chalicelib.kernel.refusals import Invalid, Missing


class BallotMissing(Missing):
    """Refused: this fan has no ballot in this campaign."""

    sentence = "You have not voted in this campaign."


class BallotInvalid(Invalid):
    """Refused: votes for what is not on the ballot, or more or fewer than the method takes."""


class ResultMissing(Missing):
    """Refused: voting has not ended, or the recount is still under way."""

    sentence = "There is no certified result yet."


def accept(campaign: Campaign, votes: Votes, now: datetime) -> None:
    """Refuses with VotingClosed or BallotInvalid."""
    if not accepts_ballots(campaign, now):
        raise VotingClosed
    features = {feature.feature_id: feature for feature in campaign.features}
    for feature_id, chosen in votes.items():
        if feature_id not in features:
            raise BallotInvalid("The ballot votes on a feature that this campaign does not have.")
        _check_choice(features[feature_id], chosen)


def _check_choice(feature: Feature, chosen: tuple[str, ...]) -> None:
    options = {option.option_id for option in feature.options}
    if len(set(chosen)) < len(chosen) or not options.issuperset(chosen):
        raise BallotInvalid(f"Vote on {feature.feature_id} for its own options, for each at most once.")
    if feature.method == "plurality" and len(chosen) != 1:
        raise BallotInvalid(f"Choose exactly one option of {feature.feature_id}.")


def blank(campaign: Campaign) -> Counts:
    """Zero for every option."""
    return {f.feature_id: {o.option_id: 0 for o in f.options} for f in campaign.features}


def add(counts: Counts, votes: Votes, *, times: int = 1) -> None:
    """Adds one ballot's votes to the counts in place; with times=-1 takes them out again."""
    for feature_id, chosen in votes.items():
        options = counts.setdefault(feature_id, {})
        for option_id in chosen:
            options[option_id] = options.get(option_id, 0) + times


def counted(campaign: Campaign, ballots: Iterable[Ballot]) -> tuple[Counts, int]:
    """The recount: votes per option, and how many ballots. Every stored ballot was accepted while voting was open, by
    the clock of the function that took it; comparing that with the clock of the one that settled would lose some."""
    counts, number = blank(campaign), 0
    for ballot in ballots:
        add(counts, ballot.votes)
        number += 1
    return counts, number


def seed(campaign_id: str, ballots: int) -> str:
    """What breaks ties: known to nobody before the count, and repeatable by everybody after it."""
    return f"{campaign_id}:{ballots}"


def tie_order(seed_text: str, feature_id: str, option_id: str) -> str:
    """Tied options stand in the order of sha256("seed:feature:option") in hexadecimal, smallest first."""
    return hashlib.sha256(f"{seed_text}:{feature_id}:{option_id}".encode()).hexdigest()


def certify(campaign: Campaign, counts: Counts, ballots: int, now: datetime) -> Result:
    """The certified result. Plurality and approval rank alike: most ballots first."""
    drawn = seed(campaign.campaign_id, ballots)
    features = tuple(_decide(feature, counts[feature.feature_id], drawn) for feature in campaign.features)
    return Result(campaign_id=campaign.campaign_id, ballots=ballots, seed=drawn, certified_at=now, features=features)


def _decide(feature: Feature, counts: dict[str, int], drawn: str) -> FeatureResult:
    ranking = sorted(counts, key=lambda option: (-counts[option], tie_order(drawn, feature.feature_id, option)))
    return FeatureResult(
        feature_id=feature.feature_id,
        method=feature.method,
        counts=counts,
        ranking=tuple(ranking),
        kept=tuple(ranking[: feature.keep]),
        tie_note=_tie_note(ranking, counts, feature.keep, drawn),
    )


def _tie_note(ranking: list[str], counts: dict[str, int], keep: int, drawn: str) -> str | None:
    """Told only where a tie decided what is kept."""
    if keep >= len(ranking) or counts[ranking[keep - 1]] != counts[ranking[keep]]:
        return None
    tied = sorted(option for option in ranking if counts[option] == counts[ranking[keep]])
    return f"{', '.join(tied)} have {counts[ranking[keep]]} ballots each; ordered by sha256 of {drawn}:feature:option"


def selectable(result: Result) -> dict[str, tuple[str, ...]]:
    """What fans may still choose in the pre-sale: the kept options of each feature."""
    return {feature.feature_id: feature.kept for feature in result.features}
