"""What organisers look at beside the count: who chose what together, and what may be stuffing. Pure.

Signals are shown and never acted upon: a coach full of friends votes alike as well.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import prod
from statistics import median
from typing import Any

from chalicelib.ballots.model import CastBallot, Tally, Votes
from chalicelib.campaigns.model import Feature
from chalicelib.kernel.instants import Instant
from chalicelib.kernel.words import Kept

# Each bucket is a question to the table, while somebody waits.
SAMPLE, MOST_BUCKETS = 5_000, 64
MOST_OPTIONS, MOST_SHOWN = 60, 20
# Points from which a scored option counts as chosen.
CHOSEN_POINTS = 4
# What is worth a look: so many ballots at least, and so many times what chance would have.
FEWEST, TIMES = 10, 3
SPAN = timedelta(minutes=10)

Choice = tuple[str, str]


class Turnout(Kept):
    """First ballots of one hour."""

    hour: Instant
    ballots: int


class CrossTab(Kept):
    """Of the sampled ballots that chose one option, how many also chose each other one, by feature."""

    feature_id: str
    option_id: str
    ballots: int
    also: dict[str, dict[str, int]]


class Alike(Kept):
    """Ballots that say the same on every feature, more of them than chance would have: `expected` is what it would be
    if features were independent."""

    ballots: int
    expected: int
    votes: Votes
    first_cast_at: Instant
    last_cast_at: Instant


class SignUpBurst(Kept):
    """Voters whose accounts were made within the same ten minutes, more of them than is usual in ten minutes."""

    since: Instant
    voters: int
    usual: int


class Insight(Kept):
    """What an organiser sees beside the result: nothing here changes a count. Cross-tabs and signals come from
    `sampled` ballots: those of the first buckets, and fans spread over buckets by chance."""

    campaign_id: str
    tally: Tally
    sampled: int
    turnout: tuple[Turnout, ...]
    cross_tabs: tuple[CrossTab, ...]
    alike: tuple[Alike, ...]
    sign_up_bursts: tuple[SignUpBurst, ...]


def chosen(feature: Feature, vote: Any) -> set[str]:
    """The options that a vote stands for: chosen, approved, 4 or 5 points, ranked first, ever the best."""
    match feature.method:
        case "plurality" | "approval":
            return set(vote)
        case "score":
            return {option for option, points in vote.items() if points >= CHOSEN_POINTS}
        case "ranked":
            return set(vote[0])
        case "best_worst":
            return {screen["best"] for screen in vote}


def turnout(parts: Sequence[Mapping[str, Any]]) -> tuple[Turnout, ...]:
    """First ballots by the hour, from the parts of the live tally."""
    hours: Counter[str] = Counter()
    for part in parts:
        hours.update(part.get("turnout", {}))
    return tuple(
        Turnout(hour=datetime.fromisoformat(f"{hour}:00:00+00:00"), ballots=hours[hour]) for hour in sorted(hours)
    )


def cross_tabs(features: Sequence[Feature], ballots: Sequence[CastBallot]) -> tuple[CrossTab, ...]:
    """A row for each option; none at all where there are too many options to be looked at."""
    if sum(len(feature.options) for feature in features) > MOST_OPTIONS:
        return ()
    numbers: Counter[Choice] = Counter()
    together: dict[Choice, Counter[Choice]] = defaultdict(Counter)
    for ballot in ballots:
        choices = [(f.feature_id, o) for f in features for o in _of(f, ballot)]
        numbers.update(choices)
        for choice in choices:
            together[choice].update(other for other in choices if other != choice)
    every = [(feature.feature_id, option.option_id) for feature in features for option in feature.options]
    return tuple(_row(choice, numbers[choice], together[choice], every) for choice in every if numbers[choice])


def _row(choice: Choice, number: int, together: Counter[Choice], every: Sequence[Choice]) -> CrossTab:
    also: dict[str, dict[str, int]] = defaultdict(dict)
    for other in every:
        if other != choice:
            also[other[0]][other[1]] = together[other]
    return CrossTab(feature_id=choice[0], option_id=choice[1], ballots=number, also=dict(also))


def _of(feature: Feature, ballot: CastBallot) -> set[str]:
    vote = ballot.votes.get(feature.feature_id)
    return chosen(feature, vote) if vote is not None else set()


def alike(features: Sequence[Feature], ballots: Sequence[CastBallot]) -> tuple[Alike, ...]:
    """Groups of ballots that say the same on every feature, the largest surplus over chance first."""
    groups: dict[str, list[CastBallot]] = defaultdict(list)
    shares: dict[str, Counter[str]] = defaultdict(Counter)
    for ballot in ballots:
        groups[_text(ballot.votes)].append(ballot)
        for feature in features:
            shares[feature.feature_id][_text(ballot.votes.get(feature.feature_id))] += 1
    found = [_alike(group, shares, len(ballots)) for group in groups.values() if len(group) >= FEWEST]
    striking = [one for one in found if one.ballots >= TIMES * max(1, one.expected)]
    return tuple(sorted(striking, key=lambda one: one.expected - one.ballots)[:MOST_SHOWN])


def _alike(group: Sequence[CastBallot], shares: Mapping[str, Counter[str]], number: int) -> Alike:
    votes = group[0].votes
    chance = prod(shares[feature_id][_text(votes.get(feature_id))] / number for feature_id in shares)
    times = sorted(ballot.cast_at for ballot in group)
    return Alike.model_validate(
        {
            "ballots": len(group),
            "expected": round(chance * number),
            "votes": votes,
            "first_cast_at": times[0],
            "last_cast_at": times[-1],
        }
    )


def _text(said: Any) -> str:
    return json.dumps(said, sort_keys=True)


def sign_up_bursts(ballots: Sequence[CastBallot]) -> tuple[SignUpBurst, ...]:
    """Ten minutes in which more of the voters' accounts were made than is usual: the busiest first."""
    spans = Counter(span(ballot.registered_at) for ballot in ballots if ballot.registered_at is not None)
    if not spans:
        return ()
    usual = round(median(spans.values()))
    striking = [(since, voters) for since, voters in spans.items() if voters >= max(FEWEST, TIMES * usual)]
    busiest = sorted(striking, key=lambda one: (-one[1], one[0]))[:MOST_SHOWN]
    return tuple(SignUpBurst(since=since, voters=voters, usual=usual) for since, voters in busiest)


def span(moment: datetime) -> datetime:
    """The ten minutes that a moment lies in."""
    return moment - timedelta(
        minutes=moment.minute % (SPAN.seconds // 60), seconds=moment.second, microseconds=moment.microsecond
    )
