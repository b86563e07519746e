"""An engine in memory, many times as fast as moto, so that every interleaving can be tried.

It answers in boto3's shapes and is strict where DynamoDB is strict. `test_engine_agrees_with_moto.py` holds it to moto.
A hook is called before and after every call of a handler, so that a test can cut in anywhere, or crash there.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Literal, Protocol

from botocore.exceptions import ClientError

from tests.races.expressions import Evaluation, Item, Unacceptable, plain

Key = tuple[str, str]
Request = dict[str, Any]


class Hook(Protocol):
    """Told of every call that an action makes; may run something else, or raise."""

    def __call__(self, when: Literal["before", "after"], call: str) -> None: ...


@dataclass
class Message:
    """One message of a queue."""

    message_id: str
    body: str
    visible_at: datetime
    receives: int = 0


@dataclass
class Engine:
    """What is stored. Items are replaced, never changed in place: copies of the dictionaries are snapshots."""

    now: Callable[[], datetime]
    items: dict[Key, Item] = field(default_factory=dict)
    stream: list[Request] = field(default_factory=list)
    queues: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    dead: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    tokens: dict[str, list[dict[str, Request]]] = field(default_factory=dict)
    sequence: int = 998  # so that the number of digits changes soon: text order is not their order
    hook: Hook | None = None

    def call(self, name: str, act: Callable[[], Any]) -> Any:
        """One call of a handler, with the hook around it."""
        if self.hook:
            self.hook("before", name)
        answer = act()
        if self.hook:
            self.hook("after", name)
        return answer

    def write(self, key: Key, new: Item | None) -> None:
        """Stores or deletes, and tells the stream unless nothing changed."""
        old = self.items.get(key)
        if new is None:
            self.items.pop(key, None)
        else:
            self.items[key] = new
        if old != new:
            self.stream.append(self._record(key, old, new))

    def _record(self, key: Key, old: Item | None, new: Item | None) -> Request:
        self.sequence += 1
        images = {"OldImage": old, "NewImage": new}
        return {
            "eventID": f"{self.sequence:032x}",
            "eventName": "INSERT" if old is None else "REMOVE" if new is None else "MODIFY",
            "awsRegion": "us-east-1",
            "dynamodb": {
                "Keys": {"pk": {"S": key[0]}, "sk": {"S": key[1]}},
                "ApproximateCreationDateTime": self.now(),
                "SequenceNumber": str(self.sequence),
                "StreamViewType": "NEW_AND_OLD_IMAGES",
                **{name: image for name, image in images.items() if image is not None},
            },
        }


def refused(code: str, message: str, operation: str, **more: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}, **more}, operation)


class Dynamo:
    """The calls of a DynamoDB client that `plumbing.table` makes, and scans for checks."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def get_item(self, *, Key: Item, **_: Any) -> Request:  # noqa: N803
        found = self.engine.call("get_item", lambda: self.engine.items.get(_key(Key)))
        return {"Item": found} if found is not None else {}

    def batch_get_item(self, *, RequestItems: dict[str, Request]) -> Request:  # noqa: N803
        ((name, asked),) = RequestItems.items()
        found = self.engine.call("batch_get_item", lambda: [self.engine.items.get(_key(key)) for key in asked["Keys"]])
        return {"Responses": {name: [item for item in found if item]}, "UnprocessedKeys": {}}

    def put_item(self, **request: Any) -> Request:
        return self._single("Put", request)

    def update_item(self, **request: Any) -> Request:
        return self._single("Update", request)

    def delete_item(self, **request: Any) -> Request:
        return self._single("Delete", request)

    def transact_write_items(
        self,
        *,
        TransactItems: list[dict[str, Request]],  # noqa: N803
        ClientRequestToken: str = "",  # noqa: N803
    ) -> Request:
        return self.engine.call("transact_write_items", lambda: self._once(ClientRequestToken, TransactItems))

    def query(self, **request: Any) -> Request:
        return self.engine.call("query", lambda: self._query(request))

    def get_paginator(self, _operation: str) -> Any:
        return SimpleNamespace(paginate=lambda **_: [{"Items": list(self.engine.items.values())}])

    def _single(self, kind: str, request: Request) -> Request:
        return self.engine.call(kind, lambda: self._write(kind, request))

    def _write(self, kind: str, request: Request) -> Request:
        holds, key, new = self._judge(kind, request)
        if not holds:
            old = self.engine.items.get(key)
            shown = {"Item": old} if old and request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" else {}
            raise refused("ConditionalCheckFailedException", "The conditional request failed", kind, **shown)
        self.engine.write(key, new)
        return {"Attributes": new} if request.get("ReturnValues") == "ALL_NEW" else {}

    def _once(self, token: str, writes: list[dict[str, Request]]) -> Request:
        """The same token and the same writes again within ten minutes: nothing more happens."""
        if not token or token not in self.engine.tokens:
            self._transact(writes)
        elif self.engine.tokens[token] != writes:
            raise refused("IdempotentParameterMismatchException", "another transaction under this token", "Transact")
        if token:
            self.engine.tokens[token] = writes
        return {}

    def _transact(self, writes: list[dict[str, Request]]) -> None:
        judged = [self._judge(kind, request) for write in writes for kind, request in write.items()]
        if len({key for _, key, _ in judged}) < len(judged) or len(judged) > 100:
            raise refused("ValidationException", "one item twice in a transaction, or more than 100", "Transact")
        if not all(holds for holds, _, _ in judged):
            reasons = [{"Code": "None" if holds else "ConditionalCheckFailed"} for holds, _, _ in judged]
            raise refused("TransactionCanceledException", "cancelled", "Transact", CancellationReasons=reasons)
        for _, key, new in judged:
            self.engine.write(key, new)

    def _judge(self, kind: str, request: Request) -> tuple[bool, Key, Item | None]:
        """Whether the condition holds, for which item, and what the item becomes."""
        key = _key(request["Item"] if kind == "Put" else request["Key"])
        old = self.engine.items.get(key, {})
        evaluation = Evaluation(request)
        try:
            holds = evaluation.holds(old)
            new = {
                "Put": lambda: request["Item"],
                "Update": lambda: evaluation.updated({**_names(key), **old}),
                "Delete": lambda: None,
                "ConditionCheck": lambda: old or None,
            }[kind]()
            evaluation.check_all_used()
            if holds:
                evaluation.check_places()
        except Unacceptable as error:
            raise refused("ValidationException", str(error), kind) from None
        return holds, key, new

    def _query(self, request: Request) -> Request:
        index = request.get("IndexName", "")
        pk_name, sk_name = f"{index}pk", f"{index}sk"
        values = {name: plain(value)[1] for name, value in request["ExpressionAttributeValues"].items()}
        found = [item for item in self.engine.items.values() if item.get(pk_name) == {"S": values[":pk"]}]
        found = [item for item in found if sk_name in item and _sorts(item[sk_name]["S"], request, values)]

        def order(item: Item) -> tuple[str, str, str]:
            return item[sk_name]["S"], item["pk"]["S"], item["sk"]["S"]

        found.sort(key=order, reverse=not request.get("ScanIndexForward", True))
        if start := request.get("ExclusiveStartKey"):
            full = {**start, **({} if index else {"pk": start["pk"]})}
            newest = not request.get("ScanIndexForward", True)
            found = [item for item in found if (order(item) < order(full) if newest else order(item) > order(full))]
        page = found[: request["Limit"]]
        if len(page) < request["Limit"]:
            return {"Items": page}
        return {"Items": page, "LastEvaluatedKey": {name: page[-1][name] for name in {"pk", "sk", pk_name, sk_name}}}


def _sorts(text: str, request: Request, values: dict[str, Any]) -> bool:
    if ":sk" not in values:
        return True
    begins = "begins_with" in request["KeyConditionExpression"]
    return text.startswith(values[":sk"]) if begins else text <= values[":sk"]


def _key(item: Item) -> Key:
    return item["pk"]["S"], item["sk"]["S"]


def _names(key: Key) -> Item:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}
