"""How a feature is decided, one module a method. Pure: the same ballots give the same figures to anybody.

Each keeps its count as a list of integers that votes are added to and taken out of again, so that the live tally, the
recount and its parts are the same sums. The first counter is the number of voters; what follows is the method's own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from chalicelib.ballots.methods import approval, best_worst, plurality, ranked, score
from chalicelib.campaigns.model import Feature, Method

Counters = list[int]


class Counting(Protocol):
    """What each method's module offers."""

    def problem(self, feature: Feature, vote: Any, voter: str) -> str | None:
        """Why this is no vote of the method, as the end of a sentence; None for a sound one."""

    def width(self, options: int) -> int:
        """How many counters so many options take, after the number of voters."""

    def add(self, counters: Counters, vote: Any, place: Mapping[str, int], times: int) -> None:
        """Adds a sound vote so many times (-1 takes it out). `place` is where each option stands in the feature."""

    def figures(self, counters: Counters, options: Sequence[str]) -> dict[str, Any]:
        """What the tally shows: `counts`, and what the method adds to it."""

    def standing(self, counters: Counters, options: Sequence[str]) -> list[Any]:
        """A key for each option; the smallest is best, and equal keys are a tie."""


_MODULES: dict[Method, Counting] = {
    "plurality": plurality,
    "approval": approval,
    "score": score,
    "ranked": ranked,
    "best_worst": best_worst,
}


def of(feature: Feature) -> Counting:
    """The method of a feature."""
    return _MODULES[feature.method]


def places(feature: Feature) -> dict[str, int]:
    """Where each option stands in the feature: the order never changes once voting is open."""
    return {option.option_id: place for place, option in enumerate(feature.options)}


def blank(feature: Feature) -> Counters:
    """Nothing counted."""
    return [0] * (1 + of(feature).width(len(feature.options)))
