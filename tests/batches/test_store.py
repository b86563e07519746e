"""Batches in the table: each write once as it should be, and once for each condition that refuses it."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.batches import store
from chalicelib.batches.model import Batch
from chalicelib.batches.rules import Step
from chalicelib.kernel import instants, keys
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing.typed_json import pack
from tests import examples
from tests.examples import CAMPAIGN_ID, CLOSES
from tests.hands import START
from tests.stored import Stored

CAMPAIGN = examples.campaign()
KEY = keys.batch(CAMPAIGN_ID, 1)
DECIDED = ["locked", "collecting", "ordered", "shipped", "completed", "short", "cancelled"]


def store_batch(stored: Stored, **figures: Any) -> Batch:
    """A stored batch with these figures."""
    stored.commit(store.opening(CAMPAIGN, 1, CAMPAIGN.batches[0]))
    if figures:
        names = {f"#{name}": name for name in figures}
        values = {f":{name}": value for name, value in pack(figures).items()}
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
    ten = examples.campaign(batches=CAMPAIGN.batches[:1] * 10)
    for number in (10, 2, 1):
        stored.commit(store.opening(ten, number, ten.batches[0]))
    assert [batch.number for batch in store.list_all(stored.table, CAMPAIGN_ID)] == [1, 2, 10]


class TestCounters:
    """Sums over the pages, with the version that they are of."""

    def test_they_are_brought_up_to_date(self, stored: Stored):
        batch = store_batch(stored)
        stored.commit(store.counting(batch, {"held_units": 7, "counted": 3}))
        found = store.get(stored.table, CAMPAIGN_ID, 1)
        assert (found.held_units, found.counted) == (7, 3)

    def test_not_when_somebody_else_has_counted_meanwhile(self, stored: Stored):
        batch = store_batch(stored)
        stored.commit(store.counting(batch, {"held_units": 7, "counted": 3}))
        stored.assert_refused(Busy, store.counting(batch, {"held_units": 6, "counted": 2}))

    def test_a_new_book_stands_behind_the_others(self, stored: Stored):
        batch = store_batch(stored)
        stored.commit(store.advancing(batch, Step("reissuing", START), **store.new_book(batch, 3)))
        found = store.get(stored.table, CAMPAIGN_ID, 1)
        assert (found.state, found.reissued_units) == ("open", 3)
        assert [(book.number, book.units) for book in found.shelf()] == [(1, 20), (2, 3)]


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

    @pytest.mark.parametrize("counted", [4, 6])
    def test_a_step_decided_on_other_figures_is_refused(self, stored: Stored, counted):
        """B5: the step is a function of the committed figures, all of which are of one version."""
        store_batch(stored, state="confirmed", counted=5)
        read = examples.batch(state="confirmed", counted=counted)
        stored.assert_refused(Busy, store.advancing(read, Step("locked", START)))

    def test_a_step_decided_before_the_sealing_is_refused_after_it(self, stored: Stored):
        """What was decided while people came and went is decided anew."""
        batch = store_batch(stored, state="confirmed")
        stored.commit(store.advancing(batch, Step("sealing", START), sealing_at=instants.text(START)))
        stored.assert_refused(Busy, store.advancing(batch, Step("open", START)))
        stored.assert_refused(Busy, store.advancing(batch, Step("sealing", CLOSES), sealing_at=instants.text(CLOSES)))

    def test_a_step_decided_on_another_sealing_is_refused(self, stored: Stored):
        """Between the two the batch was open again."""
        store_batch(stored, sealing_at=instants.text(CLOSES))
        read = examples.batch(sealing_at=START)
        stored.assert_refused(Busy, store.advancing(read, Step("cutting", START), sealed=True))

    @pytest.mark.parametrize(
        "since",
        [
            {"prolonged_at": instants.text(CLOSES)},
            {"top_up_until": instants.text(CLOSES), "missing_units": 1},
            {"dropping": True},
        ],
        ids=lambda since: next(iter(since)),
    )
    @pytest.mark.parametrize("step", ["prolonging", "dropping", "awaiting", "short"])
    def test_what_a_locked_batch_waits_for_is_not_begun_or_ended_by_who_came_late(self, stored: Stored, since, step):
        store_batch(stored, state="collecting", **since)
        read = examples.batch(state="collecting")
        stored.assert_refused(Busy, store.advancing(read, Step(step, START)))
        stored.commit(store.advancing(examples.batch(state="collecting", **since), Step(step, START)))

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
