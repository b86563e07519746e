"""Ids: UUIDv7 text for what we make, so that ids sort by time. What comes from outside is checked before it becomes a
key."""

import hashlib
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


_PREORDER = re.compile(_UUID.pattern + r"\.[0-9a-f]{16}\.[0-9]{3}")


def preorder_id(campaign_id: str, fan_id: str, place: int) -> str:
    """The id of a fan's pre-order number `place` in a campaign. A function of what it is, so that two requests at once
    cannot make two; it does not tell who the fan is."""
    fan = hashlib.sha256(f"{campaign_id}\n{fan_id}".encode()).hexdigest()[:16]
    return f"{campaign_id}.{fan}.{place:03d}"


def is_preorder_id(text: str) -> bool:
    """Whether the text has the form of a pre-order's id."""
    return _PREORDER.fullmatch(text) is not None


def preorder_ref(preorder_id: str) -> str:
    """The id without its campaign: what a claim is called on the pages of that campaign."""
    return preorder_id[37:].replace(".", "_")


def of_ref(campaign_id: str, ref: str) -> str:
    """The id that a claim's name stands for."""
    return f"{campaign_id}.{ref.replace('_', '.')}"


def place_of(preorder_id: str) -> int:
    """The pre-order's place among the fan's own."""
    return int(preorder_id.rpartition(".")[2])


def read_cursor(cursor: str | None, is_id: Callable[[str], bool] = is_uuid) -> str | None:
    """The id after which a list of such ids goes on. Refuses with CursorInvalid. It says where, never in whose list."""
    if cursor is None or is_id(cursor):
        return cursor
    raise CursorInvalid


_KEY = re.compile(r"[!-~]{1,64}")


def is_key(text: str | None) -> bool:
    """Whether the text can be an idempotency key: of a client's own, and so in visible letters and short."""
    return text is not None and _KEY.fullmatch(text) is not None


def key_digest(key: str) -> str:
    """An idempotency key as kept: it is the client's text."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]
