"""The ledger in the table: one item for each transaction, in sixteen parts, so that a flash sale heats no partition."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from chalicelib.kernel import instants, keys, money_keys
from chalicelib.kernel.ids import CursorInvalid
from chalicelib.kernel.refusals import Conflict
from chalicelib.ledger import rules
from chalicelib.ledger.model import LedgerTransaction
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, putting

KIND = "ledger"
# Held of each part while all are read; more means fewer questions and more memory.
READ_AHEAD = 250
# DynamoDB's own bound for a sort key.
MOST_PLACE_BYTES = 1024
_PLACE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#.+", re.ASCII | re.DOTALL)


class EntryExists(Conflict):
    """Refused: this transaction has been written already, and what is written is never changed."""

    sentence = "This movement of money is in the ledger already."


def writing(transaction: LedgerTransaction) -> Write:
    """Writes the transaction, once, together with the state that it belongs to. Refuses with EntryExists. Raises
    Unbalanced.

    The moment is part of the key: whoever makes a transaction anew must give it the moment of the first time, or commit
    it with a condition that holds once only.
    """
    rules.check(transaction)
    item = transaction.model_dump(mode="json", exclude_none=True)
    # `kind` tells items apart all over the table.
    return putting(_key(transaction), {**item, "kind": KIND, "movement": item["kind"]}, refusal=EntryExists)


def page(
    table: Table, campaign_id: str, *, cursor: str | None, limit: int
) -> tuple[list[LedgerTransaction], str | None]:
    """At most `limit` transactions after the cursor, oldest first, and the cursor to go on with. Refuses with
    CursorInvalid. Strongly consistent; 16 questions, each of few items."""
    after = read_cursor(cursor) if cursor is not None else None
    each = limit // money_keys.LEDGER_PARTS + 2
    found = list(islice(_merged(table, campaign_id, after=after, ahead=each), limit + 1))
    shown = found[:limit]
    return [_read(item) for item in shown], to_cursor(shown[-1]["sk"]) if len(found) > limit else None


def every(table: Table, campaign_id: str, *, since: datetime | None = None) -> Iterator[LedgerTransaction]:
    """The whole ledger, oldest first, in bounded memory; or what was written from then on. Strongly consistent; reads
    on as it is asked for more."""
    after = instants.text(since) if since else None
    return map(_read, _merged(table, campaign_id, after=after, ahead=READ_AHEAD))


def _merged(table: Table, campaign_id: str, *, after: str | None, ahead: int) -> Iterator[dict[str, Any]]:
    parts = (
        _part(table, money_keys.ledger_part(campaign_id, part), after=after, ahead=ahead)
        for part in range(money_keys.LEDGER_PARTS)
    )
    return merge(*parts, key=lambda item: item["sk"])


def _part(table: Table, pk: str, *, after: str | None, ahead: int) -> Iterator[dict[str, Any]]:
    while True:
        found = table.query(pk, after=after, limit=ahead)
        yield from found.items
        if not found.last:
            return
        after = found.last["sk"]


def _key(transaction: LedgerTransaction) -> keys.Key:
    return money_keys.ledger(transaction.campaign_id, instants.text(transaction.at), transaction.transaction_id)


def _read(item: dict[str, Any]) -> LedgerTransaction:
    return LedgerTransaction.model_validate({**item, "kind": item["movement"]})


def to_cursor(place: str) -> str:
    """The place in the ledger as a text that shows when it was damaged on its way. It is no secret, and says where,
    never in whose ledger."""
    raw = place.encode()
    return base64.urlsafe_b64encode(hashlib.sha256(raw).digest()[:6] + raw).decode().rstrip("=")


def read_cursor(cursor: str) -> str:
    """The place that a cursor stands for. Refuses with CursorInvalid."""
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[6:].decode()
    except (binascii.Error, ValueError):
        raise CursorInvalid from None
    if not _PLACE.fullmatch(place) or len(place.encode()) > MOST_PLACE_BYTES or to_cursor(place) != cursor:
        raise CursorInvalid
    return place
