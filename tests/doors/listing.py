"""What a page of a list shows, whether it is JSON or a sheet of rows."""

import csv
from io import StringIO
from typing import Any

from tests.people import Reply


def is_sheet(reply: Reply) -> bool:
    return reply.headers["content-type"].startswith("text/csv")


def items(reply: Reply) -> list[dict[str, Any]]:
    """The things on this page. A sheet has several rows for one: its first stands for it."""
    if not is_sheet(reply):
        return list(reply.json["items"])
    rows: dict[str, dict[str, Any]] = {}
    for row in csv.DictReader(StringIO(reply.text, newline=""), strict=True):
        rows.setdefault(row["transaction_id"], row)
    return list(rows.values())


def next_cursor(reply: Reply) -> str | None:
    """Where the list goes on; None at its end."""
    found = reply.headers.get("next-cursor") if is_sheet(reply) else reply.json["next_cursor"]
    return found if found is None else str(found)
