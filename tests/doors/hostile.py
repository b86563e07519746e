"""Bodies that no honest client sends, made from one that an honest client would send."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

# Fields that may be null, which is the same as left out.
NULLABLE = ("note", "voting_closes_at", "accepts_ships_at", "country", "access_code", "address.region")
NULLABLE += ("waves.0.access_code", "other_payment_method")
# What people write of themselves and to each other: any text.
FREE = {"title", "story", "label", "sku", "note", "access_code", "name", "reason"}
FREE |= {"street", "city", "postal_code", "region"}
Path = tuple[Any, ...]
Bodies = Iterator[tuple[str, bytes]]

# As written in the text of a body: what is in the place of a whole number that begins at 1.
NOT_A_QUANTITY = [
    "NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e3", "1.0", "0.5", "-0", "-0.0", "0", "-1", "00", "01", "+1",
    "0x1", "1_0", str(2**53 + 1), str(2**63), str(-(2**63) - 1), "9" * 400, "9" * 5_000, "true", "false", '"1e3"',
    '"1"', '""', "null", "[]", "{}", "[1]",
]  # fmt: skip
# As written in the text of a body: what is in the place of a text that names something.
NOT_A_TEXT = ["1", "true", "null", "[]", "{}", '["x"]', '"\\ud800"', '"\\udfff\\ud800"', '"\\u12"', '"\x01"', "'x'",
]  # fmt: skip
NOT_A_NAME = [
    '""',
    '"\\u0000"',
    '"red\\u0000"',
    '"\\u202Ered"',
    '"re\u0301d"',
    '"\uff52\uff45\uff44"',
    '"red "',
    '"red\\n"',
]
NOT_A_TIME = [
    '"now"', '"NaN"', '"1e3"', '"Infinity"', '"2026-12-01T09:30:00"', '"2026-02-30T00:00:00Z"',
    '"2026-12-01T24:61:00Z"', '"0001-01-01T00:00:00+23:59"', '"9999-12-31T23:59:59-23:59"', '"1999-12-31T23:59:59Z"',
    '"2200-01-01T00:00:00Z"',
]  # fmt: skip
NOT_A_BODY: dict[str, bytes] = {
    "nothing": b"",
    "spaces": b" \n\t ",
    "null": b"null",
    "true": b"true",
    "a number": b"1",
    "a text": b'"{}"',
    "an array": b"[]",
    "an array of bodies": b"[{}]",
    "an empty object": b"{}",
    "half an object": b'{"title": ',
    "two objects": b"{}{}",
    "5000 arrays": b"[" * 5_000 + b"]" * 5_000,
    "5000 arrays, open": b"[" * 5_000,
    "5000 objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "no UTF-8": b'{"a": "\xff\xfe"}',
    "UTF-16": '{"a": "b"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a surrogate in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "an overlong NUL": b'{"a": "\xc0\x80"}',
    "NUL": b"\x00",
    "a comment": b"{/**/}",
    "a trailing comma": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "a form": b"title=x&limit=1",
    "XML": b"<?xml version='1.0'?><a/>",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
}
MEDIA_TYPES = [
    "text/plain", "text/json", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data",
    "application/json-patch+json", "application/jsonp", "application", "*/*", "json", "", "application/octet-stream",
]  # fmt: skip


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Each place of a body and what is there."""
    yield path, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inner:
        yield from walk(part, (*path, name))


def told(path: Path) -> str:
    return ".".join(map(str, path))


def with_text_at(body: Any, path: Path, text: str) -> bytes:
    """The body with this text, be it JSON or not, in the place."""
    changed = deepcopy(body)
    place = changed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = "\0here"
    return json.dumps(changed).replace(json.dumps("\0here"), text).encode("utf-8", "surrogatepass")


def wrong_numbers(body: Any) -> Bodies:
    for path, value in walk(body):
        if isinstance(value, int):
            for text in NOT_A_QUANTITY:
                yield f"{told(path)}: {text[:20]}", with_text_at(body, path, text)


def wrong_texts(body: Any) -> Bodies:
    for path, value in walk(body):
        if isinstance(value, str):
            is_name = not FREE & set(path)
            is_time = str(path[-1]).endswith("_at")
            for text in [*NOT_A_TEXT, *(NOT_A_NAME if is_name else ()), *(NOT_A_TIME if is_time else ())]:
                if not (text == "null" and told(path) in NULLABLE):
                    yield f"{told(path)}: {text}", with_text_at(body, path, text)


def unknown_fields(body: Any) -> Bodies:
    for path, value in walk(body):
        if isinstance(value, dict):
            for field in ("x", "", "Title", "__proto__", "title\u200b", "constructor"):
                text = json.dumps({**value, field: 1})
                yield f"{told(path)}: {field!r}", with_text_at(body, path, text) if path else text.encode()


def repeated_fields(body: Any) -> Bodies:
    for path, value in walk(body):
        if isinstance(value, dict):
            for field, part in value.items():
                text = f"{json.dumps(value)[:-1]}, {json.dumps(field)}: {json.dumps(part)}}}"
                yield f"{told(path)}: {field} twice", with_text_at(body, path, text) if path else text.encode()


def wrong_shapes(body: Any) -> Bodies:
    """An object for an array and the other way round, none where some are needed, bottomless ones."""
    for path, value in walk(body):
        if path and isinstance(value, dict | list):
            for text in ("null", "1", '"x"', "{}" if isinstance(value, list) else "[]", "[" * 5_000 + "]" * 5_000):
                yield f"{told(path)}: {text[:20]}", with_text_at(body, path, text)


def too_large(body: dict[str, Any]) -> Bodies:
    whole = json.dumps(body).encode()
    yield "70 kB of spaces", whole + b" " * 70_000
    yield "70 kB of a field", with_text_at({**body, "x": ""}, ("x",), json.dumps("x" * 70_000))
    yield "5 MB", whole + b" " * 5_000_000
