"""DynamoDB request units by AWS's documented rules, from the calls that are really made.

No emulator's ConsumedCapacity is trusted: DynamoDB Local doubles transactional reads once too often and reports
nothing for failed conditions, which AWS charges; moto meters nothing of the kind. So each call is seen on its way out
and back, the items before and after it are read by a client that is not metered, and the rules do the rest.

Sources, pages of the Amazon DynamoDB Developer Guide: "DynamoDB item sizes and formats", "DynamoDB read and write
operations", "Using Global Secondary Indexes in DynamoDB", "Amazon DynamoDB Transactions: How it works". That an index
entry costs once inside a transaction too is stated by AWS's own cost calculator (aws/agent-toolkit-for-aws), which was
checked against the service.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

WRITE_BYTES, READ_BYTES = 1024, 4096
LIST_OR_MAP_BYTES, ELEMENT_BYTES = 3, 1

Item = Mapping[str, Any]


class NotMetered(Exception):  # noqa: N818 - a fact: nothing is guessed where no rule is written down here
    """A call for which there is no rule here yet."""


def item_bytes(item: Item) -> int:
    """The size of an item in typed JSON: names and values, with the overhead of lists and maps."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, inner),) = value.items()
    match kind:
        case "S":
            return len(inner.encode())
        case "N":
            return _number_bytes(inner)
        case "BOOL" | "NULL":
            return 1
        case "L":
            return LIST_OR_MAP_BYTES + sum(ELEMENT_BYTES + _value_bytes(one) for one in inner)
        case "M":
            named = sum(ELEMENT_BYTES + len(name.encode()) + _value_bytes(one) for name, one in inner.items())
            return LIST_OR_MAP_BYTES + named
    raise NotMetered(f"values of type {kind}")


def _number_bytes(text: str) -> int:
    """One byte for two significant digits, and one more; zeros at both ends are not significant."""
    return math.ceil(len(text.lstrip("-").replace(".", "").strip("0")) / 2) + 1


def read_units(size: int, *, consistent: bool, transaction: bool = False) -> float:
    """Units of one read of so many bytes: of an item, or of all items of a query together. Finding nothing costs as
    much as finding little."""
    return max(1, math.ceil(size / READ_BYTES)) * (2.0 if transaction else 1.0 if consistent else 0.5)


def write_units(old: Item | None, new: Item | None, *, transaction: bool = False) -> int:
    """Units of one write to the table: by the larger of the item before and after, done or refused alike."""
    size = max(item_bytes(old or {}), item_bytes(new or {}))
    return _units(size) * (2 if transaction else 1)


def _units(size: int) -> int:
    return max(1, math.ceil(size / WRITE_BYTES))


@dataclass(frozen=True)
class Index:
    """A global secondary index. `attributes` are those it carries beside the keys; None means all."""

    keys: tuple[str, ...]
    table_keys: tuple[str, ...]
    attributes: frozenset[str] | None = None

    def entry(self, item: Item | None) -> Item | None:
        """What the index keeps of an item: nothing unless the item has the index's keys."""
        if not item or any(key not in item for key in self.keys):
            return None
        if self.attributes is None:
            return item
        kept = {*self.keys, *self.table_keys, *self.attributes}
        return {name: value for name, value in item.items() if name in kept}

    def write_units(self, old: Item | None, new: Item | None) -> int:
        """Units of bringing the index up to date; a transaction does not double them."""
        before, after = self.entry(old), self.entry(new)
        if before == after:
            return 0
        if before and after and any(before[key] != after[key] for key in self.keys):
            return _units(item_bytes(before)) + _units(item_bytes(after))
        return _units(max(item_bytes(before or {}), item_bytes(after or {})))


def indexes(definition: Mapping[str, Any]) -> tuple[Index, ...]:
    """The indexes of a table, from the keyword arguments of CreateTable."""
    table_keys = tuple(key["AttributeName"] for key in definition["KeySchema"])
    return tuple(
        Index(
            keys=tuple(key["AttributeName"] for key in index["KeySchema"]),
            table_keys=table_keys,
            attributes=None
            if index["Projection"]["ProjectionType"] == "ALL"
            else frozenset(index["Projection"].get("NonKeyAttributes", ())),
        )
        for index in definition.get("GlobalSecondaryIndexes", ())
    )


