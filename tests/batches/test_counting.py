"""The counters of a batch: whatever becomes of the stream's records, they are never wrong, only behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.batches import counting, store
from chalicelib.batches.model import Batch
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing.table import Table
from chalicelib.room import store as room
from chalicelib.room.model import Counts, Sheet, Spot
from chalicelib.room.rules import PAGES_PER_GROUP
from tests import examples
from tests.examples import CAMPAIGN_ID
from tests.hands import CountedIds, HandClock
from tests.races.engine import Dynamo, Engine
from tests.stored import Stored

UNITS = 40 * PAGES_PER_GROUP
BIG = examples.campaign(batches=[{**examples.campaign().batches[0].model_dump(), "capacity": UNITS}])
# Pages of two groups and of a second book.
SPOTS = [Spot(1, 1, 0), Spot(1, 1, 1), Spot(1, 1, PAGES_PER_GROUP - 1), Spot(1, 1, PAGES_PER_GROUP), Spot(1, 2, 0)]


@contextmanager
def opened() -> Iterator[Any]:
    """A batch of many pages in a table in memory, for many examples in a row."""
    clock = HandClock()
    table = Table(Dynamo(Engine(clock.now)), "counting", clock, CountedIds())  # type: ignore[arg-type]
    table.commit(store.opening(BIG, 1, BIG.batches[0]))
    yield SimpleNamespace(table=table)


def figures(batch: Batch) -> tuple[int, int, int, int]:
    return batch.taken_units, batch.held_units, batch.secured_units, batch.back_units


@st.composite
def histories(draw: st.DrawFn) -> list[Sheet]:
    """The states of a few pages, each page's one after the other: units are taken, secured, given back."""
    found = []
    for spot in draw(st.lists(st.sampled_from(SPOTS), unique=True, min_size=1)):
        taken, secured, back = 0, 0, 0
        steps = draw(st.lists(st.sampled_from(["take", "secure", "return", "both"]), max_size=6))
        for version, step in enumerate(steps, start=1):
            if step == "secure" and secured < taken - back:
                secured += 1
            elif step == "return" and secured < taken - back:
                back += 1
            elif step == "both" and secured:
                secured, back = secured - 1, back + 1
            else:
                taken += 1
            found.append(Sheet(spot, Counts(version, taken, secured, back)))
    return found


def newest(sheets: list[Sheet]) -> Counts:
    last = {sheet.spot: sheet.counts for sheet in sorted(sheets, key=lambda sheet: sheet.counts.version)}
    return Counts(*map(sum, zip(*last.values(), strict=True))) if last else Counts()


@given(histories(), st.data())
def test_records_in_any_order_division_and_repetition_add_up_to_the_newest_pages(sheets: list[Sheet], data):
    """S2: every record comes at least once; how often, when and beside which others does not count."""
    repeated = data.draw(st.lists(st.sampled_from(sheets), max_size=8)) if sheets else []
    records = data.draw(st.permutations(sheets + repeated))
    with opened() as ports:
        while records:
            many = data.draw(st.integers(1, len(records)))
            counting.count(ports, CAMPAIGN_ID, 1, records[:many])
            records = records[many:]
        found, expected = store.get(ports.table, CAMPAIGN_ID, 1), newest(sheets)
    assert figures(found) == (expected.taken, expected.held, expected.secured, expected.back)
    assert found.counted == expected.version


@given(histories())
def test_on_the_way_the_counters_are_behind_and_never_ahead(sheets: list[Sheet]):
    """S1: what is given anew because of them has been given back indeed."""
    with opened() as ports:
        for place, sheet in enumerate(sheets, start=1):
            found, known = counting.count(ports, CAMPAIGN_ID, 1, [sheet]), newest(sheets[:place])
            assert figures(found) == (known.taken, known.held, known.secured, known.back)


def sheet(units: int, page: int = 0) -> Sheet:
    return examples.sheet(page, taken=units)


@pytest.fixture
def batch(stored: Stored) -> Stored:
    stored.commit(store.opening(BIG, 1, BIG.batches[0]))
    return stored


def test_what_is_counted_already_is_not_written_again(batch: Stored):
    ports: Any = SimpleNamespace(table=batch.table)
    counting.count(ports, CAMPAIGN_ID, 1, [sheet(2)])
    before = batch.everything()
    counting.count(ports, CAMPAIGN_ID, 1, [sheet(2), sheet(1)])
    assert batch.everything() == before


class Meanwhile(Dynamo):
    """Before each of the next updates somebody else counts a page (or none)."""

    def __init__(self, *others: Sheet | None) -> None:
        super().__init__(Engine(HandClock().now))
        self.ids, self.others = CountedIds(), list(others)

    def update_item(self, **request: Any) -> Any:
        other = self.others.pop(0) if self.others else None
        if other:
            ports = SimpleNamespace(table=table(Dynamo(self.engine), self.ids))
            counting.count(ports, CAMPAIGN_ID, 1, [other])  # type: ignore[arg-type]
        return super().update_item(**request)


