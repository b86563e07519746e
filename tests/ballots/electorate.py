"""People who vote at random: sound votes of every method, from a chance that a test holds in its hand."""

from collections.abc import Iterable
from random import Random
from typing import Any

from chalicelib.ballots.methods import screens
from chalicelib.campaigns.model import Feature

Votes = dict[str, Any]


def ballot(chance: Random, features: Iterable[Feature], voter: str) -> Votes:
    """Votes on most of the features, and on one at least."""
    found = {f.feature_id: vote(chance, f, voter) for f in features if chance.random() < 0.8}
    return found or ballot(chance, features, voter)


def vote(chance: Random, feature: Feature, voter: str) -> Any:
    names = [option.option_id for option in feature.options]
    match feature.method:
        case "plurality":
            return [chance.choice(names)]
        case "approval":
            return some(chance, names, least=0)[: feature.budget]
        case "score":
            return {name: chance.randrange(6) for name in some(chance, names)}
        case "ranked":
            return ranking(chance, names)
        case "best_worst":
            return [answered(chance, screen) for screen in some(chance, screens.design(feature, voter))]


def some(chance: Random, names: Iterable[Any], *, least: int = 1) -> list[Any]:
    listed = list(names)
    return chance.sample(listed, chance.randint(least, len(listed)))


def ranking(chance: Random, names: Iterable[str]) -> list[list[str]]:
    """Some of them, a few side by side."""
    groups: list[list[str]] = []
    for name in some(chance, names):
        if groups and chance.random() < 0.3:
            groups[-1].append(name)
        else:
            groups.append([name])
    return groups


def answered(chance: Random, screen: Iterable[str]) -> dict[str, Any]:
    shown = chance.sample(list(screen), len(list(screen)))
    best, worst = chance.sample(shown, 2)
    return {"shown": shown, "best": best, "worst": worst}
