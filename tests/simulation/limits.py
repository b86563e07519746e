"""What DynamoDB takes of one request, one key, one item."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.simulation.expressions import Item, Unacceptable

MOST_ITEM_BYTES, MOST_WRITES, MOST_KEYS = 409_600, 100, 100
MOST_PK_BYTES, MOST_SK_BYTES = 2048, 1024
INDEX_KEYS = ("gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk")
_OVERHEAD_BYTES = 3
# No item of a history has so long names that this were too little for all of them.
MOST_NAMES_BYTES = 100_000


def keys(operation: str, request: dict[str, Any]) -> Iterator[Item]:
    """The key, or item, of every item that the request names."""
    if operation == "TransactWriteItems":
        for write in request["TransactItems"]:
            for one in write.values():
                yield one.get("Item") or one["Key"]
    elif operation == "BatchGetItem":
        for wanted in request["RequestItems"].values():
            yield from wanted["Keys"]
    elif operation != "Query":
        yield request.get("Item") or request["Key"]


def partitions(operation: str, request: dict[str, Any]) -> list[str]:
    """The partition of each item that the request touches, in its order."""
    if operation == "Query":
        return [request["ExpressionAttributeValues"][":pk"]["S"]]
    return [key["pk"]["S"] for key in keys(operation, request)]


def check(operation: str, request: dict[str, Any]) -> None:
    """Raises Unacceptable for what DynamoDB finds wrong before it looks at any item."""
    named = list(keys(operation, request))
    for key in named:
        _check_key(key.get("pk", {}).get("S"), "pk", MOST_PK_BYTES)
        _check_key(key.get("sk", {}).get("S"), "sk", MOST_SK_BYTES)
    if operation == "TransactWriteItems" and not 1 <= len(named) <= MOST_WRITES:
        raise Unacceptable("Member must have length less than or equal to 100")
    if operation == "BatchGetItem":
        if not 1 <= len(named) <= MOST_KEYS:
            raise Unacceptable("Too many items requested for the BatchGetItem call")
        if len({(key["pk"]["S"], key["sk"]["S"]) for key in named}) < len(named):
            raise Unacceptable("Provided list of item keys contains duplicates")


@cache
def _check_key(text: str | None, name: str, most: int) -> None:
    if not text or len(text.encode()) > most:
        raise Unacceptable(f"One or more parameter values were invalid: the key {name}")


def fits(item: Item | None) -> bool:
    """Whether the item may be stored: its size, and the keys of its indexes."""
    if item is None:
        return True
    if any(name in item and not item[name].get("S") for name in INDEX_KEYS):
        return False
    return (
        sum(map(_most_bytes, item.values())) <= MOST_ITEM_BYTES - MOST_NAMES_BYTES
        or size_bytes(item) <= MOST_ITEM_BYTES
    )


def _most_bytes(value: dict[str, Any]) -> int:
    """Not less than the value has: a character is at most four bytes, and its own text has all of its characters."""
    text = value.get("S")
    return 4 * len(repr(value) if text is None else text)


def size_bytes(item: Item) -> int:
    """As DynamoDB counts: names and values in UTF-8, three bytes a list or map and one for each of its elements."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: dict[str, Any]) -> int:
    [(kind, inner)] = value.items()
    if kind == "S":
        return len(inner) if inner.isascii() else len(inner.encode())
    if kind == "N":
        return len(inner.lstrip("-").rstrip("0")) // 2 + 1 + inner.startswith("-")
    if kind == "M":
        return _OVERHEAD_BYTES + sum(1 + len(name.encode()) + _value_bytes(one) for name, one in inner.items())
    if kind == "L":
        return _OVERHEAD_BYTES + sum(1 + _value_bytes(one) for one in inner)
    return 1
