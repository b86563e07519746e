"""Rows of quantity times price, their sums, and how they are written down."""

from collections.abc import Iterable
from dataclasses import dataclass

from tools.cost.measured import Used
from tools.cost.prices import PRICES

WORDS = {
    "cdn": "requests to the CDN",
    "edge": "requests looked at by a function at the edge",
    "waf": "requests looked at by the rate limits",
    "rest": "requests to the API",
    "invocation": "Lambda invocations",
    "compute": "Lambda time",
    "wru": "table writes",
    "rru": "table reads",
    "sqs": "queue requests",
    "events": "announcements",
    "logged": "logs",
    "sent": "bytes to people",
}
# What rests on a guess, in whole or in part.
ASSUMED = {"compute", "logged", "sent"}


@dataclass(frozen=True)
class Row:
    """`price` is a name of the price table."""

    what: str
    quantity: float
    price: str
    assumed: bool = False

    @property
    def dollars(self) -> float:
        price = PRICES[self.price]
        return self.quantity / price.per * price.dollars

    @property
    def cells(self) -> str:
        """Quantity and dollars; a star marks a guess."""
        return f"{amount(self.quantity)} | {self.dollars:,.3f}{'*' if self.assumed else ''}"

    @property
    def text(self) -> str:
        return f"| {self.what} | {PRICES[self.price].text} | {self.cells} |"


@dataclass(frozen=True)
class Sheet:
    """One question about money and its answer."""

    title: str
    about: str
    rows: tuple[Row, ...]

    @property
    def dollars(self) -> float:
        return sum(row.dollars for row in self.rows)

    def lines(self) -> Iterable[str]:
        yield from ("", f"## {self.title}: ${self.dollars:,.2f}", "")
        yield from ((self.about, "") if self.about else ())
        yield from ("| what | list price | quantity | dollars |", "|---|---|---|---|")
        yield from (row.text for row in self.rows)

    def largest(self, count: int) -> list[Row]:
        return sorted(self.rows, key=lambda row: -row.dollars)[:count]


def rows(used: Used, *, assumed: Iterable[str] = ()) -> tuple[Row, ...]:
    """One row for each thing that was used, in the order of a request's way."""
    unsure = {*ASSUMED, *assumed}
    return tuple(Row(words, used[name], name, name in unsure) for name, words in WORDS.items() if used.get(name))


def amount(quantity: float) -> str:
    """Whole numbers as they are, small fractions with as many digits as say something."""
    few = 100
    return f"{quantity:,.0f}" if quantity >= few or quantity == int(quantity) else f"{quantity:.4g}"
