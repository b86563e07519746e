"""The organiser's view: what was chosen together, and what may be stuffing; found in a crowd that has some, and not in
an honest one."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from chalicelib.ballots import insight
from chalicelib.ballots.model import CastBallot
from chalicelib.kernel import instants, keys
from tests import examples
from tests.ballots import electorate
from tests.hands import START
from tests.races.quick_world import QuickWorld

FEATURES = examples.one_of_each()
LENS_AND_COLOUR = examples.voting().features
MINUTE = timedelta(minutes=1)


def ballot(number: int, votes: dict[str, Any], minute: int = 0, registered: int | None = None) -> CastBallot:
    return CastBallot(
        voter_id=f"{number:032x}",
        votes=votes,
        version=1,
        cast_at=START + minute * MINUTE,
        registered_at=None if registered is None else START - timedelta(days=400) + registered * MINUTE,
    )


def honest(number: int, seed: int) -> list[CastBallot]:
    """Everybody decides for themselves, feature by feature, and signed up whenever they did."""
    chance, found = Random(seed), []
    for voter in range(number):
        votes = electorate.ballot(chance, FEATURES, f"{voter:032x}")
        found.append(ballot(voter, votes, chance.randrange(10_000), chance.randrange(500_000)))
    return found


def stuffed(number: int) -> list[CastBallot]:
    """One hand with many accounts, made one after the other."""
    votes = {"plurality": ["b"], "approval": ["z"], "score": {"z": 5}, "ranked": [["d"], ["c"], ["a"]]}
    return [ballot(10**6 + voter, votes, 7_000 + voter, 250_000 + voter // 5) for voter in range(number)]


CAST = [
    ballot(1, {"colour": ["red"], "lens": ["wide", "tele"]}),
    ballot(2, {"colour": ["red"], "lens": ["wide"]}),
    ballot(3, {"colour": ["blue"], "lens": []}),
    ballot(4, {"lens": ["macro"]}),
]


class TestCrossTabs:
    """Of those who chose one, how many chose each other: by hand."""

    def test_each_row_is_what_its_voters_chose_beside_it(self):
        rows = {(row.feature_id, row.option_id): row for row in insight.cross_tabs(LENS_AND_COLOUR, CAST)}
        red, wide, macro = rows["colour", "red"], rows["lens", "wide"], rows["lens", "macro"]
        assert (red.ballots, red.also) == (2, {"colour": {"blue": 0}, "lens": {"wide": 2, "tele": 1, "macro": 0}})
        assert (wide.ballots, wide.also) == (2, {"colour": {"red": 2, "blue": 0}, "lens": {"tele": 1, "macro": 0}})
        assert (macro.ballots, macro.also["colour"]) == (1, {"red": 0, "blue": 0})

    def test_what_nobody_chose_has_no_row(self):
        cast = [ballot(1, {"colour": ["red"]})]
        assert [row.option_id for row in insight.cross_tabs(LENS_AND_COLOUR, cast)] == ["red"]

    def test_they_agree_both_ways(self):
        rows = {(r.feature_id, r.option_id): r for r in insight.cross_tabs(FEATURES, honest(60, 1))}
        for (feature_id, option_id), row in rows.items():
            for (other_feature, other_option), other in rows.items():
                if (feature_id, option_id) != (other_feature, other_option):
                    assert row.also[other_feature][other_option] == other.also[feature_id][option_id]

    def test_where_there_are_too_many_options_to_look_at_there_are_none(self):
        many = examples.feature("approval", [f"o{n}" for n in range(insight.MOST_OPTIONS + 1)])
        assert insight.cross_tabs([many], [ballot(1, {"f": ["o1"]})]) == ()

    @pytest.mark.parametrize(
        ("feature", "vote", "chosen"),
        [
            ("plurality", ["a"], {"a"}),
            ("approval", ["x", "z"], {"x", "z"}),
            ("score", {"x": 3, "y": 4, "z": 5}, {"y", "z"}),
            ("ranked", [["a", "b"], ["c"]], {"a", "b"}),
            ("best_worst", [{"shown": [*"abcd"], "best": "c", "worst": "a"}], {"c"}),
        ],
    )
    def test_a_vote_stands_for_what_it_likes_best(self, feature: str, vote: Any, chosen: set[str]):
        assert insight.chosen(next(f for f in FEATURES if f.feature_id == feature), vote) == chosen


class TestAlike:
    """Ballots that say the same on every feature, more than chance would have."""

    @pytest.mark.parametrize("seed", range(5))
    def test_an_honest_crowd_shows_none(self, seed: int):
        assert insight.alike(FEATURES, honest(400, seed)) == ()

    @pytest.mark.parametrize("seed", range(5))
    def test_a_planted_one_is_found_with_its_size_and_its_time(self, seed: int):
        [found] = insight.alike(FEATURES, [*honest(400, seed), *stuffed(30)])
        assert found.ballots == 30
        assert found.expected < 10
        assert found.votes["ranked"] == (("d",), ("c",), ("a",))
        assert (found.first_cast_at, found.last_cast_at) == (START + 7_000 * MINUTE, START + 7_029 * MINUTE)

    def test_few_are_no_signal(self):
        assert insight.alike(FEATURES, [*honest(400, 1), *stuffed(insight.FEWEST - 1)]) == ()

    def test_many_who_say_what_is_popular_are_what_chance_would_have(self):
        """Of one question with two answers, half say the same: nothing to look at."""
        cast = [ballot(n, {"colour": [("red", "blue")[n % 2]]}) for n in range(200)]
        assert insight.alike(LENS_AND_COLOUR, cast) == ()

    def test_nobody_votes_and_nothing_is_found(self):
        assert (insight.alike(FEATURES, []), insight.sign_up_bursts([])) == ((), ())


class TestBursts:
    """Ten minutes in which many of the voters' accounts were made."""

    @pytest.mark.parametrize("seed", range(5))
    def test_an_honest_crowd_shows_none(self, seed: int):
        assert insight.sign_up_bursts(honest(400, seed)) == ()

    def test_a_planted_one_is_found_at_its_time(self):
        [found] = insight.sign_up_bursts([*honest(400, 1), *stuffed(30)])
        assert found.voters >= 30
        assert found.usual == 1
        made = START - timedelta(days=400) + 250_000 * MINUTE
        assert timedelta() <= made - found.since < 10 * MINUTE

    def test_a_busy_day_on_which_all_signed_up_is_usual(self):
        cast = [ballot(n, {"colour": ["red"]}, registered=n // 20) for n in range(2_000)]
        assert insight.sign_up_bursts(cast) == ()

    def test_accounts_of_unknown_age_are_left_out(self):
        assert insight.sign_up_bursts([ballot(n, {"colour": ["red"]}) for n in range(50)]) == ()


@pytest.fixture
def voted(quick: QuickWorld) -> str:
    """Six votes within two hours."""
    campaign_id = quick.voting()
    for number, colour in enumerate(["red", "red", "blue", "red", "blue", "red"]):
        assert quick.vote(f"fan-{number}", campaign_id, colour=[colour], lens=["wide"]).status == 200
        quick.clock.forward(minutes=15)
    assert quick.vote("fan-0", campaign_id, colour=["blue"]).status == 200
    quick.settle_down()
    return campaign_id


def test_the_organiser_sees_tally_turnout_and_cross_tabs(quick: QuickWorld, voted: str):
    found = quick.organiser().get(f"/v1/campaigns/{voted}/insight").json
    assert (found["sampled"], found["tally"]["ballots"]) == (6, 6)
    assert [(one["hour"], one["ballots"]) for one in found["turnout"]] == [
        ("2026-11-21T12:00:00.000Z", 4),
        ("2026-11-21T13:00:00.000Z", 2),
    ]
    blue = next(row for row in found["cross_tabs"] if row["option_id"] == "blue")
    assert (blue["ballots"], blue["also"]["lens"]["wide"]) == (3, 2)
    assert "voter_id" not in str(found)


@pytest.mark.parametrize("who", ["other organiser", "fan", "anybody"])
def test_nobody_else_sees_it(quick: QuickWorld, voted: str, who: str):
    ask: dict[str, Callable[[], Any]] = {
        "other organiser": lambda: quick.organiser("oscar"),
        "fan": lambda: quick.fan("fan-0"),
        "anybody": lambda: quick.anybody,
    }
    reply = ask[who]().get(f"/v1/campaigns/{voted}/insight")
    assert reply.status == (404 if who == "other organiser" else 403)
    assert "tally" not in reply.text


def test_a_sample_is_enough_of_a_large_vote(quick: QuickWorld, voted: str, monkeypatch: pytest.MonkeyPatch):
    """What it costs does not grow with the campaign."""
    monkeypatch.setattr(insight, "SAMPLE", 2)
    found = quick.organiser().get(f"/v1/campaigns/{voted}/insight").json
    assert 2 <= found["sampled"] < 6
    assert found["tally"]["ballots"] == 6


def test_an_end_of_turnout_is_kept_by_the_hour_of_first_ballots(quick: QuickWorld, voted: str):
    """A changed mind is no second turnout."""
    parts = [item["turnout"] for item in quick.items("tally")]
    assert sum(sum(part.values()) for part in parts) == 6
    assert keys.tally_shards(voted) in {item["pk"] for item in quick.items("tally")}
    assert instants.text(START)[:13] in parts[0]
