"""What the referee cannot show of the store: two at once, replicas that are behind, old tokens, throttling."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulation.store import TOKEN_MS, Store

PUT = {"Put": {"TableName": "t", "Item": {"pk": {"S": "A"}, "sk": {"S": "1"}, "n": {"N": "1"}}}}
KEY = {"pk": {"S": "A"}, "sk": {"S": "1"}}
MORE = {
    "TableName": "t",
    "Key": KEY,
    "UpdateExpression": "ADD #n :one",
    "ExpressionAttributeNames": {"#n": "n"},
    "ExpressionAttributeValues": {":one": {"N": "1"}},
}


class Hand:
    """A store, and its time."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.store = Store(lambda: self.now_ms)

    def number(self, lag_ms: int = 0, **request: Any) -> int:
        found = self.store.answer("GetItem", {"TableName": "t", "Key": KEY, **request}, lag_ms=lag_ms)
        return int(found["Item"]["n"]["N"]) if found else 0

    def more(self) -> None:
        self.store.answer("UpdateItem", MORE)


@pytest.fixture
def hand() -> Hand:
    hand = Hand()
    hand.store.answer("PutItem", PUT["Put"])
    return hand


def code(error: pytest.ExceptionInfo[ClientError]) -> list[str]:
    told: Any = error.value.response
    return [told["Error"]["Code"], *(reason["Code"] for reason in told.get("CancellationReasons", []))]


def test_who_writes_what_a_transaction_holds_meets_a_conflict(hand: Hand) -> None:
    under_way = hand.store.begin({"TransactItems": [{"Update": MORE}]})
    with pytest.raises(ClientError) as single:
        hand.more()
    with pytest.raises(ClientError) as several:
        hand.store.answer("TransactWriteItems", {"TransactItems": [{"Update": MORE}]})
    assert code(single) == ["TransactionConflictException"]
    assert code(several) == ["TransactionCanceledException", "TransactionConflict"]
    assert hand.number(ConsistentRead=True) == 1
    hand.store.end(under_way)
    hand.more()
    assert hand.number(ConsistentRead=True) == 3


def test_the_same_token_is_in_progress_then_done_and_after_ten_minutes_new(hand: Hand) -> None:
    request = {"TransactItems": [{"Update": MORE}], "ClientRequestToken": "token"}
    under_way = hand.store.begin(request)
    with pytest.raises(ClientError) as twin:
        hand.store.answer("TransactWriteItems", request)
    assert code(twin) == ["TransactionInProgressException"]
    hand.store.end(under_way)
    hand.now_ms += TOKEN_MS - 1
    hand.store.answer("TransactWriteItems", request)
    assert hand.number(ConsistentRead=True) == 2
    hand.now_ms += 1
    hand.store.answer("TransactWriteItems", request)
    assert hand.number(ConsistentRead=True) == 3


def test_only_a_read_that_may_be_behind_is_behind(hand: Hand) -> None:
    hand.now_ms = 1000
    hand.more()
    assert hand.number(500, ConsistentRead=True) == 2
    assert hand.number(500) == 1
    hand.now_ms = 1500
    assert hand.number(500) == 2
    assert hand.number(2000) == 0


def test_an_index_may_be_behind_and_is_never_read_consistently(hand: Hand) -> None:
    hand.now_ms = 1000
    hand.store.answer("PutItem", {"Item": {**KEY, "gsi2pk": {"S": "DUE"}, "gsi2sk": {"S": "a"}}})
    request = {
        "IndexName": "gsi2",
        "KeyConditionExpression": "#p = :pk",
        "ExpressionAttributeNames": {"#p": "gsi2pk"},
        "ExpressionAttributeValues": {":pk": {"S": "DUE"}},
    }
    assert hand.store.answer("Query", request, lag_ms=1)["Items"] == []
    assert len(hand.store.answer("Query", request)["Items"]) == 1
    with pytest.raises(ClientError, match="not supported"):
        hand.store.answer("Query", {**request, "ConsistentRead": True})


def test_a_throttled_partition_takes_nothing_until_its_time_is_over(hand: Hand) -> None:
    hand.store.throttled["A"] = 100
    for call in (hand.more, hand.number):
        with pytest.raises(ClientError) as single:
            call()
        assert code(single) == ["ProvisionedThroughputExceededException"]
    elsewhere = {"Put": {"Item": {**KEY, "pk": {"S": "B"}}}}
    with pytest.raises(ClientError) as several:
        hand.store.answer("TransactWriteItems", {"TransactItems": [elsewhere, {"Update": MORE}]})
    assert code(several) == ["TransactionCanceledException", "None", "ThrottlingError"]
    hand.now_ms = 100
    hand.more()


def test_what_is_too_large_is_refused(hand: Hand) -> None:
    large = {"S": "x" * 409_600}
    with pytest.raises(ClientError, match="Item size"):
        hand.store.answer("PutItem", {"Item": {**KEY, "text": large}})
    many = [{"Put": {"Item": {**KEY, "sk": {"S": str(number)}}}} for number in range(101)]
    with pytest.raises(ClientError, match="100"):
        hand.store.answer("TransactWriteItems", {"TransactItems": many})
    hand.store.answer("TransactWriteItems", {"TransactItems": many[:100]})


def test_the_stream_hears_of_changes_only_and_of_what_was_before(hand: Hand) -> None:
    heard: list[Any] = []
    hand.store.heard.append(lambda *change: heard.append(change))
    hand.store.answer("PutItem", PUT["Put"])
    assert heard == []
    hand.more()
    hand.store.answer("DeleteItem", {"Key": KEY})
    assert [(old["n"]["N"], new.get("n")) for _, old, new in heard] == [("1", {"N": "2"}), ("2", None)]