def table(client: Dynamo, ids: CountedIds) -> Table:
    return Table(client, "counting", HandClock(), ids)  # type: ignore[arg-type]


def test_who_counts_at_the_same_time_loses_nothing():
    client = Meanwhile(*[sheet(1, page) for page in (1, 2, 3)])
    ports: Any = SimpleNamespace(table=table(client, client.ids))
    ports.table.commit(store.opening(BIG, 1, BIG.batches[0]))
    counting.count(ports, CAMPAIGN_ID, 1, [sheet(5)])
    assert store.get(ports.table, CAMPAIGN_ID, 1).held_units == 8


def test_an_older_sum_of_a_group_does_not_replace_a_newer_one():
    """Between the group and its batch somebody else counts the same page further."""
    client = Meanwhile(None, sheet(9))
    ports: Any = SimpleNamespace(table=table(client, client.ids))
    ports.table.commit(store.opening(BIG, 1, BIG.batches[0]))
    counting.count(ports, CAMPAIGN_ID, 1, [sheet(5)])
    assert store.get(ports.table, CAMPAIGN_ID, 1).held_units == 9


def test_who_is_always_too_late_is_told_so():
    """The records come again."""
    client = Meanwhile(*[sheet(1, page) for page in range(1, 50)])
    ports: Any = SimpleNamespace(table=table(client, client.ids))
    ports.table.commit(store.opening(BIG, 1, BIG.batches[0]))
    with pytest.raises(Busy):
        counting.count(ports, CAMPAIGN_ID, 1, [sheet(5)])


class TestRecount:
    """What lost records leave behind is brought up from the pages."""

    def test_a_lost_record_is_made_good(self, batch: Stored):
        ports: Any = SimpleNamespace(table=batch.table)
        book = store.get(batch.table, CAMPAIGN_ID, 1).shelf()[0]
        for page in (0, 70):
            claim = examples.claim(ref=f"{page:016x}_000", units=3)
            batch.commit(room.claiming(CAMPAIGN_ID, book, claim, page=page))
        before, after = counting.recount(ports, CAMPAIGN_ID, 1)
        assert (before.held_units, after.held_units) == (0, 6)
        assert after == store.get(batch.table, CAMPAIGN_ID, 1)

    def test_where_nothing_was_lost_nothing_changes(self, batch: Stored):
        ports: Any = SimpleNamespace(table=batch.table)
        counting.recount(ports, CAMPAIGN_ID, 1)
        before = batch.everything()
        assert len(set(map(figures, counting.recount(ports, CAMPAIGN_ID, 1)))) == 1
        assert batch.everything() == before


class TestSealing:
    """One cut through a batch."""

    @pytest.fixture
    def small(self, stored: Stored) -> Stored:
        """A batch of 20 units, of which 3 are taken."""
        campaign = examples.campaign()
        stored.commit(store.opening(campaign, 1, campaign.batches[0]))
        book = store.get(stored.table, CAMPAIGN_ID, 1).shelf()[0]
        stored.commit(room.claiming(CAMPAIGN_ID, book, examples.claim(), page=0))
        return stored

    def test_every_page_is_full_afterwards_and_the_counters_are_exact(self, small: Stored):
        ports: Any = SimpleNamespace(table=small.table)
        found = counting.seal(ports, store.get(small.table, CAMPAIGN_ID, 1))
        sheets = list(room.every_sheet(small.table, CAMPAIGN_ID, found.shelf()))
        assert all(one.sealed for one in sheets)
        assert figures(found) == (20, 3, 0, 17)

    def test_a_seal_that_broke_off_goes_on_with_what_is_left(self, small: Stored):
        ports: Any = SimpleNamespace(table=small.table)
        batch = store.get(small.table, CAMPAIGN_ID, 1)
        once = counting.seal(ports, batch)
        assert counting.seal(ports, batch) == once

    def test_a_claim_that_comes_while_a_page_is_sealed_is_in_the_cut(self, small: Stored):
        batch = store.get(small.table, CAMPAIGN_ID, 1)
        late = examples.claim(ref=f"{7:016x}_000", units=2)
        claiming = room.claiming(CAMPAIGN_ID, batch.shelf()[0], late, page=0)

        def first_claim(**_: Any) -> None:
            small.client.meta.events.unregister("before-call.dynamodb.UpdateItem", first_claim)
            small.commit(claiming)

        small.client.meta.events.register("before-call.dynamodb.UpdateItem", first_claim)
        ports: Any = SimpleNamespace(table=small.table)
        found = counting.seal(ports, batch)
        assert figures(found) == (20, 5, 0, 15)
