"""What a simulated fan likes, and what that says on a ballot, in the form of each feature's method."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

# option_id -> from 0, not at all, to 1
Liking = dict[str, float]
# feature_id -> the fan's own screens of a best-worst feature
Screens = Mapping[str, Sequence[Sequence[str]]]
_MOST_POINTS = 5
# Liked so much, an option is approved or ranked; liked so little differently, two are as good as equal.
_APPROVED, _RANKED, _EQUAL = 0.55, 0.25, 0.03


def draw(features: Sequence[Mapping[str, Any]], chance: random.Random) -> dict[str, Liking]:
    """A fan's liking of every option. Earlier options are liked a little more, so that there is something to see."""
    return {feature["feature_id"]: _liking(feature["options"], chance) for feature in features}


def votes(features: Sequence[Mapping[str, Any]], likings: Mapping[str, Liking], screens: Screens) -> dict[str, Any]:
    """The fan's whole ballot, as the API takes it."""
    said = {}
    for feature in features:
        name = feature["feature_id"]
        said[name] = _vote(feature, likings[name], screens.get(name, ()))
    return said


def _liking(options: Sequence[Mapping[str, Any]], chance: random.Random) -> Liking:
    head_start = 0.3
    return {
        option["option_id"]: head_start * (1 - place / len(options)) + (1 - head_start) * chance.random()
        for place, option in enumerate(options)
    }


def _vote(feature: Mapping[str, Any], liking: Liking, screens: Sequence[Sequence[str]]) -> Any:
    best_first = sorted(liking, key=lambda option: -liking[option])
    match feature["method"]:
        case "plurality":
            return best_first[:1]
        case "approval":
            return [option for option in best_first if liking[option] > _APPROVED][: feature["budget"]]
        case "score":
            return {option: round(_MOST_POINTS * liking[option]) for option in liking}
        case "ranked":
            return _groups(best_first, liking)
        case "best_worst":
            return [{"shown": shown, **_extremes(shown, liking)} for shown in screens]
        case unknown:
            raise ValueError(f"no fan knows how to vote by {unknown}")


def _groups(best_first: Sequence[str], liking: Liking) -> list[list[str]]:
    groups = [[best_first[0]]]
    for option in best_first[1:]:
        if liking[groups[-1][0]] - liking[option] < _EQUAL:
            groups[-1].append(option)
        elif liking[option] > _RANKED:
            groups.append([option])
    return groups


def _extremes(shown: Sequence[str], liking: Liking) -> dict[str, str]:
    return {"best": max(shown, key=liking.__getitem__), "worst": min(shown, key=liking.__getitem__)}
