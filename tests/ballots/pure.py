"""Counting without a table: the recount's own arithmetic, from votes to the certified figures."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.ballots import deciding, methods, recount
from chalicelib.ballots.deciding import Runoff
from chalicelib.ballots.methods import runoff
from chalicelib.ballots.model import CastBallot, FeatureResult, Result
from chalicelib.ballots.recount import Lane, Recount
from chalicelib.campaigns.model import Campaign, Feature
from tests import examples
from tests.hands import START

Weighted = Iterable[tuple[int, Any]]


def strictly(*names: str) -> list[list[str]]:
    """A ranked vote without equals, best first."""
    return [[name] for name in names]


def counters(feature: Feature, votes: Iterable[Any]) -> list[int]:
    """All votes added up, one by one."""
    return weighed(feature, ((1, vote) for vote in votes))


def weighed(feature: Feature, votes: Weighted) -> list[int]:
    found = methods.blank(feature)
    for times, vote in votes:
        methods.of(feature).add(found, vote, methods.places(feature), times)
    return found


def standing(feature: Feature, votes: Iterable[Any]) -> dict[str, Any]:
    """The key by which each option is ranked: the smallest is best, and equal keys are a tie."""
    options = names(feature)
    return dict(zip(options, methods.of(feature).standing(counters(feature, votes), options), strict=True))


def best(feature: Feature, votes: Iterable[Any]) -> set[str]:
    """The options that stand first: more than one where they are tied."""
    keys = standing(feature, votes)
    return {option for option, key in keys.items() if key == min(keys.values())}


def names(feature: Feature) -> list[str]:
    return [option.option_id for option in feature.options]


def cast(votes: Mapping[str, Any], number: int = 0, *, version: int = 1) -> CastBallot:
    return CastBallot(voter_id=f"{number:032x}", votes=dict(votes), version=version, cast_at=START)


def recounted(campaign: Campaign, ballots: Sequence[CastBallot]) -> Recount:
    """The recount to its end: one lane, each pass reading all ballots in their buckets."""
    now = Recount(campaign_id=campaign.campaign_id, number=0, lanes=1)
    while now.number == 0 or recount.open_runoffs(campaign, now):
        now = recount.closed(campaign, now, [read(campaign, now, ballots)])
    return now


def read(campaign: Campaign, now: Recount, ballots: Sequence[CastBallot]) -> Lane:
    """A lane that has read every bucket."""
    lane = recount.first_lane(campaign, now, 0)
    while not lane.done:
        page = [one for one in ballots if int(one.voter_id[:8], 16) % campaign.ballot_buckets == lane.bucket]
        lane = recount.added(campaign, lane, page)
        lane = recount.moved(lane, None, lanes=1, buckets=campaign.ballot_buckets)
    return lane


def certified(campaign: Campaign, ballots: Sequence[CastBallot]) -> Result:
    done = recounted(campaign, ballots)
    return deciding.certify(
        campaign.campaign_id,
        campaign.features,
        done.counts,
        ballots=done.ballots,
        root=done.root,
        runs=recount.runs(campaign, done),
        now=START,
    )


def decided(feature: Feature, votes: Weighted) -> FeatureResult:
    """One feature decided, from so many equal votes each."""
    listed = list(votes)
    seed = deciding.seed(examples.CAMPAIGN_ID, sum(times for times, _ in listed))
    run = rounds(feature, listed, seed) if feature.method == "ranked" else Runoff()
    return deciding.decide(feature, weighed(feature, listed), seed, run)


def rounds(feature: Feature, votes: Weighted, seed: str) -> Runoff:
    """The whole runoff of a ranked feature, each round from all votes."""
    listed, drawn, run, left = list(votes), deciding.draw(seed, feature), Runoff(), names(feature)
    while len(left) > 1:
        counts, exhausted = dict.fromkeys(left, 0), 0
        for times, vote in listed:
            exhausted += 0 if runoff.add(counts, vote, times) else times
        ended, tie = runoff.close(counts, exhausted, draw=drawn, number=len(run.rounds) + 1)
        run.rounds.append(ended)
        run.ties += [tie] if tie else []
        left.remove(ended.eliminated)
    return run
