"""Every pair at every interleaving, in both orders, as if one had come after the other: S1, S2, B1, B3, O1, V1, V4, M8.

The control runs the same races on a table without conditions, and must end in a disagreement: the guards matter.
"""

import dataclasses

import pytest

from tests.races.quick_world import QuickWorld
from tests.races.races import NO_DRAIN, RACES
from tests.races.racing import Course, Race, Unguarded


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.name)
def test_the_two_end_as_if_one_had_come_after_the_other(quick: QuickWorld, race: Race) -> None:
    course = Course.of(quick, race)
    allowed, ways = course.allowed(), 0
    for first in race.cut_into:
        for outcomes in course.interleaved(quick.ports, first=first):
            ways += 1
            course.check(outcomes, allowed)
    assert ways >= 2


@pytest.mark.parametrize("race", [race for race in RACES if race.guarded], ids=lambda race: race.name)
def test_without_conditions_some_interleaving_disagrees(quick: QuickWorld, race: Race) -> None:
    course = Course.of(quick, race)
    allowed = course.allowed()
    table = Unguarded(quick.ports.table.client, quick.ports.table.name, quick.clock, quick.ids)
    unguarded = dataclasses.replace(quick.ports, table=table)
    for first in race.cut_into:
        for outcomes in course.interleaved(unguarded, first=first):
            try:
                course.check(outcomes, allowed)
            except AssertionError:
                return
    pytest.fail("nothing disagreed: this race does not show that the guard matters")


def test_without_the_drain_a_ballot_under_way_is_lost(quick: QuickWorld) -> None:
    """V4: the recount waits until every ballot that was under way at the end has landed. This one does not wait."""
    course = Course.of(quick, NO_DRAIN)
    lost = 0
    for _ in course.interleaved(quick.ports, first=0):
        quick.settle_down()
        [result] = quick.items("result")
        lost += result["ballots"] < len(quick.items("ballot"))
    assert lost > 0
