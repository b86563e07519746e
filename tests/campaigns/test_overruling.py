"""Overruling a result: in public, with a reason, once it is certified and before anything is sold."""

from typing import Any

import pytest

from chalicelib.campaigns import rules
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import NewOverruling
from chalicelib.campaigns.rules import CampaignNotSettled, OverrulingInvalid
from tests import examples
from tests.hands import START
from tests.people import Reply
from tests.races.quick_world import QuickWorld
from tests.races.racing import CutIn
from tests.stored import Stored

REASON = "The red dye is sold out."
SETTLED = examples.campaign(state="settled")


def new(*kept: str) -> NewOverruling:
    return NewOverruling(kept=kept, reason=REASON)


class TestRule:
    """What may be overruled."""

    def overruled(self, feature_id: str = "colour", *kept: str, **changes: Any) -> Any:
        campaign = examples.campaign(**{"state": "settled", **changes})
        return rules.overruled(campaign, feature_id, new(*kept or ("blue",)), START)

    def test_what_was_selectable_and_what_is_instead_are_told(self):
        found = self.overruled("lens", "macro", "tele")
        assert (found.feature_id, found.was, found.kept) == ("lens", ("wide", "tele"), ("macro", "tele"))
        assert (found.reason, found.overruled_at) == (REASON, START)

    @pytest.mark.parametrize("state", ["draft", "voting", "preselling", "closed", "cancelled"])
    def test_a_result_stands_before_and_after(self, state: str):
        with pytest.raises(CampaignNotSettled):
            self.overruled(state=state)

    @pytest.mark.parametrize(
        ("feature_id", "kept"),
        [("size", ["s"]), ("colour", ["wide"]), ("colour", ["blue", "blue"]), ("colour", ["green"]), ("", ["red"])],
    )
    def test_only_options_of_a_feature_that_there_is_can_be_kept_each_once(self, feature_id: str, kept: list[str]):
        with pytest.raises(OverrulingInvalid):
            self.overruled(feature_id, *kept)

    def test_it_cannot_go_on_for_ever(self):
        one = self.overruled()
        assert self.overruled(overrulings=(one,) * (rules.MOST_OVERRULINGS - 1))
        with pytest.raises(OverrulingInvalid):
            self.overruled(overrulings=(one,) * rules.MOST_OVERRULINGS)


class TestWrite:
    """Conditional on everything that the organiser has seen."""

    def overruling(self, campaign: Any = SETTLED, *kept: str) -> Any:
        return campaigns.overruling(campaign, rules.overruled(campaign, "colour", new(*kept or ("blue",)), START))

    def test_it_changes_one_feature_and_is_told_after_those_before(self, stored: Stored):
        stored.commit(campaigns.creating(SETTLED))
        stored.commit(self.overruling())
        once = campaigns.get(stored.table, SETTLED.campaign_id)
        stored.commit(self.overruling(once, "red", "blue"))
        found = campaigns.get(stored.table, SETTLED.campaign_id)
        assert found.selectable == {"colour": ("red", "blue"), "lens": ("wide", "tele")}
        assert [(one.was, one.kept) for one in found.overrulings] == [
            (("red",), ("blue",)),
            (("blue",), ("red", "blue")),
        ]

    def test_of_two_who_have_seen_the_same_the_second_is_refused(self, stored: Stored):
        stored.commit(campaigns.creating(SETTLED))
        stored.commit(self.overruling())
        stored.assert_refused(CampaignNotSettled, self.overruling())

    @pytest.mark.parametrize("state", ["draft", "voting", "preselling", "closed", "cancelled"])
    def test_a_campaign_that_has_moved_on_is_not_changed(self, stored: Stored, state: str):
        stored.commit(campaigns.creating(examples.campaign(state=state)))
        stored.assert_refused(CampaignNotSettled, self.overruling())

    def test_no_campaign_is_made_of_it(self, stored: Stored):
        stored.assert_refused(CampaignNotSettled, self.overruling())


