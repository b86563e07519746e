"""Ballots are read as they were cast, and counted by hand elsewhere."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.replay import abif
from tools.replay.abif import APPROVED, FIRST, RANKED, Ballots

TENNESSEE = """
{"title": "where to put # the capital"}
# candidates
=Memph:[Memphis, TN]
=Nash:[Nashville, TN]
42:Memph>Nash/200  # and a rating
26 : Nash = Memph
 3:Nash,Memph>Chat
 7:
"""


def read(text: str, **options: int) -> abif.Election:
    return abif.read(text.splitlines(), **options)


def test_a_file_is_read_with_its_labels_ranks_ties_blanks_and_ratings() -> None:
    election = read(TENNESSEE)
    assert election.labels == {"Memph": "Memphis, TN", "Nash": "Nashville, TN", "Chat": "Chat"}
    assert election.account.classes == {"sent": 71, "blank": 7}
    assert election.account.read == 78
    assert election.counts == {
        FIRST: {"Memph": 42},
        APPROVED: {"Memph": 71, "Nash": 71, "Chat": 3},
        RANKED: {"Memph": 71, "Nash": 29},
    }
    assert (election.tied_first, election.ratings, election.unreadable) == (29, 1, [])


def test_a_tied_first_choice_casts_no_plurality_vote() -> None:
    slugs = {"A": "a", "B": "b", "C": "c"}
    tied, clear = Ballots(1, (("A", "B"), ("C",))), Ballots(1, (("A",), ("B", "C")))
    assert tied.votes(slugs) == {APPROVED: ["a", "b", "c"], RANKED: [["a", "b"], ["c"]]}
    assert clear.votes(slugs) == {FIRST: ["a"], APPROVED: ["a", "b", "c"], RANKED: [["a"], ["b", "c"]]}
    assert tied.backed == {APPROVED: ("A", "B", "C"), RANKED: ("A", "B")}


def test_names_in_brackets_may_contain_anything() -> None:
    election = read("2:[Memphis, TN]>[A=B>C]/4")
    assert election.ballots == [Ballots(2, (("Memphis, TN",), ("A=B>C",)))]


def test_a_ballot_that_names_a_candidate_twice_is_counted_and_not_sent() -> None:
    election = read("5:A>B>A\n1:A")
    assert election.account.classes == {"candidate_repeated": 5, "sent": 1}


@pytest.mark.parametrize("line", ["A>B", "x:A", "3:A>", "3:>A", "3:A>>B", "-3:A", "3:A/x"])
def test_a_line_that_says_nothing_is_named_by_its_number(line: str) -> None:
    election = read(f"1:A\n{line}")
    assert election.unreadable == [2]
    assert election.account.read == 1


def test_equal_ballots_stay_one_object_until_they_are_cast() -> None:
    election = read("10000001:H\n2:S")
    assert len(election.ballots) == 2
    assert sum(1 for _ in zip(range(5), election.each(), strict=False)) == 5


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=8), st.integers(1, 1000))
def test_a_limit_scales_down_in_proportion_and_is_met_exactly(numbers: list[int], limit: int) -> None:
    found = [Ballots(number, ((str(place),),)) for place, number in enumerate(numbers)]
    scaled = abif.scaled(found, limit)
    whole = sum(numbers)
    assert sum(ballots.number for ballots in scaled) == min(limit, whole)
    for ballots in scaled:
        exact = numbers[int(ballots.groups[0][0])] * min(limit, whole) / whole
        assert abs(ballots.number - exact) < 1


@given(st.text(alphabet="ABC>=,/:[]{}# 0123456789\n", max_size=80))
def test_any_text_is_read_and_accounted_for(text: str) -> None:
    election = read(text)
    assert election.account.read == sum(election.account.classes.values())
    assert election.sent == sum(1 for _ in election.each()) or election.sent > 1000


def test_burlington_2009_has_its_ballots(elections: Path) -> None:
    election = read((elections / "burl2009.abif").read_text())
    assert (election.sent, election.tied_first, election.unreadable) == (8980, 4, [])
    assert election.counts[FIRST] == Counter(
        {"Wright": 2951, "Kiss": 2585, "Montroll": 2063, "Smith": 1306, "Write-in": 36, "Simpson": 35}
    )
    assert election.labels["Kiss"] == "Bob Kiss (Progressive)"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mock-all-blank", (100, 0, 0, 0)),
        ("mock-tie", (22_222_236, 22_222_236, 16, 0)),
        ("mock-twotie", (22_222_244, 22_222_244, 16, 0)),
        ("tennessee-example-irv-tie", (84, 84, 4, 8)),
        ("tennessee-example-simple", (100, 100, 4, 0)),
    ],
)
def test_every_other_real_file_is_read_whole(elections: Path, name: str, expected: tuple[int, ...]) -> None:
    election = read((elections / f"{name}.abif").read_text())
    assert (election.account.read, election.sent, len(election.labels), election.ratings) == expected
    assert election.unreadable == []


def test_no_real_file_is_forgotten(elections: Path) -> None:
    assert len(list(elections.glob("*.abif"))) == 6
