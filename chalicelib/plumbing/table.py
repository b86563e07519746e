"""The table: reads, and `commit`, the only way to write. Imports boto3 lazily through `aws`, so pure users stay
cheap."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from chalicelib.kernel.keys import Key
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing.typed_json import pack, unpack
from chalicelib.plumbing.writes import Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.plumbing.clock import Clock, Ids

CONFLICT_TRIES = 6
_CONDITION, _CONFLICT = "ConditionalCheckFailed", "TransactionConflict"


class Page(NamedTuple):
    """Some items of a query, and the key to go on after (None at the end)."""

    items: list[dict[str, Any]]
    last: dict[str, Any] | None


@dataclass(frozen=True)
class Table:
    """One DynamoDB table. Every method may raise botocore's errors for what is no refusal: throttling, timeouts, lost
    network."""

    client: "DynamoDBClient"
    name: str
    clock: "Clock"
    ids: "Ids"
    conflict_tries: int = CONFLICT_TRIES

    def get(self, key: Key) -> dict[str, Any] | None:
        """One item as last written (strongly consistent), or None. 1 read unit per 4 kB."""
        found = self.client.get_item(TableName=self.name, Key=pack(key._asdict()), ConsistentRead=True)
        return unpack(found["Item"]) if "Item" in found else None

    def get_many(self, asked: Sequence[Key], *, consistent: bool) -> list[dict[str, Any] | None]:
        """At most a hundred items in the order asked for, None where there is none. Each as last written, or at half
        the units as it was some moments ago; together they are no snapshot. 1 (or half a) read unit per item and 4 kB.
        """
        found: dict[Key, dict[str, Any]] = {}
        left: Any = [pack(key._asdict()) for key in asked]
        for tries in range(CONFLICT_TRIES):
            request: Any = {self.name: {"Keys": left, "ConsistentRead": consistent}}
            answer: Any = self.client.batch_get_item(RequestItems=request)
            for item in map(unpack, answer["Responses"].get(self.name, [])):
                found[Key(item["pk"], item["sk"])] = item
            left = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys")
            if not left:
                return [found.get(key) for key in asked]
            self.clock.sleep(self.ids.jitter() * 0.02 * 2**tries)
        raise Busy

    def query(
        self,
        pk: str,
        *,
        prefix: str = "",
        after: str | None = None,
        limit: int,
        newest_first: bool = False,
    ) -> Page:
        """At most `limit` items of one partition, strongly consistent, in order of the sort key, after the given sort
        key."""
        request = _key_condition("pk", pk, sort_name="sk", prefix=prefix)
        if after is not None:
            request["ExclusiveStartKey"] = pack({"pk": pk, "sk": after})
        return self._ask(ConsistentRead=True, Limit=limit, ScanIndexForward=not newest_first, **request)

    def query_index(  # noqa: PLR0913
        self,
        index: str,
        pk: str,
        *,
        up_to: str | None = None,
        after: dict[str, Any] | None = None,
        limit: int,
        newest_first: bool = False,
    ) -> Page:
        """At most `limit` items of an index partition; may lag behind the table by some milliseconds to seconds."""
        request = _key_condition(f"{index}pk", pk, sort_name=f"{index}sk", up_to=up_to)
        if after is not None:
            request["ExclusiveStartKey"] = pack(after)
        return self._ask(IndexName=index, Limit=limit, ScanIndexForward=not newest_first, **request)

    def _ask(self, **request: Any) -> Page:
        found = self.client.query(TableName=self.name, **request)
        last = found.get("LastEvaluatedKey")
        return Page([unpack(item) for item in found["Items"]], unpack(last) if last else None)

    def commit(self, *writes: Write) -> None:
        """All writes or none, atomically. Raises the refusal of the first write whose condition failed, Busy after
        several conflicts in a row. One write costs a plain conditional call, several a transaction (twice the units).
        """
        if len(writes) == 1:
            self.apply(writes[0])
            return
        attempt = self.ids.new()
        items: Any = [{write.kind: self._packed(write, attempt)} for write in writes]
        self._patiently(
            lambda: self.client.transact_write_items(TransactItems=items, ClientRequestToken=attempt), writes
        )

    def apply(self, write: Write) -> dict[str, Any]:
        """One conditional write; answers the item as it is afterwards (for an Update) or {}.

        If the response to a first try was lost, the SDK's own retry meets the item that we have just written and
        fails the condition: the attempt id tells that it was ours, and that is success.
        """
        holds, item = self.attempt(write)
        if not holds:
            raise write.refusal
        return item

    def attempt(self, write: Write) -> tuple[bool, dict[str, Any]]:
        """One conditional write. True and the item as it is afterwards (for an Update, else {}), or False and the item
        that stood in the way ({} for none). Repeats are told from refusals as `apply` says."""
        attempt = self.ids.new()
        request = {**self._packed(write, attempt), "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        if write.kind == "Update":
            request["ReturnValues"] = "ALL_NEW"
        call = {"Put": self.client.put_item, "Update": self.client.update_item, "Delete": self.client.delete_item}
        try:
            answer = self._patiently(lambda: call[write.kind](**request), [write])  # type: ignore[operator]
        except _Refused as refused:
            return refused.item.get("attempt") == attempt, refused.item
        return True, unpack(answer.get("Attributes", {}))

    def _packed(self, write: Write, attempt: str) -> dict[str, Any]:
        request = write.request(attempt)
        for part in ("Item", "Key", "ExpressionAttributeValues"):
            if part in request:
                request[part] = pack(request[part])
        return {"TableName": self.name, **request}

    def _patiently(self, call: Callable[[], Any], writes: Sequence[Write]) -> Any:
        for tries in range(self.conflict_tries):
            try:
                return call()
            except ClientError as error:
                if refusal := _refusal(error, writes):
                    raise refusal from None
                if not _is_conflict(error):
                    raise
                if tries + 1 < self.conflict_tries:
                    self.clock.sleep(self.ids.jitter() * 0.02 * 2**tries)
        raise Busy


class _Refused(Exception):  # noqa: N818
    """A single write's condition failed; carries the item that stood in its way."""

    def __init__(self, item: dict[str, Any]) -> None:
        self.item = item
        super().__init__()


def _refusal(error: ClientError, writes: Sequence[Write]) -> Exception | None:
    if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
        return _Refused(unpack(error.response.get("Item", {})))  # type: ignore[arg-type]
    reasons = error.response.get("CancellationReasons", [])
    failed: list[type[Refusal]] = [
        write.refusal for write, reason in zip(writes, reasons, strict=False) if reason.get("Code") == _CONDITION
    ]
    return failed[0]() if failed else None


def _is_conflict(error: ClientError) -> bool:
    reasons = error.response.get("CancellationReasons", [])
    codes = {error.response["Error"]["Code"], *(reason.get("Code") for reason in reasons)}
    return bool(codes & {"TransactionConflictException", "TransactionInProgressException", _CONFLICT})


def _key_condition(name: str, pk: str, *, sort_name: str, prefix: str = "", up_to: str | None = None) -> dict[str, Any]:
    condition, values = "#pk = :pk", {":pk": pk}
    names = {"#pk": name}
    if prefix or up_to is not None:
        names["#sk"] = sort_name
        condition += " AND begins_with(#sk, :sk)" if prefix else " AND #sk <= :sk"
        values[":sk"] = prefix or up_to or ""
    return {
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": pack(values),
    }
