"""Refusals: the code is part of the API."""

import pytest

from chalicelib.kernel.refusals import Busy, Conflict, Forbidden, Invalid, Missing, Refusal


def test_the_code_is_the_name_in_snake_case():
    class SaleOver(Conflict):
        """An example."""

    assert SaleOver.code == "sale_over"


@pytest.mark.parametrize("family", [Missing, Conflict, Invalid, Forbidden])
def test_families_are_told_apart_by_their_class(family):
    others = {Missing, Conflict, Invalid, Forbidden} - {family}
    assert issubclass(family, Refusal)
    assert not any(issubclass(family, other) for other in others)


def test_a_refusal_speaks_its_sentence_unless_it_is_given_another():
    assert Busy().detail == str(Busy()) == Busy.sentence
    assert Busy("Not now.").detail == "Not now."
