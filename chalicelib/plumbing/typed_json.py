"""DynamoDB's typed JSON to plain Python and back: texts, integers, booleans, lists and maps, which is all that is
ever stored.

boto3's own converters do the same through decimals and a method look-up per value; on a campaign of 600 options that
is most of a request (benchmarks/typed_json.py).
"""

from collections.abc import Callable, Mapping
from typing import Any

Item = Mapping[str, Any]


class NotStorable(TypeError):  # noqa: N818 - a fact, as refusals are
    """A value that has no place in the table: a fraction, bytes, a set."""


def pack(item: Item) -> dict[str, Any]:
    """Plain Python to typed JSON. Raises NotStorable."""
    return {name: _typed(value) for name, value in item.items()}


def unpack(item: Item) -> dict[str, Any]:
    """Typed JSON (a read, a stream image) to plain Python; numbers are integers. Raises NotStorable."""
    return {name: _plain(value) for name, value in item.items()}


def _typed(value: Any) -> dict[str, Any]:
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case list() | tuple():
            return {"L": [_typed(one) for one in value]}
        case Mapping():
            return {"M": {name: _typed(one) for name, one in value.items()}}
    raise NotStorable(type(value).__name__)


def _plain(value: Item) -> Any:
    for kind, inner in value.items():
        read = _READ.get(kind)
        if read is not None:
            return read(inner)
    raise NotStorable(", ".join(value))


_READ: dict[str, Callable[[Any], Any]] = {
    "S": str,
    "N": int,
    "BOOL": bool,
    "NULL": lambda _: None,
    "L": lambda inner: [_plain(one) for one in inner],
    "M": lambda inner: {name: _plain(one) for name, one in inner.items()},
}
