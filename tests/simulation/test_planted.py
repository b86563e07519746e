"""The simulation is believed because it finds what is wrong: every mistake that is planted, within a few seeds."""

import pytest

from tests.simulation.features import FEATURES
from tests.simulation.history import run
from tests.simulation.planted import BUGS, Planted
from tests.simulation.planted_features import FEATURE_BUGS
from tests.simulation.planted_money import MONEY_BUGS
from tests.simulation.planted_reversals import REVERSAL_BUGS


@pytest.mark.parametrize("bug", [*BUGS, *FEATURE_BUGS, *MONEY_BUGS, *REVERSAL_BUGS], ids=lambda bug: bug.name)
def test_a_planted_mistake_is_found(bug: Planted) -> None:
    with bug.plant():
        found = next((failure for seed in range(bug.seeds) if (failure := run(bug.options(seed)).failure)), "nothing")
    assert found.partition(":")[0] in bug.breaks, found


def test_every_row_of_what_must_hold_has_a_mistake_that_breaks_it() -> None:
    rows = {row for bug in (*BUGS, *MONEY_BUGS) for row in bug.breaks}
    assert rows >= {
        "S1",
        "S2",
        "S3",
        "S4",
        "B1",
        "B2",
        "B3",
        "B4",
        "B5",
        "O1",
        "O2",
        "O3",
        "O4",
        "L1",
        "L2",
        "L3",
        "L4",
        *(f"M{number}" for number in range(1, 10)),
    }


def test_every_feature_has_a_mistake_that_breaks_it() -> None:
    assert {bug.feature for bug in FEATURE_BUGS} == {*FEATURES, "rush"}
