"""Batches and claims in the table: each write once as it should be, and once for each condition that refuses it."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.batches import store
from chalicelib.batches.model import FILLING, Batch
from chalicelib.batches.rules import BatchFull, BatchLocked, Step
from chalicelib.kernel import instants, keys
from chalicelib.kernel.refusals import Busy
from tests import examples
from tests.examples import CAMPAIGN_ID, CLOSES, PREORDER_ID
from tests.hands import START
from tests.stored import Stored

CAMPAIGN = examples.campaign()
KEY = keys.batch(CAMPAIGN_ID, 1)
CLAIM_KEY = keys.claim(CAMPAIGN_ID, 1, fan_id="sub-ada", preorder_id=PREORDER_ID)
DECIDED = ["locked", "collecting", "ordered", "shipped", "completed", "short", "cancelled"]


def store_batch(stored: Stored, **figures: Any) -> Batch:
    """A stored batch with these figures."""
    stored.commit(store.opening(CAMPAIGN, 1, CAMPAIGN.batches[0]))
    if figures:
        names = {f"#{name}": name for name in figures}
        values = {f":{name}": {"S" if isinstance(one, str) else "N": str(one)} for name, one in figures.items()}
        stored.client.update_item(
            TableName=stored.table.name,
            Key={"pk": {"S": KEY.pk}, "sk": {"S": KEY.sk}},
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in figures),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
        )
    return store.get(stored.table, CAMPAIGN_ID, 1)


def test_a_batch_is_opened_as_it_was_planned(stored: Stored):
    assert store_batch(stored) == examples.batch()


def test_a_batch_is_opened_once(stored: Stored):
    store_batch(stored, held_units=7)
    stored.assert_refused(store.BatchExists, store.opening(CAMPAIGN, 1, CAMPAIGN.batches[1]))


def test_batches_are_listed_in_the_order_in_which_they_fill(stored: Stored):
    assert store.list_all(stored.table, CAMPAIGN_ID) == []
    for number in (10, 2, 1):
        stored.commit(store.opening(CAMPAIGN, number, CAMPAIGN.batches[0]))
    assert [batch.number for batch in store.list_all(stored.table, CAMPAIGN_ID)] == [1, 2, 10]


class TestHolding:
    """Taking room."""

    @pytest.mark.parametrize("state", FILLING)
    def test_the_last_room_can_be_taken(self, stored: Stored, state):
        batch = store_batch(stored, state=state, held_units=17)
        stored.commit(store.holding(batch, 3, START))
        assert store.get(stored.table, CAMPAIGN_ID, 1).held_units == 20

    def test_one_unit_more_is_refused(self, stored: Stored):
        """S1."""
        batch = store_batch(stored, held_units=17)
        stored.assert_refused(BatchFull, store.holding(batch, 4, START))

    def test_room_that_has_gone_since_the_batch_was_read_is_refused(self, stored: Stored):
        """S1: judged by what is stored, not by what was read."""
        batch = store_batch(stored)
        stored.commit(store.holding(batch, 15, START))
        stored.assert_refused(BatchFull, store.holding(batch, 6, START))

    @pytest.mark.parametrize("state", DECIDED)
    def test_a_batch_that_is_decided_takes_nobody(self, stored: Stored, state):
        """B3."""
        batch = store_batch(stored)
        stored.client.delete_item(TableName=stored.table.name, Key={"pk": {"S": KEY.pk}, "sk": {"S": KEY.sk}})
        store_batch(stored, state=state)
        stored.assert_refused(BatchFull, store.holding(batch, 1, START))

    def test_room_is_given_until_the_closing_time_and_not_at_it(self, stored: Stored):
        batch = store_batch(stored)
        stored.assert_refused(BatchFull, store.holding(batch, 1, CLOSES))
        stored.commit(store.holding(batch, 1, CLOSES - timedelta(milliseconds=1)))

    def test_a_batch_that_is_not_there_has_no_room(self, stored: Stored):
        stored.assert_refused(BatchFull, store.holding(examples.batch(), 1, START))


class TestClaims:
    """The manifest."""

    def test_a_claim_is_read_back_as_it_was_written(self, stored: Stored):
        stored.commit(store.claiming(examples.claim()))
        assert list(store.claims(stored.table, CAMPAIGN_ID, 1)) == [examples.claim()]

    def test_a_claim_is_written_once(self, stored: Stored):
        stored.commit(store.claiming(examples.claim()))
        stored.assert_refused(Busy, store.claiming(examples.claim(units=4)))

    def test_all_claims_of_all_pages_are_read_once(self, stored: Stored, monkeypatch: pytest.MonkeyPatch):
        """B3: none is lost or doubled, on whichever page it lies."""
        monkeypatch.setattr(store, "CLAIMS_PER_PAGE", 2)
        names = [f"01900000-0000-7000-8000-{number:012x}" for number in range(50)]
        for number, name in enumerate(names):
            stored.commit(store.claiming(examples.claim(preorder_id=name, fan_id=f"fan-{number}")))
        stored.commit(store.claiming(examples.claim(batch_number=2)))
        assert sorted(claim.preorder_id for claim in store.claims(stored.table, CAMPAIGN_ID, 1)) == names

    def test_securing_makes_its_units_count(self, stored: Stored):
        store_batch(stored, held_units=3)
        stored.commit(store.claiming(examples.claim()))
        stored.commit(*store.securing(examples.claim()))
        assert stored.item(KEY)["secured_units"] == 3
        assert stored.item(CLAIM_KEY)["secured"] is True

    @pytest.mark.parametrize("state", DECIDED)
    def test_securing_after_the_lock_is_refused(self, stored: Stored, state):
        store_batch(stored, held_units=3, state=state)
        stored.commit(store.claiming(examples.claim()))
        stored.assert_refused(BatchLocked, *store.securing(examples.claim()))

    @pytest.mark.parametrize("claims", [[], [examples.claim(secured=True)]], ids=["struck", "secured before"])
    def test_a_claim_that_is_struck_or_secured_already_is_not_counted_again(self, stored: Stored, claims):
        """S2: counters stay the recount of rows."""
        store_batch(stored, held_units=3)
        for claim in claims:
            stored.commit(store.claiming(claim))
        stored.assert_refused(Busy, *store.securing(examples.claim()))

    @pytest.mark.parametrize(("secured", "left"), [(False, 7), (True, 4)])
    def test_releasing_gives_the_room_back_and_strikes_the_claim(self, stored: Stored, *, secured, left):
        store_batch(stored, held_units=10, secured_units=7)
        stored.commit(store.claiming(examples.claim(secured=secured)))
        stored.commit(*store.releasing(examples.claim(secured=secured), only_filling=True))
        assert (stored.item(KEY)["held_units"], stored.item(KEY)["secured_units"]) == (7, left)
        assert stored.item(CLAIM_KEY) is None

    @pytest.mark.parametrize("state", DECIDED)
    def test_a_withdrawal_after_the_lock_is_refused(self, stored: Stored, state):
        store_batch(stored, held_units=10, state=state)
        stored.commit(store.claiming(examples.claim()))
        stored.assert_refused(BatchLocked, *store.releasing(examples.claim(), only_filling=True))

    @pytest.mark.parametrize("state", ["locked", "short", "cancelled"])
    def test_a_lapse_gives_the_room_back_in_any_state(self, stored: Stored, state):
        store_batch(stored, held_units=10, state=state)
        stored.commit(store.claiming(examples.claim()))
        stored.commit(*store.releasing(examples.claim(), only_filling=False))
        assert stored.item(KEY)["held_units"] == 7

    @pytest.mark.parametrize("claims", [[], [examples.claim(secured=True)]], ids=["struck", "secured meanwhile"])
    def test_room_is_given_back_once_and_only_as_it_was_read(self, stored: Stored, claims):
        """S3."""
        store_batch(stored, held_units=10)
        for claim in claims:
            stored.commit(store.claiming(claim))
        stored.assert_refused(Busy, *store.releasing(examples.claim(), only_filling=False))


class TestSteps:
    """Moving a batch on, and what makes it due."""

    def due(self, stored: Stored, moment=CLOSES + timedelta(seconds=1)) -> list[tuple[str, int]]:
        return store.list_due(stored.table, instants.text(moment), limit=10)

    def test_a_step_is_taken_with_its_facts(self, stored: Stored):
        batch = store_batch(stored, secured_units=5)
        stored.commit(store.advancing(batch, Step("confirmed", START), confirmed_at=instants.text(START)))
        found = store.get(stored.table, CAMPAIGN_ID, 1)
        assert (found.state, found.confirmed_at) == ("confirmed", START)

    def test_a_step_that_somebody_else_has_taken_is_refused(self, stored: Stored):
        """B2: announced once."""
        batch = store_batch(stored, secured_units=5)
        stored.commit(store.advancing(batch, Step("confirmed", START)))
        stored.assert_refused(Busy, store.advancing(batch, Step("confirmed", START)))

    @pytest.mark.parametrize("secured_units", [4, 6])
    def test_a_step_decided_on_other_figures_is_refused(self, stored: Stored, secured_units):
        """B5: the step is a function of the committed figures."""
        store_batch(stored, state="confirmed", secured_units=5)
        read = examples.batch(state="confirmed", secured_units=secured_units)
        stored.assert_refused(Busy, store.advancing(read, Step("locked", START)))

    def test_a_filling_batch_is_due_from_its_closing_time_on(self, stored: Stored):
        batch = store_batch(stored)
        assert self.due(stored, CLOSES - timedelta(milliseconds=1)) == []
        assert self.due(stored) == [(CAMPAIGN_ID, 1)]
        stored.commit(store.advancing(batch, Step("confirmed", START)))
        assert self.due(stored) == [(CAMPAIGN_ID, 1)]

    @pytest.mark.parametrize("end", ["locked", "short", "cancelled"])
    def test_a_batch_that_is_decided_is_due_no_more(self, stored: Stored, end):
        stored.commit(store.advancing(store_batch(stored), Step(end, START)))
        assert self.due(stored) == []

    def test_an_earlier_end_makes_a_batch_due_earlier(self, stored: Stored):
        batch = store_batch(stored)
        stored.commit(store.bringing_forward(batch, START))
        assert self.due(stored, START + timedelta(seconds=1)) == [(CAMPAIGN_ID, 1)]

    @pytest.mark.parametrize("state", DECIDED)
    def test_a_decided_batch_is_not_made_due_again(self, stored: Stored, state):
        batch = store_batch(stored, state=state)
        stored.assert_refused(Busy, store.bringing_forward(batch, START))
