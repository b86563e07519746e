"""Campaigns in the table: each move from each state, and what lists show."""

from datetime import timedelta
from typing import get_args

import pytest

from chalicelib.campaigns import store
from chalicelib.campaigns.model import State
from chalicelib.campaigns.rules import (
    CampaignEnded,
    CampaignMissing,
    CampaignNotDraft,
    CampaignNotPreselling,
    CampaignNotSettled,
    VotingClosed,
)
from chalicelib.kernel import instants, keys
from chalicelib.plumbing.memory import Memory
from tests import examples
from tests.examples import CAMPAIGN_ID
from tests.hands import START
from tests.stored import Stored

NOW = instants.text(START)
KEY = keys.campaign(CAMPAIGN_ID)
STATES = get_args(State)

# Each move: the write, the states that it starts from, where it ends, its refusal.
MOVES = {
    "open voting": (
        store.opening_voting(examples.campaign(state="draft"), NOW, refusal=CampaignNotDraft),
        {"draft"},
        "voting",
        CampaignNotDraft,
    ),
    "end voting": (store.closing_voting(CAMPAIGN_ID, NOW), {"voting"}, "voting", VotingClosed),
    "settle": (store.settling(CAMPAIGN_ID, {"lens": ("wide",)}), {"voting"}, "settled", VotingClosed),
    "open the pre-sale": (
        store.moving(CAMPAIGN_ID, ("settled",), "preselling", refusal=CampaignNotSettled),
        {"settled"},
        "preselling",
        CampaignNotSettled,
    ),
    "close": (store.closing(CAMPAIGN_ID, NOW), {"preselling"}, "closed", CampaignNotPreselling),
    "cancel": (
        store.cancelling(CAMPAIGN_ID),
        {"draft", "voting", "settled", "preselling"},
        "cancelled",
        CampaignEnded,
    ),
}


@pytest.mark.parametrize(("write", "starts", "end", "refusal"), MOVES.values(), ids=MOVES)
def test_a_move_works_from_its_own_states_and_is_refused_from_all_others(stored: Stored, write, starts, end, refusal):
    for number, state in enumerate(STATES):
        campaign = examples.campaign(state=state, campaign_id=CAMPAIGN_ID)
        stored.client.delete_item(TableName=stored.table.name, Key={"pk": {"S": KEY.pk}, "sk": {"S": KEY.sk}})
        stored.commit(store.creating(campaign))
        if state in starts:
            stored.commit(write)
            assert stored.item(KEY)["state"] == end, number
        else:
            stored.assert_refused(refusal, write)


@pytest.mark.parametrize(("write", "starts", "end", "refusal"), MOVES.values(), ids=MOVES)
def test_no_move_makes_a_campaign_out_of_nothing(stored: Stored, write, starts, end, refusal):
    stored.assert_refused(refusal, write)


def test_a_campaign_is_read_back_as_it_was_written(stored: Stored):
    campaign = examples.campaign(voting_closes_at=START)
    stored.commit(store.creating(campaign))
    assert store.get(stored.table, CAMPAIGN_ID) == campaign


def test_what_nobody_may_see_is_stored_and_read_back(stored: Stored):
    """The secret of the voter ids, and where the ballots lie: without either no ballot is found again."""
    campaign = examples.campaign(ballot_salt="only stored", ballot_buckets=128)
    stored.commit(store.creating(campaign))
    found = store.get(stored.table, CAMPAIGN_ID)
    assert (found.ballot_salt, found.ballot_buckets, found.organiser_id) == ("only stored", 128, "sub-olga")
    assert not {"ballot_salt", "ballot_buckets", "organiser_id"} & found.model_dump().keys()


def test_opening_tells_when_it_was_since_ages_of_accounts_count_from_there(stored: Stored):
    campaign = examples.campaign(state="draft")
    stored.commit(store.creating(campaign))
    stored.commit(store.opening_voting(campaign, NOW, refusal=CampaignNotDraft))
    assert store.get(stored.table, CAMPAIGN_ID).voting_opened_at == START


def test_features_are_asked_for_once(stored: Stored):
    """They never change once voting is open; the fold asks with every batch."""
    stored.commit(store.creating(examples.voting()))
    memory = Memory(stored.clock)
    first = store.features(stored.table, memory, CAMPAIGN_ID)
    stored.client.delete_item(TableName=stored.table.name, Key={"pk": {"S": KEY.pk}, "sk": {"S": KEY.sk}})
    assert store.features(stored.table, memory, CAMPAIGN_ID) == first == examples.voting().features


