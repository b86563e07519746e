"""The store in memory is believed because it answers like AWS's own DynamoDB Local: random calls, one after another,
are answered alike and leave the same items.

What needs two at a time (conflicts) or a replica (stale reads) DynamoDB Local does not show: see `test_store.py`.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests import tables as tables_
from tests.hands import CountedIds, HandClock
from tests.simulation.store import Store
from tests.simulation.traces import TABLE, Traces
from tests.tables import Tables

Ask = Callable[[str, dict[str, Any]], dict[str, Any]]


@pytest.fixture
def ask_referee(referee: Tables) -> Iterator[Ask]:
    client = referee.dynamodb()
    with tables_.created(client, TABLE):
        yield referee.table_client(HandClock(), CountedIds())._call


def heard(ask: Ask, operation: str, request: dict[str, Any]) -> Any:
    """The answer without what is no part of it, or how it was refused."""
    try:
        answer = every_page(ask, request) if operation == "Query" else ask(operation, request)
    except ClientError as error:
        told = error.response
        reasons = [reason.get("Code") for reason in told.get("CancellationReasons", [])]
        return told["Error"]["Code"], reasons, told.get("Item")
    found = {name: answer[name] for name in ("Item", "Items", "Attributes") if answer.get(name)}
    if "Responses" in answer:
        found["Responses"] = sorted(answer["Responses"][TABLE], key=repr_of_key)
    return found


def every_page(ask: Ask, request: dict[str, Any]) -> dict[str, Any]:
    """A page that ends exactly at its limit may or may not say that there is another: both are right."""
    items: list[Any] = []
    while True:
        page = ask("Query", request)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return {"Items": items}
        request = {**request, "ExclusiveStartKey": page["LastEvaluatedKey"]}


def repr_of_key(item: dict[str, Any]) -> str:
    return repr((item["pk"], item["sk"]))


def everything(ask: Ask) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for pk in "AB":
        request = {
            "TableName": TABLE,
            "KeyConditionExpression": "#p = :pk",
            "ExpressionAttributeNames": {"#p": "pk"},
            "ExpressionAttributeValues": {":pk": {"S": pk}},
            "ConsistentRead": True,
        }
        found += ask("Query", request)["Items"]
    return found


def test_random_calls_are_answered_alike(ask_referee: Ask) -> None:
    told: Counter[str] = Counter()
    store = Store()
    traces = Traces(1, uuid.uuid5(uuid.NAMESPACE_OID, "agree").hex[:20])
    for number in range(1500):
        operation, request = traces.call()
        ours, theirs = heard(store.answer, operation, request), heard(ask_referee, operation, request)
        assert ours == theirs, f"call {number}: {operation} {request}"
        told[theirs[0] if isinstance(theirs, tuple) else "done"] += 1
    assert everything(store.answer) == everything(ask_referee)
    assert set(told) == {
        "done",
        "ConditionalCheckFailedException",
        "IdempotentParameterMismatchException",
        "TransactionCanceledException",
        "ValidationException",
    }
    assert told["done"] > 500
