"""A table in memory that follows DynamoDB's rules, as far as a history can meet them.

`test_store_agrees_with_the_referee.py` holds it to DynamoDB Local. A transaction has a beginning and an end, and holds
its items in between: whoever else writes them meets a conflict.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.simulation import limits
from tests.simulation.expressions import Item, Scene, Test, Unacceptable, condition
from tests.simulation.replicas import Key, Replicas, Request, key_of, names_of, refused
from tests.simulation.updates import Update, update

TOKEN_MS = 600_000


@dataclass
class Transaction:
    """A transaction between its begin and its end: what it will write."""

    token: str
    writes: list[dict[str, Request]]
    results: list[tuple[Key, Item | None]]


@dataclass
class Store(Replicas):
    """The calls of a client: conditions, transactions, and what goes wrong with them."""

    held: set[Key] = field(default_factory=set)
    tokens: dict[str, tuple[int, list[dict[str, Request]]]] = field(default_factory=dict)
    open_tokens: dict[str, Transaction] = field(default_factory=dict)
    # Partition key -> until when it takes nothing.
    throttled: dict[str, int] = field(default_factory=dict)
    # What can be neither read nor written by its key.
    poisoned: set[Key] = field(default_factory=set)
    # Told after each write, and after all the writes of a transaction.
    written: list[Callable[[], None]] = field(default_factory=list)

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
        self._tell()
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
        self._tell()
        return {}

    def _tell(self) -> None:
        for tell in self.written:
            tell()

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
