"""Best-worst scaling (MaxDiff): of a few options on a screen, the best and the worst.

Decided by counting: (best - worst) / shown, exactly. Source: Louviere, Flynn and Marley, *Best-Worst Scaling*, 2015,
chapter 2. Kept as best, worst and shown for each option.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from chalicelib.ballots.methods import screens
from chalicelib.campaigns.model import Feature


def problem(feature: Feature, vote: Any, voter: str) -> str | None:
    if not isinstance(vote, list) or not vote or not all(isinstance(one, dict) for one in vote):
        return "takes answered screens, as [{shown, best, worst}]"
    own = {tuple(sorted(screen)) for screen in screens.design(feature, voter)}
    answered = [tuple(sorted(one["shown"])) for one in vote]
    if len(set(answered)) < len(answered) or not own.issuperset(answered):
        return "takes each of your own screens once: ask for them again"
    sound = all(one["best"] != one["worst"] and {one["best"], one["worst"]} <= {*one["shown"]} for one in vote)
    return None if sound else "takes a best and a worst of what each screen shows, and not the same"


def width(options: int) -> int:
    return 3 * options


def add(counters: list[int], vote: Any, place: Mapping[str, int], times: int) -> None:
    counters[0] += times
    size = len(place)
    for screen in vote:
        counters[1 + place[screen["best"]]] += times
        counters[1 + size + place[screen["worst"]]] += times
        for option in screen["shown"]:
            counters[1 + 2 * size + place[option]] += times


def _thirds(counters: list[int], size: int) -> tuple[list[int], list[int], list[int]]:
    return counters[1 : 1 + size], counters[1 + size : 1 + 2 * size], counters[1 + 2 * size :]


def figures(counters: list[int], options: Sequence[str]) -> dict[str, Any]:
    best, worst, shown = (dict(zip(options, third, strict=True)) for third in _thirds(counters, len(options)))
    counts = {option: best[option] - worst[option] for option in options}
    return {"counts": counts, "best": best, "worst": worst, "shown": shown}


def standing(counters: list[int], options: Sequence[str]) -> list[Any]:
    """Highest score first."""
    return [
        -Fraction(best - worst, shown or 1) for best, worst, shown in zip(*_thirds(counters, len(options)), strict=True)
    ]