def settled(world: QuickWorld) -> str:
    campaign_id = world.voting()
    assert world.vote("ada", campaign_id, colour=["red"], lens=["wide", "tele"]).status == 200
    world.settle_down()
    world.clock.forward(seconds=1)
    world.settle(campaign_id)
    return campaign_id


def overrule(world: QuickWorld, campaign_id: str, *kept: str, who: str = "olga", **body: Any) -> Reply:
    path = f"/v1/campaigns/{campaign_id}/features/colour/overrule"
    return world.organiser(who).post(path, {"kept": [*kept], "reason": REASON, **body})


def test_everybody_sees_what_was_overruled_and_the_result_stays_as_it_was(quick: QuickWorld):
    campaign_id = settled(quick)
    before = quick.anybody.get(f"/v1/campaigns/{campaign_id}/result").text
    assert overrule(quick, campaign_id, "blue").status == 200
    shown = quick.anybody.get(f"/v1/campaigns/{campaign_id}").json
    assert shown["selectable"]["colour"] == ["blue"]
    [ruling] = shown["overrulings"]
    assert (ruling["feature_id"], ruling["was"], ruling["kept"]) == ("colour", ["red"], ["blue"])
    assert ruling["reason"] == REASON
    assert quick.anybody.get(f"/v1/campaigns/{campaign_id}/result").text == before


def test_what_is_sold_is_what_was_kept_instead_and_the_ruling_stays_for_good(quick: QuickWorld):
    campaign_id = settled(quick)
    overrule(quick, campaign_id, "blue")
    assert quick.organiser().post(f"/v1/campaigns/{campaign_id}/open-presale").status == 200
    placed = quick.place("ada", campaign_id)
    assert placed.json["lines"][0]["variant"]["colour"] == "blue"
    assert overrule(quick, campaign_id, "red").code == "campaign_not_settled"
    assert len(quick.anybody.get(f"/v1/campaigns/{campaign_id}").json["overrulings"]) == 1


def test_nobody_overrules_anothers_campaign(quick: QuickWorld):
    campaign_id = settled(quick)
    assert overrule(quick, campaign_id, "blue", who="oscar").code == "campaign_missing"
    assert quick.anybody.get(f"/v1/campaigns/{campaign_id}").json["overrulings"] == []


@pytest.mark.parametrize("reason", ["", "too short", "  short   ", "x" * 1001])
def test_a_reason_is_given_in_words(quick: QuickWorld, reason: str):
    assert overrule(quick, settled(quick), "blue", reason=reason).code == "body_invalid"


@pytest.mark.parametrize("at", [1, 2])
def test_two_at_once_are_one_after_the_other_or_one_is_told(quick: QuickWorld, at: int):
    campaign_id = settled(quick)
    codes: list[str] = []
    quick.engine.hook = CutIn(at, lambda: codes.append(overrule(quick, campaign_id, "blue").code))
    codes.append(overrule(quick, campaign_id, "red", "blue").code)
    quick.engine.hook = None
    told = quick.anybody.get(f"/v1/campaigns/{campaign_id}").json["overrulings"]
    # The other cuts in before the first has read (both go through), or between its reading and its writing.
    assert codes == (["ok", "ok"] if at == 1 else ["ok", "campaign_not_settled"])
    assert len(told) == codes.count("ok")


def test_the_presale_that_opens_meanwhile_sells_what_was_certified(quick: QuickWorld):
    campaign_id = settled(quick)
    opened: list[int] = []
    path = f"/v1/campaigns/{campaign_id}/open-presale"
    quick.engine.hook = CutIn(2, lambda: opened.append(quick.organiser().post(path).status))
    reply = overrule(quick, campaign_id, "blue")
    quick.engine.hook = None
    assert (opened, reply.code) == ([200], "campaign_not_settled")
    assert quick.anybody.get(f"/v1/campaigns/{campaign_id}").json["selectable"]["colour"] == ["red"]
