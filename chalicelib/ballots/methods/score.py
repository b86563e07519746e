"""Score: 0 to 5 points for each option, highest sum first; an option left out has 0 points.

The sum, and not the mean of those who gave points: otherwise one voter's favourite that nobody else looked at wins.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.ballots.methods.choices import figures, standing, width
from chalicelib.campaigns.model import Feature

__all__ = ["MOST_POINTS", "add", "figures", "problem", "standing", "width"]

MOST_POINTS = 5


def problem(feature: Feature, vote: Any, voter: str) -> str | None:
    options = {option.option_id for option in feature.options}
    if not isinstance(vote, dict) or not vote or not options.issuperset(vote):
        return "takes points for its own options, as {option: points}"
    sound = all(type(points) is int and 0 <= points <= MOST_POINTS for points in vote.values())
    return None if sound else f"takes whole points from 0 to {MOST_POINTS}"


def add(counters: list[int], vote: Any, place: Mapping[str, int], times: int) -> None:
    counters[0] += times
    for option, points in vote.items():
        counters[1 + place[option]] += points * times
