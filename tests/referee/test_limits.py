"""What DynamoDB takes of one item, one key, one transaction: up to the limit it fits, above it nothing is stored.

None of this is ever a refusal: a request that asks for it has passed a rule that should have stopped it.
"""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.kernel.keys import Key
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing.expressions import equals, exists
from chalicelib.plumbing.writes import Write, changing, putting
from tests.stored import Stored

HERE = Key("A#1", "META")
MOST_ITEM_BYTES, MOST_WRITES, MOST_DIGITS = 409_600, 100, 38


def put(key: Key, **attributes: Any) -> Write:
    return putting(key, {"kind": "example", **attributes}, refusal=Busy)


def many(count: int) -> list[Write]:
    return [put(Key("A#1", f"{number:04d}")) for number in range(count)]


def assert_invalid(stored: Stored, *writes: Write, because: str) -> None:
    """The engine finds the request itself wrong, and nothing has changed."""
    before = stored.everything()
    with pytest.raises(ClientError, match=because) as caught:
        stored.commit(*writes)
    assert caught.value.response["Error"]["Code"] in ("ValidationException", "TransactionCanceledException")
    assert stored.everything() == before


def test_an_item_may_have_400_kb_and_no_byte_more(stored: Stored) -> None:
    """Names count, and the mark of who wrote it."""
    rest = sum(len(word) for word in ("pk", "sk", "kind", "attempt", "text", *HERE, "example")) + 36
    stored.commit(put(HERE, text="x" * (MOST_ITEM_BYTES - rest)))
    over = put(Key("A#2", "META"), text="x" * (MOST_ITEM_BYTES - rest + 1))
    assert_invalid(stored, over, because="Item size")
    assert_invalid(stored, over, put(Key("A#3", "META")), because="Item size|ValidationError")


def test_a_change_may_not_grow_an_item_beyond_it(stored: Stored) -> None:
    stored.commit(put(HERE, text="x" * 300_000))
    assert_invalid(stored, changing(HERE, put={"more": "x" * 110_000}, provided=[exists()]), because="Item size")


def test_a_transaction_may_have_100_writes(stored: Stored) -> None:
    stored.commit(*many(MOST_WRITES))
    assert len(stored.everything()) == MOST_WRITES
    assert_invalid(stored, *many(MOST_WRITES + 1), because="100|length")


def test_a_transaction_touches_no_item_twice(stored: Stored) -> None:
    """Without conditions, since the referee judges those first, and the second after what the first has written."""
    twice = [putting(HERE, {"kind": kind}, provided=(), refusal=Busy) for kind in ("one", "other")]
    assert_invalid(stored, *twice, because="multiple operations")


@pytest.mark.parametrize("key", [Key("", "META"), Key("A#1", "")], ids=["partition", "sort"])
def test_no_part_of_a_key_is_empty(stored: Stored, key: Key) -> None:
    assert_invalid(stored, put(key), because="empty string")


def test_a_partition_key_may_have_2048_bytes_and_a_sort_key_1024(stored: Stored) -> None:
    """Bytes, not letters: ż has two."""
    longest = Key("ż" * 1024, "ż" * 512)
    stored.commit(put(longest))
    assert_invalid(stored, put(Key(longest.pk + "x", "META")), because="(?i)hash.*key|partition|2048")
    assert_invalid(stored, put(Key("A#1", longest.sk + "x")), because="(?i)range.*key|sort|1024")


@pytest.mark.parametrize("value", ["", 7, None, ["list"]], ids=["empty", "number", "null", "list"])
def test_the_key_of_an_index_is_a_text_that_is_not_empty(stored: Stored, value: Any) -> None:
    """moto stores it, and leaves the item out of the index."""
    assert_invalid(stored, put(HERE, gsi1pk="LIST", gsi1sk=value), because="(?i)index|type")


def test_a_whole_number_may_have_38_digits(stored: Stored) -> None:
    stored.commit(put(HERE, n=10**MOST_DIGITS - 1))
    assert (stored.item(HERE) or {})["n"] == 10**MOST_DIGITS - 1
    assert_invalid(stored, put(Key("A#2", "META"), n=10**MOST_DIGITS + 1), because="38 digits|significant digits")


@pytest.mark.parametrize(
    "name", ["state", "name", "order", "size", "values", "count", "select", "a b", "ż", "#", ":v0"]
)
def test_an_attribute_may_have_any_name_in_conditions_and_changes(stored: Stored, name: str) -> None:
    """Reserved words and signs among them: expressions of ours name no attribute in the open."""
    stored.commit(put(HERE, **{name: "old"}))
    stored.commit(changing(HERE, put={name: "new"}, provided=[exists(name), equals(name, "old")]))
    assert (stored.item(HERE) or {})[name] == "new"


def reserved(stored: Stored) -> dict[str, Any]:
    return {"UpdateExpression": "SET state = :v", "ExpressionAttributeValues": {":v": {"S": "x"}}}


def unused_value(stored: Stored) -> dict[str, Any]:
    values = {":v": {"S": "x"}, ":w": {"S": "y"}}
    return {"UpdateExpression": "SET a = :v", "ExpressionAttributeValues": values}


def unused_name(stored: Stored) -> dict[str, Any]:
    return {
        "UpdateExpression": "SET a = :v",
        "ExpressionAttributeNames": {"#n": "b"},
        "ExpressionAttributeValues": {":v": {"S": "x"}},
    }


def empty_condition(stored: Stored) -> dict[str, Any]:
    return {
        "UpdateExpression": "SET a = :v",
        "ConditionExpression": "",
        "ExpressionAttributeValues": {":v": {"S": "x"}},
    }


def adding_a_text(stored: Stored) -> dict[str, Any]:
    return {"UpdateExpression": "ADD a :v", "ExpressionAttributeValues": {":v": {"S": "x"}}}


def comparing_a_truth(stored: Stored) -> dict[str, Any]:
    values = {":v": {"BOOL": True}}
    return {"UpdateExpression": "SET a = :v", "ConditionExpression": "a < :v", "ExpressionAttributeValues": values}


@pytest.mark.parametrize(
    "request_", [reserved, unused_value, unused_name, empty_condition, adding_a_text, comparing_a_truth]
)
def test_the_referee_forgives_no_expression(stored: Stored, request_: Callable[[Stored], dict[str, Any]]) -> None:
    """The control: it does look at what moto lets pass, so that the runs against it mean something."""
    key = {"pk": {"S": "A#1"}, "sk": {"S": "META"}}
    with pytest.raises(ClientError, match="ValidationException"):
        stored.client.update_item(TableName=stored.table.name, Key=key, **request_(stored))


def test_counting_on_a_text_is_a_surprise_and_no_refusal(stored: Stored) -> None:
    stored.commit(put(HERE, units="many"))
    assert_invalid(stored, changing(HERE, add={"units": 1}, provided=[exists()]), because="(?i)operand|type")