def test_an_id_is_used_once(stored: Stored):
    stored.commit(store.creating(examples.campaign()))
    stored.assert_refused(store.CampaignExists, store.creating(examples.campaign(title="Another")))


def test_voting_ends_once(stored: Stored):
    """V4: the moment from which no ballot counts never moves."""
    stored.commit(store.creating(examples.voting()))
    stored.commit(store.closing_voting(CAMPAIGN_ID, NOW))
    stored.assert_refused(VotingClosed, store.closing_voting(CAMPAIGN_ID, instants.text(START + timedelta(hours=1))))
    assert store.get(stored.table, CAMPAIGN_ID).voting_closed_at == START


def test_settling_keeps_what_stays_selectable(stored: Stored):
    stored.commit(store.creating(examples.voting()))
    stored.commit(store.settling(CAMPAIGN_ID, {"colour": ("red",), "lens": ("wide", "tele")}))
    assert store.get(stored.table, CAMPAIGN_ID).selectable == {"colour": ("red",), "lens": ("wide", "tele")}


def test_closing_writes_the_moment_that_batches_take_for_their_end(stored: Stored):
    stored.commit(store.creating(examples.campaign()))
    stored.commit(store.closing(CAMPAIGN_ID, NOW))
    assert store.get(stored.table, CAMPAIGN_ID).closed_at == START


class TestDue:
    """Announced ends of voting."""

    @pytest.fixture
    def announced(self, stored: Stored) -> Stored:
        campaign = examples.campaign(state="draft", voting_closes_at=START + timedelta(hours=1))
        stored.commit(store.creating(campaign))
        stored.commit(store.opening_voting(campaign, NOW, refusal=CampaignNotDraft))
        return stored

    def due(self, stored: Stored, **later: float) -> list[str]:
        return store.list_due(stored.table, instants.text(START + timedelta(**later)), limit=10)

    def test_a_campaign_is_due_from_its_announced_end_on(self, announced: Stored):
        assert self.due(announced, minutes=59) == []
        assert self.due(announced, minutes=61) == [CAMPAIGN_ID]

    @pytest.mark.parametrize("write", [store.closing_voting(CAMPAIGN_ID, NOW), store.cancelling(CAMPAIGN_ID)])
    def test_one_that_was_ended_is_due_no_more(self, announced: Stored, write):
        announced.commit(write)
        assert self.due(announced, days=99) == []

    def test_one_without_an_announced_end_is_never_due(self, stored: Stored):
        campaign = examples.campaign(state="draft")
        stored.commit(store.creating(campaign))
        stored.commit(store.opening_voting(campaign, NOW, refusal=CampaignNotDraft))
        assert self.due(stored, days=99) == []


class TestLists:
    """The public list."""

    def create(self, stored: Stored, *numbers: int) -> list[str]:
        names = [f"01900000-0000-7000-8000-{number:012x}" for number in numbers]
        for name in names:
            campaign = examples.campaign(campaign_id=name, state="draft")
            stored.commit(store.creating(campaign))
            stored.commit(store.opening_voting(campaign, NOW, refusal=CampaignNotDraft))
        return names

    def test_pages_put_together_are_all_campaigns_newest_first(self, stored: Stored):
        names = self.create(stored, 1, 2, 3, 4, 5)
        found: list[str] = []
        cursor, more = None, True
        while more:
            page, cursor = store.list_public(stored.table, cursor=cursor, limit=2)
            found += [campaign.campaign_id for campaign in page]
            more = cursor is not None
        assert found == names[::-1]

    def test_a_draft_is_not_listed(self, stored: Stored):
        stored.commit(store.creating(examples.campaign(state="draft")))
        assert store.list_public(stored.table, cursor=None, limit=10) == ([], None)

    def test_a_cursor_of_a_campaign_that_never_was_goes_on_from_its_place(self, stored: Stored):
        names = self.create(stored, 1, 3)
        page, _ = store.list_public(stored.table, cursor="01900000-0000-7000-8000-000000000002", limit=10)
        assert [campaign.campaign_id for campaign in page] == names[:1]


@pytest.mark.parametrize("campaign_id", [CAMPAIGN_ID, "", "x", "C#1", CAMPAIGN_ID.upper(), "\ud800", "a" * 5000])
def test_what_is_not_there_is_missing_whatever_was_asked_for(stored: Stored, campaign_id: str):
    assert store.find(stored.table, campaign_id) is None
    with pytest.raises(CampaignMissing):
        store.get(stored.table, campaign_id)
