"""Elections that were held, and some that nobody hopes for: real ballots through the counting.

The files are public records and no part of the project; where they are not at hand these tests are skipped.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.ballots import deciding
from tests import examples
from tests.ballots import pure

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "elections"
SOURCE = "https://github.com/electorama/abiftool, folder testdata"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=f"no elections in {FOLDER}: see {SOURCE}")
LINE = re.compile(r"(\d+):([^#]*)")


def read(name: str) -> list[tuple[int, list[list[str]]]]:
    """So many equal votes each; without ratings, and without ballots that rank nobody."""
    found = []
    for line in (FOLDER / name).read_text().splitlines():
        if match := LINE.match(line):
            groups = [[one.split("/")[0].strip() for one in re.split("[=,]", part)] for part in match[2].split(">")]
            found.append((int(match[1]), [group for group in groups if group != [""]]))
    return [(times, vote) for times, vote in found if vote]


def decided(name: str, method: str = "ranked", votes: Any = None) -> Any:
    cast = read(name)
    names = sorted({option for _, vote in cast for group in vote for option in group})
    return pure.decided(examples.feature(method, names), votes(cast) if votes else cast)


def test_burlington_2009_has_three_winners_by_three_methods():
    """Wright had the most first choices, Kiss the runoff, and Montroll would have beaten each other in a pair."""
    ranked = decided("burl2009.abif")
    plurality = decided(
        "burl2009.abif", "plurality", lambda cast: [(n, vote[0]) for n, vote in cast if len(vote[0]) == 1]
    )
    assert (plurality.ranking[0], ranked.runoff[0], ranked.ranking[0]) == ("Wright", "Kiss", "Montroll")
    assert ranked.ranking[:4] == ("Montroll", "Kiss", "Wright", "Smith")
    assert all(ranked.pairs["Montroll"][other] > ranked.pairs[other]["Montroll"] for other in ranked.ranking[1:])


def test_burlingtons_last_round_is_the_one_that_was_announced():
    """4,313 to 4,061, with 606 exhausted. Four ballots mark two first: void there, and in full for each here."""
    cast = read("burl2009.abif")
    single = [(times, vote) for times, vote in cast if len(vote[0]) == 1]
    void = sum(times for times, _ in cast) - sum(times for times, _ in single)
    theirs, ours = (decided("burl2009.abif", votes=lambda _, v=votes: v).rounds[-1] for votes in (single, cast))
    assert (theirs.counts, theirs.eliminated) == ({"Kiss": 4313, "Wright": 4061}, "Wright")
    assert (theirs.exhausted + void, void) == (606, 4)
    assert (ours.counts, ours.exhausted) == ({"Kiss": 4313 + 1, "Wright": 4061 + 3}, 606 - 4)


def test_the_capital_of_tennessee():
    found = decided("tennessee-example-simple.abif")
    assert (found.ranking, found.runoff[0]) == (("Nash", "Chat", "Knox", "Memph"), "Knox")


@pytest.mark.parametrize("name", ["mock-tie.abif", "mock-twotie.abif", "tennessee-example-irv-tie.abif"])
def test_every_draw_of_a_tied_runoff_is_told_and_anybody_can_repeat_it(name: str):
    found = decided(name)
    drawn = deciding.draw(deciding.seed(examples.CAMPAIGN_ID, found.voters), examples.feature("ranked", found.counts))
    told = {tie.where: tie.options for tie in found.ties}
    tied = 0
    for number, one in enumerate(found.rounds, start=1):
        lowest = [option for option in drawn if one.counts.get(option) == min(one.counts.values())]
        assert told.get(f"round {number}", (one.eliminated,)) == tuple(lowest)
        assert one.eliminated == lowest[-1]
        tied += len(lowest) > 1
    assert tied > 0


def test_an_election_without_preferences_decides_nothing_but_by_the_draw():
    """A hundred blank ballots: nobody voted on it."""
    assert read("mock-all-blank.abif") == []
    found = pure.decided(examples.feature("ranked", "abc"), [])
    [tie] = [tie for tie in found.ties if tie.where == "ranking"]
    assert (found.voters, set(tie.options), tie.decisive) == (0, {"a", "b", "c"}, True)


def test_burlingtons_ballots_one_by_one_give_the_same_as_in_heaps():
    """8,980 ballots as they would lie in the table, against the file's own sums."""
    heaps = read("burl2009.abif")
    names = sorted({option for _, vote in heaps for group in vote for option in group})
    feature = examples.feature("ranked", names)
    ballots = [{"f": vote} for times, vote in heaps for _ in range(times)]
    campaign = examples.voting(features=[feature])
    cast = [pure.cast(votes, number << 96) for number, votes in enumerate(ballots)]
    [found] = pure.certified(campaign, cast).features
    assert found == decided("burl2009.abif")
    assert found.voters == len(ballots) == 8980
