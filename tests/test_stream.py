"""Which rings of the stream are spared: only those that a later one in the same event makes good. Which states are
news. How an event's pages are counted, and whom a new claim wakes."""

from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from chalicelib.news import NEWS
from chalicelib.preorders import store as preorders
from chalicelib.stream import fold, ring, superseded
from tests.invariants.history import MOVES
from tests.races.conftest import quick
from tests.races.quick_world import QuickWorld

__all__ = ["quick"]


def change(sequence: int, *, kind: str = "batch", sk: str = "N#0001", old: str = "open", new: str = "open") -> Any:
    image = {"kind": {"S": kind}, "pk": {"S": "C#1#N"}, "sk": {"S": sk}}
    before, after = image | {"state": {"S": old}}, image | {"state": {"S": new}}
    return {"dynamodb": {"SequenceNumber": str(sequence), "OldImage": before, "NewImage": after}}


def test_only_the_last_change_of_a_batch_rings() -> None:
    assert superseded([change(1), change(2), change(3)]) == {"1", "2"}


def test_each_batch_rings_for_itself() -> None:
    assert superseded([change(1), change(2, sk="N#0002")]) == set()


def test_a_change_of_state_always_rings() -> None:
    """B2: its pre-orders follow it, whatever comes after."""
    assert superseded([change(1, old="confirmed", new="locked"), change(2, old="locked", new="locked")]) == set()


@pytest.mark.parametrize("name", ["late", "dropping", "rolling_over"])
def test_what_pre_orders_have_to_follow_always_rings(name: str) -> None:
    begins = change(1)
    begins["dynamodb"]["NewImage"][name] = {"BOOL": True}
    assert superseded([begins, change(2)]) == set()


def test_other_kinds_always_ring() -> None:
    assert superseded([change(1, kind="payment"), change(2, kind="payment")]) == set()


def test_a_deletion_is_passed_over() -> None:
    gone = change(1)
    del gone["dynamodb"]["NewImage"]
    assert superseded([gone, change(2)]) == set()


@pytest.mark.parametrize(("kind", "first"), [("campaign", "draft"), ("batch", "open")])
def test_every_state_that_is_ever_reached_is_news_but_the_first(kind: str, first: str) -> None:
    reached = {after for ends in MOVES[kind].values() for after in ends}
    assert NEWS[kind].keys() == reached - {first}


def test_every_answer_of_a_manufacturer_is_news() -> None:
    assert NEWS["order"].keys() == {"issued", *(after for ends in MOVES["order"].values() for after in ends)}


class TestPages:
    """What a changed page brings about."""

    @pytest.fixture
    def selling(self, quick: QuickWorld) -> tuple[QuickWorld, str]:
        """A pre-sale whose stream has been read to its end."""
        campaign_id = quick.presale()
        quick.settle_down()
        return quick, campaign_id

    def records(self, world: QuickWorld, since: int) -> list[dict[str, Any]]:
        return world.engine.stream[since:]

    def test_the_pages_of_one_event_are_counted_once_for_each_batch(self, selling: tuple[QuickWorld, str]) -> None:
        world, campaign_id = selling
        since = len(world.engine.stream)
        for name in ("ada", "bob", "cyd"):
            assert world.place(name, campaign_id, 2).status == 201
        told = self.records(world, since)
        before = len(world.engine.stream)
        assert fold(world.ports, told) == []
        written = [record["dynamodb"]["NewImage"]["kind"]["S"] for record in self.records(world, before)]
        assert written.count("batch") == 1
        assert world.batch(campaign_id)["held_units"] == 6
        assert fold(world.ports, told[::-1]) == []
        assert world.batch(campaign_id)["held_units"] == 6

    def test_from_the_first_page_that_could_not_be_counted_everything_comes_again(
        self, selling: tuple[QuickWorld, str]
    ) -> None:
        world, campaign_id = selling
        since = len(world.engine.stream)
        world.place("ada", campaign_id, 2)
        told = self.records(world, since)
        [page] = [one for one in told if one["dynamodb"]["NewImage"]["kind"]["S"] == "page"]
        del world.engine.items[f"C#{campaign_id}#N", "N#0001"]
        assert fold(world.ports, told) == [{"itemIdentifier": page["dynamodb"]["SequenceNumber"]}]

    def test_a_claim_is_asked_to_be_paid_for_once_however_often_it_is_told(
        self, selling: tuple[QuickWorld, str]
    ) -> None:
        """M3."""
        world, campaign_id = selling
        since = len(world.engine.stream)
        world.place("ada", campaign_id, 2)
        told = [one for one in self.records(world, since) if one["dynamodb"]["NewImage"]["kind"]["S"] == "page"]
        for record in told * 2:
            ring(world.ports, DynamoDBRecord(record))
        assert [payment["state"] for payment in world.items("payment")] == ["requested"]

    def test_a_claim_whose_promise_is_over_is_given_back(self, selling: tuple[QuickWorld, str]) -> None:
        """A request that was believed dead took room after all."""
        world, campaign_id = selling
        preorder_id = world.place("ada", campaign_id, 2).json["preorder_id"]
        promise = preorders.get(world.ports.table, "sub-ada", preorder_id)
        world.ports.table.commit(preorders.refusing(promise))
        world.settle_down()
        assert world.batch(campaign_id)["held_units"] == 0
        assert world.items("payment") == []
        assert world.fan("ada").get("/v1/preorders").json["items"] == []
