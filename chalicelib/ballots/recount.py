"""The recount as arithmetic: what one lane adds up, and what the end of a pass makes of all lanes. Pure.

Pass 0 sums every counter and chains the receipts; the first round of each instant runoff follows from it. Each later
pass counts one more round of every runoff that is not over. So a count needs no more memory than its counters and one
page of ballots, however many there are.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import Field

from chalicelib.ballots import deciding, proof, rules
from chalicelib.ballots.deciding import Runoff
from chalicelib.ballots.methods import runoff
from chalicelib.ballots.model import CastBallot, Counts
from chalicelib.campaigns.model import Campaign, Feature
from chalicelib.kernel.words import Kept

BALLOTS_PER_LANE, BUCKETS_PER_LANE, MOST_LANES = 20_000, 64, 64


class RoundCount(Kept):
    """One round of a runoff while it is counted: its keys are those standing."""

    counts: dict[str, int]
    exhausted: int = 0


class Lane(Kept):
    """One part of one pass: so many buckets, one after the other. `saves` counts how often it was saved, `bucket` and
    `after` say where to go on."""

    number: int
    lane: int
    bucket: int
    after: str | None = None
    saves: int = 0
    done: bool = False
    ballots: int = 0
    counts: Counts = Field(default_factory=dict)
    # Of each bucket, its chain so far: only in pass 0.
    chains: dict[str, str] = Field(default_factory=dict)
    rounds: dict[str, RoundCount] = Field(default_factory=dict)


class RoundKept(Kept):
    """A round that is over, in few bytes: counts of those that were standing, in the order of the feature."""

    counts: tuple[int, ...]
    exhausted: int
    eliminated: str


class Recount(Kept):
    """The whole count: its pass, and what the passes before have found."""

    campaign_id: str
    number: int
    lanes: int
    ballots: int = 0
    root: str = ""
    counts: Counts = Field(default_factory=dict)
    rounds: dict[str, tuple[RoundKept, ...]] = Field(default_factory=dict)


def lanes_for(ballots: int, buckets: int) -> int:
    """How many lanes count side by side; the live tally is near enough to choose by."""
    return max(1, min(MOST_LANES, buckets, max(ballots // BALLOTS_PER_LANE, buckets // BUCKETS_PER_LANE)))


def first_lane(campaign: Campaign, recount: Recount, lane: int) -> Lane:
    """A lane that has not begun. Its buckets are those that are `lane` modulo the number of lanes."""
    if recount.number == 0:
        return Lane(number=0, lane=lane, bucket=lane, counts=rules.blank(campaign.features))
    rounds = {
        f.feature_id: RoundCount(counts=dict.fromkeys(standing(f, recount), 0)) for f in open_runoffs(campaign, recount)
    }
    return Lane(number=recount.number, lane=lane, bucket=lane, rounds=rounds)


def standing(feature: Feature, recount: Recount) -> list[str]:
    """The options of a runoff that have not left yet."""
    gone = {one.eliminated for one in recount.rounds.get(feature.feature_id, ())}
    return [option.option_id for option in feature.options if option.option_id not in gone]


def open_runoffs(campaign: Campaign, recount: Recount) -> list[Feature]:
    """Ranked features with more than one option standing."""
    return [f for f in campaign.features if f.method == "ranked" and len(standing(f, recount)) > 1]


def added(campaign: Campaign, lane: Lane, ballots: Sequence[CastBallot]) -> Lane:
    """The lane after a page of its present bucket. Equal votes are counted once, with their number."""
    if lane.number > 0:
        rounds = {feature_id: _counted(ballots, feature_id, one) for feature_id, one in lane.rounds.items()}
        return lane.model_copy(update={"rounds": rounds})
    counts = {feature_id: list(counters) for feature_id, counters in lane.counts.items()}
    for feature in campaign.features:
        for vote, times in _equal(ballots, feature.feature_id):
            rules.add(counts, (feature,), {feature.feature_id: vote}, times=times)
    chain = lane.chains.get(str(lane.bucket)) or proof.chain_start(campaign.campaign_id, lane.bucket)
    receipts = (proof.receipt(ballot.voter_id, ballot.version, ballot.votes) for ballot in ballots)
    chains = {**lane.chains, str(lane.bucket): proof.chained(chain, receipts)}
    return lane.model_copy(update={"counts": counts, "chains": chains, "ballots": lane.ballots + len(ballots)})


def _equal(ballots: Iterable[CastBallot], feature_id: str) -> Iterable[tuple[Any, int]]:
    """The different votes on a feature, and how many ballots say each."""
    votes = Counter(json.dumps(b.votes[feature_id], sort_keys=True) for b in ballots if feature_id in b.votes)
    return ((json.loads(vote), times) for vote, times in votes.items())


def _counted(ballots: Iterable[CastBallot], feature_id: str, count: RoundCount) -> RoundCount:
    counts, exhausted = dict(count.counts), count.exhausted
    for vote, times in _equal(ballots, feature_id):
        if not runoff.add(counts, vote, times):
            exhausted += times
    return RoundCount(counts=counts, exhausted=exhausted)


def moved(lane: Lane, after: str | None, *, lanes: int, buckets: int) -> Lane:
    """The lane behind the page that ended at `after`; None ends the bucket."""
    if after is not None:
        return lane.model_copy(update={"after": after})
    bucket = lane.bucket + lanes
    return lane.model_copy(update={"bucket": bucket, "after": None, "done": bucket >= buckets})


def closed(campaign: Campaign, recount: Recount, lanes: Sequence[Lane]) -> Recount:
    """The count after a pass of which all lanes are done."""
    if recount.number == 0:
        recount = _summed(campaign, recount, lanes)
        first = _first_rounds(campaign, recount)
        return _with_rounds(campaign, recount, first)
    rounds = {
        f.feature_id: _joined([lane.rounds[f.feature_id] for lane in lanes]) for f in open_runoffs(campaign, recount)
    }
    return _with_rounds(campaign, recount, rounds)


def _summed(campaign: Campaign, recount: Recount, lanes: Sequence[Lane]) -> Recount:
    counts = rules.blank(campaign.features)
    for lane in lanes:
        rules.sum_up(counts, lane.counts)
    ballots = sum(lane.ballots for lane in lanes)
    root = proof.root(campaign.campaign_id, ballots, chains(campaign, lanes))
    return recount.model_copy(update={"counts": counts, "ballots": ballots, "root": root})


def chains(campaign: Campaign, lanes: Iterable[Lane]) -> tuple[str, ...]:
    """The ends of all buckets' chains, in order, from the lanes of pass 0."""
    found = {bucket: chain for lane in lanes for bucket, chain in lane.chains.items()}
    return tuple(found[str(bucket)] for bucket in range(campaign.ballot_buckets))


