"""Waves: what makes them sound, how room is cut into them, and whom they let in."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.batches import rolling
from chalicelib.campaigns import rules, store, waves
from chalicelib.campaigns.admission import EVERYBODY, AccessCodeWrong, RegionNotServed, WaveDrawn, WaveNotOpen, admit
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.rules import CampaignInvalid
from chalicelib.campaigns.waves import Wave
from tests import examples
from tests.hands import START

CODE = "early-bird-7"
BEFORE = timedelta(milliseconds=-1)


def hour(number: float):
    return START + timedelta(hours=number)


def sent(opens: float = 1, closes: float = 2, units: int = 5, **more: Any) -> dict[str, Any]:
    return {"title": "A wave", "opens_at": hour(opens), "closes_at": hour(closes), "units": units, **more}


def announced(*those: dict[str, Any], capacity: int = 40):
    plans = [SimpleNamespace(capacity=capacity, closes_at=hour(1000))]
    return waves.announced([Wave.model_validate(one) for one in those], plans, salt="salt")


TWO = (sent(1, 2, access_code=CODE), sent(3, 4, regions=["DE", "FR"]))


class TestSoundness:
    @pytest.mark.parametrize(
        ("those", "sentence"),
        [
            ([sent(2, 2)], "must close in the future, and after it opens"),
            ([sent(-2, -1)], "must close in the future"),
            ([sent(2, 3), sent(1, 4)], "in the order in which they open and close"),
            ([sent(1, 4), sent(2, 3)], "in the order in which they open and close"),
            ([sent(units=30), sent(3, 4, units=11)], "more units than the batches"),
            ([sent(limit_per_fan=21)], "above the campaign's"),
            ([sent(regions=["DE", "FR", "DE"])], "names a country twice"),
            ([sent(24 * 30, 24 * 31)], "opens when the batch in which its units lie has closed"),
            ([sent(units=18), sent(units=4, draw=True)], "drawn lies in more than one batch"),
            ([sent(closes=24 * 29 + 1, draw=True)], "must close so early that its offers"),
        ],
    )
    def test_waves_that_contradict_themselves_are_refused(self, those, sentence):
        with pytest.raises(CampaignInvalid, match=sentence):
            rules.check(examples.new(waves=those), START)

    def test_a_wave_may_open_after_a_batch_in_which_it_has_no_units(self):
        rules.check(examples.new(waves=[sent(units=20), sent(24 * 30, 24 * 31, units=20)]), START)

    @pytest.mark.parametrize("those", [[], [sent()], list(TWO), [sent(units=20), sent(units=20)]])
    def test_sound_waves_are_taken(self, those):
        rules.check(examples.new(waves=those), START)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"access_code": "short"},
            {"access_code": "x" * 65},
            {"regions": ["de"]},
            {"regions": ["DEU"]},
            {"units": 0},
            {"title": ""},
            {"limit_per_fan": 0},
        ],
    )
    def test_each_field_has_its_bounds(self, wrong):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            examples.new(waves=[{**sent(), **wrong}])

    def test_a_draw_is_for_small_numbers_of_units(self):
        """Each number that somebody may get is a book of the batch."""
        rules.check(examples.new(waves=[sent(draw=True)]), START)
        with pytest.raises(CampaignInvalid, match="limit_per_fan of 20 units or fewer"):
            rules.check(examples.new(waves=[sent(draw=True)], limit_per_fan=21), START)

    def test_there_are_ten_at_most(self):
        with pytest.raises(ValueError, match="waves"):
            examples.new(waves=[sent(units=1)] * 11)


class TestShares:
    def test_waves_are_cut_from_the_batches_in_order(self):
        assert waves.shares([14, 6], [10, 10]) == [[(1, 10)], [(1, 4), (2, 6)]]
        assert waves.shares([3, 4, 13], [20]) == [[(1, 3), (2, 4), (3, 13)]]
        assert waves.shares([], [20]) == [[]]

    def test_what_no_wave_names_belongs_to_the_last_one(self):
        assert [wave.units for wave in announced(sent(units=3), sent(3, 4, units=4), capacity=20)] == [3, 17]
        assert [wave.units for wave in announced(sent(units=3), sent(3, 4, units=4, draw=True), capacity=20)] == [3, 4]

    @given(st.lists(st.integers(1, 30), min_size=1, max_size=10), st.lists(st.integers(1, 30), min_size=1, max_size=6))
    def test_no_unit_is_lost_or_made(self, units, capacities):
        capacities[-1] += max(0, sum(units) - sum(capacities))
        units[-1] += sum(capacities) - sum(units)
        cut = waves.shares(units, capacities)
        assert [sum(many for _, many in one) for one in cut] == capacities
        for number, many in enumerate(units, start=1):
            assert sum(found for one in cut for wave, found in one if wave == number) == many


class TestCodes:
    def test_only_the_exact_code_opens_a_wave(self):
        [coded, free] = announced(*TWO)
        assert waves.opens_to(coded, CODE)
        assert not any(waves.opens_to(coded, wrong) for wrong in (None, "", CODE.upper(), f"{CODE} ", coded.code))
        assert waves.opens_to(free, None)
        assert waves.opens_to(free, CODE)

    def test_a_code_is_neither_kept_nor_shown(self):
        told = [str(wave) + repr(wave) + wave.model_dump_json() for wave in announced(*TWO)]
        assert not any(CODE in one or "salt" in one for one in told)
        assert CODE not in repr(Wave.model_validate(TWO[0]))

    def test_two_waves_with_one_code_have_two_hashes(self):
        one, other = announced(sent(access_code=CODE), sent(access_code=CODE))
        assert one.code != other.code

    def test_what_is_stored_is_read_back_whole(self):
        campaign = examples.campaign(waves=announced(*TWO))
        assert Campaign.model_validate(store.item(campaign)) == campaign
        assert [wave.needs_code for wave in campaign.waves] == [True, False]

    def test_a_campaign_of_before_has_no_waves(self):
        stored = store.item(examples.campaign())
        del stored["waves"]
        assert Campaign.model_validate(stored).waves == ()


def admitted(*those: dict[str, Any], at: float = 1, **asked: Any):
    return admit(announced(*those), hour(at), **asked)


class TestAdmission:
    def test_a_wave_is_open_from_its_beginning_up_to_its_end(self):
        announcement = announced(sent(1, 2), sent(3, 4))
        moments = [hour(1) + BEFORE, hour(1), hour(2) + BEFORE, hour(2), hour(3), hour(4) + BEFORE, hour(4)]
        found = [set(admit(announcement, moment).waves) for moment in moments]
        assert found == [set(), {1}, {1}, set(), {2}, {2}, {None}]

    def test_without_waves_everything_is_for_everybody(self):
        assert admit((), START) == EVERYBODY

    def test_the_next_opening_is_told(self):
        refusal = admitted(*TWO, at=0).refusal
        assert isinstance(refusal, WaveNotOpen)
        assert "2026-11-21T13:00:00.000Z" in refusal.detail

    def test_who_has_no_wave_to_come_is_told_when_everybody_may(self):
        refusal = admitted(*TWO, at=2.5, country="US").refusal
        assert isinstance(refusal, WaveNotOpen)
        assert "everybody after 2026-11-21T16:00:00.000Z" in refusal.detail

    def test_a_wrong_code_is_told_from_a_wave_that_is_not_open(self):
        assert isinstance(admitted(*TWO).refusal, AccessCodeWrong)
        assert isinstance(admitted(*TWO, code="wrong!").refusal, AccessCodeWrong)
        assert admitted(*TWO, code=CODE).waves == {1}

    @pytest.mark.parametrize("country", [None, "US"])
    def test_a_country_that_is_not_served_is_told(self, country):
        assert isinstance(admitted(*TWO, at=3, country=country).refusal, RegionNotServed)
        assert admitted(*TWO, at=3, country="FR").waves == {2}

    def test_a_wrong_code_closes_no_door_that_is_open_anyway(self):
        found = admitted(sent(access_code=CODE), sent(), code="wrong!")
        assert (found.waves, found.refusal) == ({2}, None)

    def test_of_several_open_waves_the_smallest_limit_counts(self):
        those = (sent(limit_per_fan=3), sent(limit_per_fan=2, regions=["DE"]), sent())
        assert (admitted(*those).limit, admitted(*those, country="DE").limit) == (3, 2)

    def test_a_wave_that_is_drawn_sells_to_nobody_directly(self):
        assert isinstance(admitted(sent(draw=True)).refusal, WaveDrawn)

    def test_who_knows_the_code_of_a_wave_beside_is_told_of_that(self):
        those = (sent(draw=True), sent(access_code=CODE))
        assert isinstance(admitted(*those).refusal, WaveDrawn)
        assert isinstance(admitted(*those, code="wrong!").refusal, AccessCodeWrong)
        assert admitted(*those, code=CODE).waves == {2}

    def test_a_drawn_wave_of_other_countries_is_none(self):
        assert isinstance(admitted(sent(draw=True, regions=["DE"]), country="FR").refusal, WaveNotOpen)


class TestHeirs:
    def test_a_wave_that_is_drawn_gets_nothing_of_what_others_leave(self):
        announcement = announced(sent(1, 2), sent(2, 3, draw=True), sent(3, 4), sent(4, 5, draw=True))
        assert [waves.heir(announcement, hour(moment)) for moment in (0, 2, 3, 4)] == [1, 3, 3, None]

    def test_the_first_wave_that_is_not_over_gets_what_is_given_back(self):
        announcement = announced(sent(1, 2), sent(3, 4))
        moments = (0, 1, 2, 3.5, 4)
        assert [waves.heir(announcement, hour(moment)) for moment in moments] == [1, 1, 2, 2, None]
        assert [waves.ended(announcement, hour(moment)) for moment in moments] == [0, 0, 1, 1, 2]

    def test_each_end_is_due_once(self):
        announcement = announced(sent(1, 2), sent(3, 4))
        assert [waves.next_end(announcement, over) for over in (0, 1, 2)] == [hour(2), hour(4), None]


def test_a_book_that_was_opened_for_a_wave_at_its_last_moment_rolls_on_as_well():
    """By somebody whose clock was behind: the wave had rolled on already."""
    campaign = examples.campaign(waves=announced(sent(1, 2), sent(3, 4), capacity=20))
    rolled = {"rolled": 1, "groups": {"1.0": "1,5,5,0"}}
    books = [{"units": 5, "wave": 1}, {"units": 15, "wave": 2}]
    assert not rolling.is_due(examples.batch(**rolled, books=books), campaign, hour(2))
    late = examples.batch(**rolled, books=[*books, {"units": 3, "wave": 1}])
    assert rolling.is_due(late, campaign, hour(2))
    assert [book.number for book in rolling.left(late, campaign, hour(2))] == [3]
