"""Ids: UUIDv7 text for what we make, so that ids sort by time. What comes from outside is checked before it becomes a
key."""

import re
from collections.abc import Callable

from chalicelib.kernel.refusals import Invalid

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ORDER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.[0-9]{1,4}\.[0-9]{1,3}")


class CursorInvalid(Invalid):
    """Refused: a cursor that no list of ours has given out."""

    sentence = "The cursor is not one that a list has given. Start again without it."


def is_uuid(text: str) -> bool:
    """Whether the text is one of our ids, in the only spelling that we write."""
    return _UUID.fullmatch(text) is not None


def order_id(campaign_id: str, batch_number: int, revision: int) -> str:
    """The id of a manufacturing order. A function of what it is for, so that a second one can never be raised beside
    it."""
    return f"{campaign_id}.{batch_number}.{revision}"


def is_order_id(text: str) -> bool:
    """Whether the text has the form of a manufacturing order's id."""
    return _ORDER.fullmatch(text) is not None


def read_cursor(cursor: str | None, is_id: Callable[[str], bool] = is_uuid) -> str | None:
    """The id after which a list of such ids goes on. Refuses with CursorInvalid. It says where, never in whose list."""
    if cursor is None or is_id(cursor):
        return cursor
    raise CursorInvalid
