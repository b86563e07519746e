"""What is a vote of each method, and what is none: whatever form it has."""

from typing import Any

import pytest

from chalicelib.ballots import methods
from chalicelib.ballots.methods import screens
from chalicelib.campaigns.model import Feature
from tests import examples

VOTER = "0123cdef" * 4
PLURALITY, RANKED, SCORE = (examples.feature(method, "abc") for method in ("plurality", "ranked", "score"))
APPROVAL, OF_TWO = examples.feature("approval", "abc"), examples.feature("approval", "abc", budget=2)
BEST_WORST, ON_ONE_SCREEN = examples.feature("best_worst", "abcdefgh"), examples.feature("best_worst", "abc")
OWN = screens.design(BEST_WORST, VOTER)
FOREIGN = next(s for s in screens.design(BEST_WORST, "f" * 32) if set(s) not in map(set, OWN))


def answer(shown: tuple[str, ...] = OWN[0], best: int | str = 0, worst: int | str = 1) -> dict[str, Any]:
    """A screen with these two of it chosen, or with these names."""
    chosen = {"best": best, "worst": worst}
    return {"shown": [*shown], **{k: v if isinstance(v, str) else shown[v] for k, v in chosen.items()}}


SOUND: list[tuple[Feature, Any]] = [
    (PLURALITY, ["a"]),
    (APPROVAL, []),
    (APPROVAL, ["c", "a", "b"]),
    (OF_TWO, ["a", "c"]),
    (OF_TWO, []),
    (SCORE, {"a": 0}),
    (SCORE, {"a": 5, "b": 5, "c": 0}),
    (RANKED, [["a"]]),
    (RANKED, [["c", "a"], ["b"]]),
    (RANKED, [["a", "b", "c"]]),
    (BEST_WORST, [answer()]),
    (BEST_WORST, [answer(screen) for screen in OWN]),
    (BEST_WORST, [answer(OWN[0][::-1])]),
    (ON_ONE_SCREEN, [answer(("b", "c", "a"))]),
]
UNSOUND: list[tuple[Feature, Any]] = [
    (PLURALITY, []),
    (PLURALITY, ["a", "b"]),
    (PLURALITY, ["a", "a"]),
    (PLURALITY, ["z"]),
    (PLURALITY, ["A"]),
    (PLURALITY, [["a"]]),
    (PLURALITY, {"a": 1}),
    (PLURALITY, [1]),
    (PLURALITY, "a"),
    (PLURALITY, None),
    (APPROVAL, ["a", "z"]),
    (APPROVAL, ["a", "a"]),
    (APPROVAL, [["a"], ["b"]]),
    (APPROVAL, {"a": 5}),
    (APPROVAL, [answer()]),
    (OF_TWO, ["a", "b", "c"]),
    (SCORE, {}),
    (SCORE, {"z": 1}),
    (SCORE, {"a": 6}),
    (SCORE, {"a": -1}),
    (SCORE, {"a": True}),
    (SCORE, {"a": 4.0}),
    (SCORE, {"a": "4"}),
    (SCORE, {"a": None}),
    (SCORE, ["a"]),
    (SCORE, [["a"]]),
    (RANKED, []),
    (RANKED, [[]]),
    (RANKED, [["a"], []]),
    (RANKED, [["a"], ["a"]]),
    (RANKED, [["a", "a"]]),
    (RANKED, [["a"], ["z"]]),
    (RANKED, ["a", "b"]),
    (RANKED, [[1]]),
    (RANKED, [[["a"]]]),
    (RANKED, {"a": 1}),
    (RANKED, [answer()]),
    (BEST_WORST, []),
    (BEST_WORST, ["a"]),
    (BEST_WORST, [["a"]]),
    (BEST_WORST, {"a": 1}),
    (BEST_WORST, [answer(), answer()]),
    (BEST_WORST, [answer(), answer(OWN[0][::-1])]),
    (BEST_WORST, [answer(FOREIGN)]),
    (BEST_WORST, [answer(), answer(FOREIGN)]),
    (BEST_WORST, [answer(OWN[0][:3])]),
    (BEST_WORST, [answer(best=0, worst=0)]),
    (BEST_WORST, [answer(best="z")]),
    (BEST_WORST, [answer(worst=next(option for option in "abcdefgh" if option not in OWN[0]))]),
    # An option shown twice would be counted twice among what was shown.
    (ON_ONE_SCREEN, [answer(("a", "b", "c", "c"))]),
]


@pytest.mark.parametrize(("feature", "vote"), SOUND)
def test_a_sound_vote_has_no_problem(feature: Feature, vote: Any):
    assert methods.of(feature).problem(feature, vote, VOTER) is None


@pytest.mark.parametrize(("feature", "vote"), UNSOUND)
def test_anything_else_has_one_that_ends_a_sentence(feature: Feature, vote: Any):
    problem = methods.of(feature).problem(feature, vote, VOTER)
    assert problem is not None
    assert problem.startswith("takes ")
    assert not problem.endswith(".")


@pytest.mark.parametrize("feature", [PLURALITY, APPROVAL, SCORE, RANKED, BEST_WORST], ids=lambda f: f.method)
def test_every_method_refuses_the_forms_of_the_others(feature: Feature):
    """Each form is a sound vote of one family of methods alone."""
    forms = {"choices": ["a"], "points": {"a": 1}, "groups": [["a"]], "screens": [answer()]}
    taken = [form for form, vote in forms.items() if methods.of(feature).problem(feature, vote, VOTER) is None]
    own = {"score": "points", "ranked": "groups", "best_worst": "screens"}
    assert taken == [own.get(feature.method, "choices")]
