"""Orders and manufacturers in the table. The lines of an order lie in pages beside its head: a batch may have
thousands of variants."""

from collections.abc import Iterator
from typing import Any

from chalicelib.kernel import ids, keys
from chalicelib.kernel.refusals import Busy, Conflict
from chalicelib.manufacturing.model import Answer, Line, Manufacturer, ManufacturingOrder, OrderHead
from chalicelib.manufacturing.rules import OrderMissing
from chalicelib.plumbing.expressions import absent, absent_or_equals, equals, exists
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, putting

# An item holds 400 kB. JSON takes more bytes than DynamoDB counts for the same lines, so this leaves room.
LINES_PER_PAGE, MOST_PAGE_BYTES = 100, 350_000
MOST_PAGES = 1000


class OrderExists(Conflict):
    """Refused: the batch's order has been raised already."""


class LinesExist(Conflict):
    """Refused: this page of lines has been written already, with the same lines."""


def writing_lines(order_id: str, lines: tuple[Line, ...]) -> list[Write]:
    """The pages of lines, each written once. They mean nothing until the head exists, so they need no transaction."""
    return [
        putting(
            keys.order_page(order_id, number),
            {"kind": "order_lines", "lines": [line.model_dump(mode="json") for line in page]},
            refusal=LinesExist,
        )
        for number, page in enumerate(pages(lines))
    ]


def pages(lines: tuple[Line, ...]) -> Iterator[list[Line]]:
    """The lines in their order, as many to a page as it takes; a function of the lines alone, so that a second try
    writes the same pages."""
    page: list[Line] = []
    size_bytes = 0
    for line in lines:
        line_bytes = len(line.model_dump_json().encode())
        if page and (len(page) == LINES_PER_PAGE or size_bytes + line_bytes > MOST_PAGE_BYTES):
            yield page
            page, size_bytes = [], 0
        page.append(line)
        size_bytes += line_bytes
    if page:
        yield page


def issuing(head: OrderHead) -> Write:
    """The order's head: the moment at which the order exists, at most once. Listed for its manufacturer and its
    organiser."""
    item = {
        **head.model_dump(mode="json", exclude_none=True),
        "kind": "order",
        "organiser_id": head.organiser_id,
        "gsi1pk": f"MAKER#{head.manufacturer_id}",
        "gsi1sk": head.order_id,
        "gsi2pk": f"ORGANISER#{head.organiser_id}",
        "gsi2sk": head.order_id,
    }
    return putting(keys.order(head.order_id), item, refusal=OrderExists)


def get_head(table: Table, order_id: str) -> OrderHead:
    """Refuses with OrderMissing."""
    found = table.get(keys.order(order_id)) if ids.is_order_id(order_id) else None
    if found is None:
        raise OrderMissing
    return OrderHead.model_validate(found)


def get(table: Table, order_id: str) -> ManufacturingOrder:
    """The order with all its lines. Refuses with OrderMissing."""
    head = get_head(table, order_id)
    lines: list[Any] = []
    after: str | None = None
    while len(lines) < head.line_count:
        page = table.query(keys.order(order_id).pk, prefix="L#", after=after, limit=MOST_PAGES)
        lines += [line for found in page.items for line in found["lines"]]
        if page.last is None:
            break
        after = page.last["sk"]
    return ManufacturingOrder.model_validate({**head.model_dump(), "organiser_id": head.organiser_id, "lines": lines})


def list_of(
    table: Table, index: str, owner: str, *, cursor: str | None, limit: int
) -> tuple[list[OrderHead], str | None]:
    """Heads of one owner's orders, newest first, and the cursor to go on with. The index lags by moments."""
    after = {**keys.order(cursor)._asdict(), f"{index}pk": owner, f"{index}sk": cursor} if cursor else None
    page = table.query_index(index, owner, after=after, limit=limit, newest_first=True)
    heads = [OrderHead.model_validate(found) for found in page.items]
    return heads, heads[-1].order_id if page.last and heads else None


def list_for_manufacturer(table: Table, manufacturer_id: str, **page: Any) -> tuple[list[OrderHead], str | None]:
    return list_of(table, "gsi1", f"MAKER#{manufacturer_id}", **page)


def list_for_organiser(table: Table, organiser_id: str, **page: Any) -> tuple[list[OrderHead], str | None]:
    return list_of(table, "gsi2", f"ORGANISER#{organiser_id}", **page)


def answering(order: OrderHead, answer: Answer) -> Write:
    """Records the answer if the order is still in the state that was read."""
    answers = [*(given.model_dump(mode="json", exclude_none=True) for given in order.answers)]
    answers.append(answer.model_dump(mode="json", exclude_none=True))
    put = {"state": answer.answer, "answers": answers}
    return changing(keys.order(order.order_id), put=put, provided=[equals("state", order.state)])


def delivered(order_id: str, at: str) -> Write:
    """Notes the first successful delivery; a repeated one changes nothing."""
    put = {"delivered_at": at, "delivery_problem": None}
    return changing(
        keys.order(order_id),
        put=put,
        add={"delivery_attempts": 1},
        provided=[exists(), absent("delivered_at")],
        refusal=OrderExists,
    )


def undelivered(order_id: str, problem: str) -> Write:
    """Notes an attempt that failed, for the organiser to see."""
    return changing(
        keys.order(order_id),
        put={"delivery_problem": problem},
        add={"delivery_attempts": 1},
        provided=[exists(), absent("delivered_at")],
        refusal=OrderExists,
    )


def registering(manufacturer: Manufacturer) -> Write:
    """Adds or replaces a manufacturer: for the command line, not for the API."""
    item = {**manufacturer.model_dump(mode="json"), "kind": "manufacturer"}
    return putting(
        keys.manufacturer(manufacturer.manufacturer_id),
        item,
        provided=[absent_or_equals("kind", "manufacturer")],
        refusal=Busy,
    )


def disabling(manufacturer_id: str) -> Write:
    """The endpoint answered 410: nothing more is sent to it until it is registered again."""
    return changing(keys.manufacturer(manufacturer_id), put={"enabled": False}, provided=[exists()])


def find_manufacturer(table: Table, manufacturer_id: str) -> Manufacturer | None:
    found = table.get(keys.manufacturer(manufacturer_id))
    return Manufacturer.model_validate(found) if found else None
