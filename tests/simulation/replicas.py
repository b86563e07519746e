"""Items with their past: what the table holds, what it held some moments ago, and who hears of changes.

Items are replaced, never changed in place.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from tests.simulation.expressions import Item, Scene, Unacceptable, condition

Key = tuple[str, str]
Request = dict[str, Any]


def refused(code: str, message: str = "", **more: Any) -> ClientError:
    shown = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}, **more}
    return ClientError(shown, "Simulated")  # type: ignore[arg-type]


@dataclass
class Replicas:
    """`heard` is told of every change: (key, before, after), with {} for nothing."""

    now_ms: Callable[[], int] = lambda: 0
    heard: list[Callable[[Key, Item, Item], None]] = field(default_factory=list)
    items: dict[Key, Item] = field(default_factory=dict)
    partitions: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    # Of each item since when it was what; None where it was not there.
    versions: dict[Key, list[tuple[int, Item | None]]] = field(default_factory=lambda: defaultdict(list))
    # What has ever stood in an index.
    listed: set[Key] = field(default_factory=set)

    def as_of(self, key: Key, lag_ms: int) -> Item | None:
        """The item as a replica has it that is so far behind."""
        if not lag_ms:
            return self.items.get(key)
        then = self.now_ms() - lag_ms
        return next((item for since, item in reversed(self.versions[key]) if since <= then), None)

    def get(self, request: Request, lag_ms: int) -> Request:
        found = self.as_of(key_of(request["Key"]), 0 if request.get("ConsistentRead") else lag_ms)
        return {"Item": found} if found is not None else {}

    def get_many(self, request: Request, lag_ms: int) -> Request:
        [(name, wanted)] = request["RequestItems"].items()
        lag_ms = 0 if wanted.get("ConsistentRead") else lag_ms
        found = [self.as_of(key_of(key), lag_ms) for key in wanted["Keys"]]
        return {"Responses": {name: [item for item in found if item is not None]}, "UnprocessedKeys": {}}

    def query(self, request: Request, lag_ms: int) -> Request:
        index = request.get("IndexName", "")
        if request.get("ConsistentRead"):
            if index:
                raise Unacceptable("Consistent reads are not supported on global secondary indexes")
            lag_ms = 0
        names, values = request.get("ExpressionAttributeNames", {}), request["ExpressionAttributeValues"]
        test, _ = condition(request["KeyConditionExpression"])
        found = []
        for key in self._candidates(index, values):
            item = self.as_of(key, lag_ms)
            if item and f"{index}pk" in item and f"{index}sk" in item and test(Scene(names, values, item)):
                found.append(item)
        return _paged(found, request, index)

    def _candidates(self, index: str, values: dict[str, Any]) -> list[Key]:
        pk = values[":pk"]["S"]
        return list(self.listed) if index else [(pk, sk) for sk in self.partitions.get(pk, ())]

    def put(self, key: Key, new: Item | None) -> None:
        """Stores or deletes; tells those who listen unless nothing changed."""
        old = self.items.get(key)
        if old == new:
            return
        if new is None:
            del self.items[key]
        else:
            self.items[key] = new
            self.partitions[key[0]].add(key[1])
            if "gsi1pk" in new or "gsi2pk" in new:
                self.listed.add(key)
        self.versions[key].append((self.now_ms(), new))
        for hear in self.heard:
            hear(key, old or {}, new or {})


def _paged(found: list[Item], request: Request, index: str) -> Request:
    def order(item: Item) -> tuple[str, ...]:
        return item[f"{index}sk"]["S"], item["pk"]["S"], item["sk"]["S"]

    backwards = not request.get("ScanIndexForward", True)
    found.sort(key=order, reverse=backwards)
    if start := request.get("ExclusiveStartKey"):
        found = [item for item in found if (order(item) < order(start) if backwards else order(item) > order(start))]
    limit = request.get("Limit", len(found) + 1)
    page = found[:limit]
    if len(page) < limit:
        return {"Items": page}
    return {"Items": page, "LastEvaluatedKey": {n: page[-1][n] for n in {"pk", "sk", f"{index}pk", f"{index}sk"}}}


def key_of(item: Item) -> Key:
    return item["pk"]["S"], item["sk"]["S"]


def names_of(key: Key) -> Item:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}
