"""A table in memory that follows DynamoDB's rules, as far as a history can meet them.

`test_store_agrees_with_the_referee.py` holds it to DynamoDB Local. A transaction has a beginning and an end, and holds
its items in between: whoever else writes them meets a conflict. Items are replaced, never changed in place.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from tests.simulation import limits
from tests.simulation.expressions import Item, Scene, Test, Unacceptable, condition
from tests.simulation.updates import Update, update

Key = tuple[str, str]
Request = dict[str, Any]
TOKEN_MS = 600_000


def refused(code: str, message: str = "", **more: Any) -> ClientError:
    shown = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}, **more}
    return ClientError(shown, "Simulated")  # type: ignore[arg-type]


@dataclass
class Transaction:
    """A transaction between its begin and its end: what it will write."""

    token: str
    writes: list[dict[str, Request]]
    results: list[tuple[Key, Item | None]]


@dataclass
class Store:
    """`heard` is told of every change: (key, before, after), with {} for nothing."""

    now_ms: Callable[[], int] = lambda: 0
    heard: list[Callable[[Key, Item, Item], None]] = field(default_factory=list)
    items: dict[Key, Item] = field(default_factory=dict)
    partitions: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    # Of each item since when it was what; None where it was not there.
    versions: dict[Key, list[tuple[int, Item | None]]] = field(default_factory=lambda: defaultdict(list))
    # What has ever stood in an index.
    listed: set[Key] = field(default_factory=set)
    held: set[Key] = field(default_factory=set)
    tokens: dict[str, tuple[int, list[dict[str, Request]]]] = field(default_factory=dict)
    open_tokens: dict[str, Transaction] = field(default_factory=dict)
    # Partition key -> until when it takes nothing.
    throttled: dict[str, int] = field(default_factory=dict)
    # What can be neither read nor written by its key.
    poisoned: set[Key] = field(default_factory=set)

    def answer(
        self, operation: str, request: Request, *, lag_ms: int = 0, in_flight: Callable[[], None] = lambda: None
    ) -> Request:
        """One whole call, as the wire brings it. Reads that may be stale are `lag_ms` behind. What happens `in_flight`
        happens while a transaction holds its items. Raises ClientError."""
        try:
            limits.check(operation, request)
            self._check_throttle(operation, request)
            if self.poisoned and self.poisoned & {key_of(key) for key in limits.keys(operation, request)}:
                raise refused("AccessDeniedException", "poisoned")
            if operation == "TransactWriteItems":
                under_way = self.begin(request)
                in_flight()
                return self.end(under_way)
            return _ANSWERS[operation](self, request, lag_ms)
        except Unacceptable as error:
            raise refused("ValidationException", str(error)) from None

    # -- reads -------------------------------------------------------------------------------------------------------

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

    # -- writes ------------------------------------------------------------------------------------------------------

    def write(self, kind: str, request: Request) -> Request:
        holds, key, new = self._judge(kind, request)
        self._fits(new)
        if key in self.held:
            raise refused("TransactionConflictException", "Transaction is ongoing for the item")
        if not holds:
            shown = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and self.items.get(key)
            raise refused("ConditionalCheckFailedException", "refused", **({"Item": shown} if shown else {}))
        self.put(key, new)
        return {"Attributes": new} if request.get("ReturnValues") == "ALL_NEW" else {}

    def begin(self, request: Request) -> Transaction | None:
        """Judges all conditions and holds the items; None where this token's transaction has been made before."""
        writes, token = request["TransactItems"], request.get("ClientRequestToken", "")
        for kind, one in (part for write in writes for part in write.items()):
            parsed(kind, one)
        since, before = self.tokens.get(token, (0, []))
        if token in self.open_tokens:
            raise refused("TransactionInProgressException", "in progress")
        if before and self.now_ms() - since < TOKEN_MS:
            if before != writes:
                raise refused("IdempotentParameterMismatchException", "another transaction under this token")
            return None
        judged = [self._judge(kind, one) for write in writes for kind, one in write.items()]
        if len({key for _, key, _ in judged}) < len(judged):
            raise Unacceptable("Transaction request cannot include multiple operations on one item")
        reasons = [self._reason(*one) for one in judged]
        if set(reasons) != {"None"}:
            told = [{"Code": reason} for reason in reasons]
            raise refused("TransactionCanceledException", f"cancelled {reasons}", CancellationReasons=told)
        transaction = Transaction(token, writes, [(key, new) for _, key, new in judged])
        self.held |= {key for _, key, _ in judged}
        if token:
            self.open_tokens[token] = transaction
        return transaction

    def _reason(self, holds: bool, key: Key, new: Item | None) -> str:  # noqa: FBT001 - as judged
        if key in self.held:
            return "TransactionConflict"
        if not limits.fits(new):
            return "ValidationError"
        return "None" if holds else "ConditionalCheckFailed"

    def end(self, transaction: Transaction | None) -> Request:
        """Writes all of it, and lets the items go."""
        if transaction is None:
            return {}
        self.held -= {key for key, _ in transaction.results}
        for key, new in transaction.results:
            self.put(key, new)
        if transaction.token:
            del self.open_tokens[transaction.token]
            self.tokens[transaction.token] = self.now_ms(), transaction.writes
        return {}

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

    def _judge(self, kind: str, request: Request) -> tuple[bool, Key, Item | None]:
        """Whether the condition holds, for which item, and what the item becomes."""
        key = key_of(request["Item"] if kind == "Put" else request["Key"])
        old = self.items.get(key)
        names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
        scene = Scene(names, values, old or {})
        test, change = parsed(kind, request)
        holds = test is None or test(scene)
        if change:
            return holds, key, {**names_of(key), **change.updated(scene)} if holds else None
        return holds, key, {"Put": request.get("Item"), "ConditionCheck": old}.get(kind)

    def _fits(self, new: Item | None) -> None:
        if not limits.fits(new):
            raise Unacceptable("Item size has exceeded the maximum allowed size, or a key of an index is no text")

    def _check_throttle(self, operation: str, request: Request) -> None:
        if not self.throttled:
            return
        hot = [self.throttled.get(pk, 0) > self.now_ms() for pk in limits.partitions(operation, request)]
        if not any(hot):
            return
        if operation == "TransactWriteItems":
            told = [{"Code": "ThrottlingError" if one else "None"} for one in hot]
            raise refused("TransactionCanceledException", "throttled", CancellationReasons=told)
        raise refused("ProvisionedThroughputExceededException", "throttled")


_ANSWERS: dict[str, Callable[[Store, Request, int], Request]] = {
    "GetItem": Store.get,
    "BatchGetItem": Store.get_many,
    "Query": Store.query,
    "PutItem": lambda store, request, _: store.write("Put", request),
    "UpdateItem": lambda store, request, _: store.write("Update", request),
    "DeleteItem": lambda store, request, _: store.write("Delete", request),
}


def parsed(kind: str, request: Request) -> tuple[Test | None, Update | None]:
    """The request's condition and change. Raises Unacceptable, also for placeholders that nobody uses."""
    test = change = None
    used: frozenset[str] = frozenset()
    if "ConditionExpression" in request:
        test, used = condition(request["ConditionExpression"])
    if kind == "Update":
        change = update(request["UpdateExpression"])
        used |= change.used
    names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
    if {*names, *values} != used:
        raise Unacceptable(f"unused or undefined in expressions: {sorted({*names, *values} ^ used)}")
    if change:
        change.check(Scene(names, values, {}))
    return test, change


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
