"""What a simulated fan likes becomes a ballot that the API takes, in every method that the sample campaign has."""

import random
from typing import Any, get_args

import pytest

from chalicelib.ballots import methods
from chalicelib.ballots.methods import screens
from chalicelib.campaigns.model import Feature, Method, NewCampaign
from infra.local import sample, tastes

VOTER = "0123456789abcdef" * 2
FEATURES: list[dict[str, Any]] = NewCampaign.model_validate(sample.campaign()).model_dump(mode="json")["features"]
LIKING = {"a": 0.9, "b": 0.89, "c": 0.4, "d": 0.1}


def only(method: str, liking: tastes.Liking, own: tastes.Screens | None = None, **more: Any) -> Any:
    """The vote on one feature."""
    feature = {"feature_id": "f", "method": method, "budget": None, **more}
    return tastes.votes([feature], {"f": liking}, own or {})["f"]


def test_the_sample_has_a_feature_of_each_method() -> None:
    assert {feature["method"] for feature in FEATURES} == set(get_args(Method))


@pytest.mark.parametrize("seed", range(20))
def test_every_ballot_is_sound(seed: int) -> None:
    models = {feature["feature_id"]: Feature.model_validate(feature) for feature in FEATURES}
    own = {name: screens.design(feature, VOTER) for name, feature in models.items() if feature.method == "best_worst"}
    shown = {name: [list(screen) for screen in drawn] for name, drawn in own.items()}
    said = tastes.votes(FEATURES, tastes.draw(FEATURES, random.Random(seed)), shown)
    assert said.keys() == models.keys()
    for name, feature in models.items():
        assert methods.of(feature).problem(feature, said[name], VOTER) is None, name


def test_a_liking_is_said_in_each_method() -> None:
    assert only("plurality", LIKING) == ["a"]
    assert only("approval", LIKING) == ["a", "b"]
    assert only("approval", LIKING, budget=1) == ["a"]
    assert only("score", LIKING) == {"a": 4, "b": 4, "c": 2, "d": 0}
    assert only("ranked", LIKING) == [["a", "b"], ["c"]]
    assert only("best_worst", LIKING, {"f": [["c", "a", "d"]]}) == [
        {"shown": ["c", "a", "d"], "best": "a", "worst": "d"}
    ]


def test_the_same_seed_is_the_same_fan() -> None:
    assert tastes.draw(FEATURES, random.Random(3)) == tastes.draw(FEATURES, random.Random(3))
    assert tastes.draw(FEATURES, random.Random(3)) != tastes.draw(FEATURES, random.Random(4))
