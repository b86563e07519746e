"""Ranked: groups of options, best group first; equal ranks and partial rankings are allowed, and what is left out ranks
below all others. Decided by Schulze (see `schulze`); Borda and an instant runoff are shown beside it.

Kept as first choices and as a matrix: how many ballots rank one option above another.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from chalicelib.ballots.methods import schulze
from chalicelib.campaigns.model import Feature

Matrix = list[list[int]]


def problem(feature: Feature, vote: Any, voter: str) -> str | None:
    if not isinstance(vote, list) or not vote or not all(isinstance(group, list) and group for group in vote):
        return "takes groups of options, best first, as [[option], [option, option]]"
    named = list(chain.from_iterable(vote))
    if not all(isinstance(one, str) for one in named) or len(set(named)) < len(named):
        return "takes each option at most once"
    known = {option.option_id for option in feature.options}.issuperset(named)
    return None if known else "takes its own options only"


def width(options: int) -> int:
    return options + options * options


def add(counters: list[int], vote: Any, place: Mapping[str, int], times: int) -> None:
    counters[0] += times
    for option in vote[0]:
        counters[1 + place[option]] += times
    size = len(place)
    for above, below in _preferences([[place[option] for option in group] for group in vote], size):
        counters[1 + size + above * size + below] += times


def _preferences(groups: list[list[int]], size: int) -> Iterator[tuple[int, int]]:
    """Every (above, below) of one ballot."""
    lower = set(range(size))
    for group in groups:
        lower.difference_update(group)
        for above in group:
            for below in lower:
                yield above, below


def matrix(counters: list[int], size: int) -> Matrix:
    """preferred[a][b]: how many ballots rank a above b."""
    cells = counters[1 + size :]
    return [cells[row * size : (row + 1) * size] for row in range(size)]


def figures(counters: list[int], options: Sequence[str]) -> dict[str, Any]:
    preferred = matrix(counters, len(options))
    return {
        "counts": dict(zip(options, counters[1 : 1 + len(options)], strict=True)),
        "pairs": {a: {b: preferred[i][j] for j, b in enumerate(options) if i != j} for i, a in enumerate(options)},
    }


def standing(counters: list[int], options: Sequence[str]) -> list[Any]:
    """The layer of each option: 0 for those that none beats."""
    return list(schulze.layers(matrix(counters, len(options))))


def borda(counters: list[int], options: Sequence[str]) -> dict[str, int]:
    """For each option, preferences for it less preferences against it, over all others.

    The symmetric Borda count, fair to partial ballots: Dummett, *The Borda Count and Agenda Manipulation*, 1998.
    """
    preferred = matrix(counters, len(options))
    return {
        option: sum(preferred[i][j] - preferred[j][i] for j in range(len(options))) for i, option in enumerate(options)
    }
