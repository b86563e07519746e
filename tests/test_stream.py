"""Which rings of the stream are spared: only those that a later one in the same event makes good."""

from typing import Any

from chalicelib.stream import superseded


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
