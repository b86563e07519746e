"""What plurality and approval share: a list of chosen options, counted one by one."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.campaigns.model import Feature


def are_its_own(feature: Feature, chosen: Any) -> bool:
    """Whether this is a list of the feature's own options, each at most once."""
    if not isinstance(chosen, list) or not all(isinstance(one, str) for one in chosen):
        return False
    return len(set(chosen)) == len(chosen) and {option.option_id for option in feature.options}.issuperset(chosen)


def width(options: int) -> int:
    return options


def add(counters: list[int], vote: Any, place: Mapping[str, int], times: int) -> None:
    counters[0] += times
    for option in vote:
        counters[1 + place[option]] += times


def figures(counters: list[int], options: Sequence[str]) -> dict[str, Any]:
    return {"counts": dict(zip(options, counters[1:], strict=True))}


def standing(counters: list[int], options: Sequence[str]) -> list[Any]:
    """Most ballots first."""
    return [-votes for votes in counters[1:]]
