"""What a claim is for, in a few letters: fifteen claims share one write unit. Pure.

`01*2/00*1`: two units of the variant with code 01, and one of 00 (codes: campaigns.variants). What a fan leaves open
comes behind it: `01*2-5~00@9000^sqk3f` is for two units, up to five, of 00 if 01 is not made, as long as a unit costs
9000 at most, and was joined at this second.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple


class Wish(NamedTuple):
    """One line: so many units of a variant, up to a bound, or of a second choice. Variants as codes."""

    code: str
    quantity: int
    up_to: int
    second: str | None = None

    def __str__(self) -> str:
        more = f"-{self.up_to}" if self.up_to > self.quantity else ""
        return f"{self.code}*{self.quantity}{more}" + (f"~{self.second}" if self.second else "")


class Wishes(NamedTuple):
    """All that a claim is for. `cap_minor`: the highest unit price, before surcharges, at which it stands. `joined`: in
    seconds; only who leaves something open has a place among the others."""

    lines: tuple[Wish, ...]
    cap_minor: int | None = None
    joined: int = 0

    @property
    def open(self) -> bool:
        """Whether it can become something else than it is for."""
        return any(line.up_to > line.quantity or line.second for line in self.lines)

    def __str__(self) -> str:
        cap = "" if self.cap_minor is None else f"@{self.cap_minor}"
        return "/".join(map(str, self.lines)) + cap + (f"^{_base36(self.joined)}" if self.joined else "")


def text(lines: Iterable[tuple[str, int]]) -> str:
    """(variant code, quantity) of each line, as stored with the claim."""
    return str(Wishes(tuple(Wish(code, quantity, quantity) for code, quantity in lines)))


def wishes(wants: str) -> Wishes:
    """What `str(Wishes)` wrote."""
    front, _, joined = wants.partition("^")
    lines, _, cap = front.partition("@")
    found = tuple(_wish(line) for line in lines.split("/") if line)
    return Wishes(found, int(cap) if cap else None, int(joined, 36) if joined else 0)


def _wish(line: str) -> Wish:
    code, _, rest = line.partition("*")
    units, _, second = rest.partition("~")
    quantity, _, up_to = units.partition("-")
    return Wish(code, int(quantity), int(up_to or quantity), second or None)


def read(wants: str) -> list[tuple[str, int]]:
    """(variant code, quantity) of each line, as it was placed."""
    return [(line.code, line.quantity) for line in wishes(wants).lines]


def quantities(wants: str) -> Counter[str]:
    """Units by variant code, as it was placed."""
    found: Counter[str] = Counter()
    for code, quantity in read(wants):
        found[code] += quantity
    return found


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text