@dataclass(frozen=True)
class Charge:
    """What one item of one call costs. `kind` is the item's own word for what it is."""

    kind: str
    wru: float = 0.0
    rru: float = 0.0


_FAILED = {"ConditionalCheckFailedException", "TransactionCanceledException"}
_READS, _WRITES = {"GetItem", "Query"}, {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}
# What would make the answer hold less than was read, so that its size would be no measure.
_HIDING = {"ProjectionExpression", "FilterExpression", "Select", "AttributesToGet"}


class Metered:
    """Watches a session's DynamoDB calls and hands the charges of each to `charge`.

    Register before the clients are made: a client takes its session's hooks along when it is born. `look` reads an
    item by its key as it is at that moment, past the hooks.
    """

    def __init__(
        self,
        look: Callable[[Item], Item | None],
        over: Iterable[Index],
        charge: Callable[[list[Charge]], None],
    ) -> None:
        self._look, self._indexes, self._charge = look, tuple(over), charge
        # Off, calls pass unseen: those of the setting of a scene.
        self.on = False

    def watch(self, events: Any) -> None:
        """Takes botocore's or boto3's event hooks."""
        events.register("before-parameter-build.dynamodb", self._before)
        events.register("after-call.dynamodb", self._after)

    def _before(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        if not self.on:
            return
        written = [*_written(model.name, params)]
        context["metering"] = params, [(write, self._look(_key(write))) for write in written]

    def _after(self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        if "metering" not in context:
            return
        params, written = context["metering"]
        failed = parsed.get("Error", {}).get("Code")
        if failed is not None and failed not in _FAILED:
            return  # throttled or malformed calls are not charged
        if model.name in _READS:
            self._charge([_read(model.name, params, parsed)])
        elif model.name == "BatchGetItem":
            self._charge([*_read_many(params, parsed)])
        elif model.name in _WRITES:
            several = model.name == "TransactWriteItems"
            self._charge([self._wrote(write, old, failed=bool(failed), several=several) for write, old in written])
        elif not model.name.endswith(("Table", "TimeToLive", "ContinuousBackups")):
            raise NotMetered(model.name)

    def _wrote(self, write: dict[str, Any], old: Item | None, *, failed: bool, several: bool) -> Charge:
        """A refused put would have written its item; a refused update is charged for the item in its way."""
        new = (write.get("Item") or old) if failed else self._look(_key(write))
        index_units = 0 if failed else sum(index.write_units(old, new) for index in self._indexes)
        return Charge(_kind(new or old), wru=write_units(old, new, transaction=several) + index_units)


def _written(operation: str, params: dict[str, Any]) -> Iterable[dict[str, Any]]:
    if operation == "TransactWriteItems":
        return [write for one in params["TransactItems"] for write in one.values()]
    return [params] if operation in _WRITES else []


def _key(write: dict[str, Any]) -> Item:
    return write.get("Key") or {name: write["Item"][name] for name in ("pk", "sk")}


def _kind(item: Item | None) -> str:
    return str((item or {}).get("kind", {}).get("S", "nothing"))


def _read(operation: str, params: dict[str, Any], parsed: dict[str, Any]) -> Charge:
    if hiding := _HIDING & params.keys():
        raise NotMetered(f"{operation} with {', '.join(sorted(hiding))}")
    found = parsed.get("Items", [parsed["Item"]] if "Item" in parsed else [])
    size = sum(map(item_bytes, found))
    return Charge(
        _kind(found[0] if found else None), rru=read_units(size, consistent=params.get("ConsistentRead", False))
    )


def _read_many(params: dict[str, Any], parsed: dict[str, Any]) -> Iterable[Charge]:
    """As so many single reads: each item is rounded up by itself, and one that is not there costs the least. Keys that
    were left unread cost nothing."""
    for table, asked in params["RequestItems"].items():
        if hiding := _HIDING & asked.keys():
            raise NotMetered(f"BatchGetItem with {', '.join(sorted(hiding))}")
        consistent = asked.get("ConsistentRead", False)
        found = parsed.get("Responses", {}).get(table, [])
        unread = parsed.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        yield from (Charge(_kind(item), rru=read_units(item_bytes(item), consistent=consistent)) for item in found)
        missing = len(asked["Keys"]) - len(found) - len(unread)
        yield from [Charge("nothing", rru=read_units(0, consistent=consistent))] * missing
