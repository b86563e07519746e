"""Reads order lines of a shop: customer = fan, stock code = variant, invoice = pre-order, an invoice C... = withdrawal.

Each row gets exactly one class: `sent` (a line of a pre-order), `cancelling` (a line of a withdrawal), or the first of
these reasons that applies, in this order:

    unreadable              wrong number of columns, or quantity or price is no number
    missing_customer        nobody to be the fan
    not_a_product           postage, discounts, gift cards, bank charges: no code of five digits and up to two letters
    duplicate               every column equal to an earlier row of the same invoice; the first one counts
    non_positive_quantity   nothing is ordered, and it is no cancellation
    positive_cancellation   a cancellation that takes nothing back
    zero_price              given away, or booked for some other reason: nobody pre-orders for nothing
    quantity_beyond_limit   more units in one line than the API takes

The unit price of the file is judged and not used: a campaign has one price ladder for all variants.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import NamedTuple

from tools.replay.accounts import Account

MOST_QUANTITY = 100_000
COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
_PRODUCT = re.compile(r"\d{5}[A-Z]{0,2}")


class NotOrders(ValueError):  # noqa: N818 - a fact about the file
    """The file does not begin with the header of an order file."""


class Line(NamedTuple):
    """So many units of one product; `rows` of the file were merged into it."""

    code: str
    quantity: int
    rows: int = 1


@dataclass
class Invoice:
    """The good rows of one invoice, equal products merged, in the order of the file."""

    number: str
    customer: str
    cancels: bool
    lines: dict[str, Line] = field(default_factory=dict)

    def add(self, code: str, quantity: int) -> None:
        _, earlier, rows = self.lines.get(code, Line(code, 0, 0))
        self.lines[code] = Line(code, earlier + quantity, rows + 1)


@dataclass
class Orders:
    """What a file says. `ordered` and `cancelled` are its own count of units by product, kept while reading."""

    invoices: list[Invoice] = field(default_factory=list)
    account: Account = field(default_factory=lambda: Account("rows"))
    ordered: Counter[str] = field(default_factory=Counter)
    cancelled: Counter[str] = field(default_factory=Counter)

    @property
    def codes(self) -> list[str]:
        """Every product that is ordered or taken back."""
        return sorted(self.ordered.keys() | self.cancelled.keys())

    @property
    def customers(self) -> list[str]:
        return sorted({invoice.customer for invoice in self.invoices})

    def times(self, number: int) -> "Orders":
        """So many shops of the same kind at once: each customer becomes as many fans, who order the same."""
        many = Orders(account=Account(self.account.things, self.account.read * number))
        for own, multiplied in (
            (self.account.classes, many.account.classes),
            (self.ordered, many.ordered),
            (self.cancelled, many.cancelled),
        ):
            multiplied.update({name: count * number for name, count in own.items()})
        many.invoices = [
            replace(invoice, customer=f"{invoice.customer}~{copy}") if copy else invoice
            for invoice in self.invoices
            for copy in range(number)
        ]
        return many


def read(lines: Iterable[str], *, limit: int | None = None) -> Orders:
    """The whole file, or its first `limit` rows. Raises NotOrders."""
    rows = csv.reader(lines)
    if tuple(next(rows, ())) != COLUMNS:
        raise NotOrders(f"The first line must be: {','.join(COLUMNS)}")
    orders = Orders()
    seen: dict[str, set[tuple[str, ...]]] = {}
    invoices: dict[tuple[str, str], Invoice] = {}
    for row in islice(rows, limit):
        orders.account.read += 1
        orders.account.note(_read_row(row, orders, seen, invoices))
    orders.invoices = list(invoices.values())
    orders.account.check()
    return orders


def _read_row(
    row: list[str], orders: Orders, seen: dict[str, set[tuple[str, ...]]], invoices: dict[tuple[str, str], Invoice]
) -> str:
    """The row's class; a good row joins its invoice."""
    parsed = _parsed(row)
    if parsed is None:
        return "unreadable"
    number, code, customer, quantity, price = parsed
    earlier = seen.setdefault(number, set())
    repeated = tuple(row) in earlier
    earlier.add(tuple(row))
    cancels = number.startswith("C")
    if problem := next(_problems(code, customer, quantity, price, repeated=repeated, cancels=cancels), None):
        return problem
    invoice = invoices.setdefault((number, customer), Invoice(number, customer, cancels))
    invoice.add(code, abs(quantity))
    (orders.cancelled if cancels else orders.ordered)[code] += abs(quantity)
    return "cancelling" if cancels else "sent"


def _parsed(row: list[str]) -> tuple[str, str, str, int, Decimal] | None:
    """(invoice, product, customer, quantity, unit price); codes that differ in case only are one product."""
    if len(row) != len(COLUMNS):
        return None
    number, code, _, quantity, _, price, customer, _ = (text.strip() for text in row)
    try:
        paid = Decimal(price)
        return (number, code.upper(), customer.removesuffix(".0"), int(quantity), paid) if paid.is_finite() else None
    except (ValueError, InvalidOperation):
        return None


def _problems(  # noqa: PLR0913 - one word per fact of a row
    code: str, customer: str, quantity: int, price: Decimal, *, repeated: bool, cancels: bool
) -> Iterator[str]:
    if not customer:
        yield "missing_customer"
    if _PRODUCT.fullmatch(code) is None:
        yield "not_a_product"
    if repeated:
        yield "duplicate"
    if quantity <= 0 and not cancels:
        yield "non_positive_quantity"
    if quantity >= 0 and cancels:
        yield "positive_cancellation"
    if price <= 0:
        yield "zero_price"
    if abs(quantity) > MOST_QUANTITY:
        yield "quantity_beyond_limit"