def _first_rounds(campaign: Campaign, recount: Recount) -> dict[str, RoundCount]:
    """In the first round a ballot counts for its first group, which is counted already, and none is exhausted."""
    found = {}
    for feature in open_runoffs(campaign, recount):
        options = standing(feature, recount)
        firsts = recount.counts[feature.feature_id][1 : 1 + len(options)]
        found[feature.feature_id] = RoundCount(counts=dict(zip(options, firsts, strict=True)))
    return found


def _joined(parts: Iterable[RoundCount]) -> RoundCount:
    counts: Counter[str] = Counter()
    exhausted = 0
    for part in parts:
        counts.update(part.counts)
        exhausted += part.exhausted
    return RoundCount(counts=dict(counts), exhausted=exhausted)


def _with_rounds(campaign: Campaign, recount: Recount, counted: Mapping[str, RoundCount]) -> Recount:
    seed, rounds = deciding.seed(recount.campaign_id, recount.ballots), dict(recount.rounds)
    for feature in campaign.features:
        count = counted.get(feature.feature_id)
        if count is None:
            continue
        before = rounds.get(feature.feature_id, ())
        drawn = deciding.draw(seed, feature)
        ended, _ = runoff.close(count.counts, count.exhausted, draw=drawn, number=len(before) + 1)
        counts = tuple(count.counts[option] for option in standing(feature, recount))
        kept = RoundKept(counts=counts, exhausted=count.exhausted, eliminated=ended.eliminated)
        rounds[feature.feature_id] = (*before, kept)
    return recount.model_copy(update={"number": recount.number + 1, "rounds": rounds})


def runs(campaign: Campaign, recount: Recount) -> dict[str, Runoff]:
    """The runoffs as the result takes them."""
    seed = deciding.seed(recount.campaign_id, recount.ballots)
    return {
        feature.feature_id: _run(feature, recount.rounds[feature.feature_id], deciding.draw(seed, feature))
        for feature in campaign.features
        if feature.feature_id in recount.rounds
    }


def _run(feature: Feature, rounds: Sequence[RoundKept], drawn: list[str]) -> Runoff:
    """Closes each round again: its ties follow from its counts."""
    left, run = [option.option_id for option in feature.options], Runoff()
    for number, kept in enumerate(rounds, start=1):
        counts = dict(zip(left, kept.counts, strict=True))
        ended, tie = runoff.close(counts, kept.exhausted, draw=drawn, number=number)
        run.rounds.append(ended)
        run.ties += [tie] if tie else []
        left.remove(kept.eliminated)
    return run
