"""From counts to a result: ranking, draw, what is kept. Pure; every step is public in docs/BALLOTS.md."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

from chalicelib.ballots import methods
from chalicelib.ballots.methods import ranked, runoff, score
from chalicelib.ballots.model import Counts, FeatureResult, FeatureTally, Result, Round, Tie
from chalicelib.campaigns.model import Feature

DecidedBy = Literal["keep", "over_percent", "no_quorum"]


@dataclass
class Runoff:
    """The rounds of one ranked feature, as far as they are counted, and where the draw was asked."""

    rounds: list[Round] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)


def seed(campaign_id: str, ballots: int) -> str:
    """What breaks ties: known to nobody before the count, and repeatable by everybody after it."""
    return f"{campaign_id}:{ballots}"


def draw(seed_text: str, feature: Feature) -> list[str]:
    """The feature's options in the order in which equals stand."""

    def place(option_id: str) -> str:
        return hashlib.sha256(f"{seed_text}:{feature.feature_id}:{option_id}".encode()).hexdigest()

    return sorted((option.option_id for option in feature.options), key=place)


def tallied(feature: Feature, counters: Sequence[int]) -> FeatureTally:
    """The count of one feature, as it is shown."""
    options = [option.option_id for option in feature.options]
    figures = methods.of(feature).figures(list(counters), options)
    return FeatureTally(feature_id=feature.feature_id, method=feature.method, voters=counters[0], **figures)


def decide(feature: Feature, counters: Sequence[int], seed_text: str, run: Runoff) -> FeatureResult:
    """One feature decided."""
    drawn, options = draw(seed_text, feature), [option.option_id for option in feature.options]
    standing = dict(zip(options, methods.of(feature).standing(list(counters), options), strict=True))
    # Sorting is stable: equals stay in the order of the draw.
    ranking = sorted(drawn, key=standing.__getitem__)
    decided_by, kept = _kept(feature, counters, ranking)
    return FeatureResult.model_validate(
        {
            **tallied(feature, counters).model_dump(),
            **_beside(feature, counters, options, run),
            "ranking": ranking,
            "kept": kept,
            "decided_by": decided_by,
            "ties": [*_ties(ranking, standing, kept), *run.ties],
        }
    )


def _beside(feature: Feature, counters: Sequence[int], options: list[str], run: Runoff) -> dict[str, Any]:
    """What is shown beside a Schulze ranking."""
    if feature.method != "ranked":
        return {}
    borda = ranked.borda(list(counters), options)
    return {"borda": borda, "rounds": run.rounds, "runoff": runoff.order(options, run.rounds)}


def _kept(feature: Feature, counters: Sequence[int], ranking: list[str]) -> tuple[DecidedBy, list[str]]:
    """Which rule applies, and what it keeps, in the order of the ranking."""
    voters = counters[0]
    if feature.quorum is not None and voters < feature.quorum:
        return "no_quorum", ranking
    if feature.keep_over_percent is None:
        return "keep", ranking[: feature.keep]
    most = voters * (score.MOST_POINTS if feature.method == "score" else 1)
    place = methods.places(feature)
    over = [option for option in ranking if 100 * counters[1 + place[option]] > feature.keep_over_percent * most]
    return "over_percent", over or ranking[:1]


def _ties(ranking: list[str], standing: Mapping[str, Any], kept: list[str]) -> Iterable[Tie]:
    for _, group in groupby(ranking, key=standing.__getitem__):
        equals = tuple(group)
        if len(equals) > 1:
            decisive = 0 < len({*equals} & {*kept}) < len(equals)
            yield Tie(where="ranking", options=equals, decisive=decisive)


def certify(  # noqa: PLR0913 - all that a result says
    campaign_id: str,
    features: Iterable[Feature],
    counts: Counts,
    *,
    ballots: int,
    root: str,
    runs: Mapping[str, Runoff],
    now: datetime,
) -> Result:
    """The certified result."""
    seed_text = seed(campaign_id, ballots)
    decided = tuple(
        decide(feature, counts[feature.feature_id], seed_text, runs.get(feature.feature_id, Runoff()))
        for feature in features
    )
    return Result(
        campaign_id=campaign_id, ballots=ballots, seed=seed_text, root=root, certified_at=now, features=decided
    )


def selectable(result: Result) -> dict[str, tuple[str, ...]]:
    """What fans may still choose in the pre-sale: the kept options of each feature."""
    return {feature.feature_id: feature.kept for feature in result.features}
