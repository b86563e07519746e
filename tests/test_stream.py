"""Which rings of the stream are spared: only those that a later one in the same event makes good. Which states are
news."""

from typing import Any

import pytest

from chalicelib.news import NEWS
from chalicelib.stream import superseded
from tests.invariants.history import MOVES


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
