"""Room in a batch: books of pages, and the claims on them.

A book is so many units in a row of pages; a page is one item. Three counters of a page only ever grow: units taken,
units given back, and its version. So a page that is full stays full, whoever comes late, twice or out of order.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from uuid import UUID

# placed: room is taken; secured: its units count; back: its units were given back.
ClaimState = Literal["placed", "secured", "back"]
_LETTERS: dict[ClaimState, str] = {"placed": "p", "secured": "s", "back": "b"}
_STATES = {letter: state for state, letter in _LETTERS.items()}


class Spot(NamedTuple):
    """Where a page is."""

    batch_number: int
    book: int
    page: int


class Piece(NamedTuple):
    """So many units on one page."""

    spot: Spot
    units: int

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.spot))}*{self.units}"


def pieces_text(pieces: tuple[Piece, ...]) -> str:
    """`1.1.5*2,1.1.6*1`: two units on page 5 and one on page 6 of book 1 of batch 1."""
    return ",".join(map(str, pieces))


def read_pieces(text: str) -> tuple[Piece, ...]:
    """What `pieces_text` wrote."""
    found = (one.split("*") for one in text.split(",") if one)
    return tuple(Piece(Spot(*map(int, spot.split("."))), int(units)) for spot, units in found)


@dataclass(frozen=True)
class Book:
    """So many units of a batch, cut into pages of `page_units`; the last page may be smaller."""

    batch_number: int
    number: int
    units: int
    page_units: int

    @property
    def pages(self) -> int:
        return -(-self.units // self.page_units)

    def size(self, page: int) -> int:
        """Units of one page."""
        return min(self.page_units, self.units - page * self.page_units)


@dataclass(frozen=True)
class Claim:
    """The room that one pre-order holds on one page. `wants` is what the pre-order is for, in its own words, on the
    first of its pages; `also` names its other pages."""

    ref: str
    fan_id: str
    state: ClaimState
    units: int
    wants: str = ""
    also: tuple[Piece, ...] = ()

    def text(self) -> str:
        """As stored: short, so that fifteen fit into one write unit."""
        return ";".join([_LETTERS[self.state], str(self.units), self.wants, pieces_text(self.also), _short(self.fan_id)])


def read_claim(ref: str, text: str) -> Claim:
    """What `Claim.text` wrote."""
    letter, units, wants, also, fan_id = text.split(";", 4)
    return Claim(ref, _long(fan_id), _STATES[letter], int(units), wants, read_pieces(also))


_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _short(fan_id: str) -> str:
    """A user pool's ids are UUIDs: 22 letters do for 36."""
    if _UUID.fullmatch(fan_id):
        return "~" + urlsafe_b64encode(UUID(fan_id).bytes).decode().rstrip("=")
    return f"~{fan_id}" if fan_id.startswith("~") else fan_id


def _long(text: str) -> str:
    if text.startswith("~~"):
        return text[1:]
    return str(UUID(bytes=urlsafe_b64decode(text[1:] + "=="))) if text.startswith("~") else text


class Counts(NamedTuple):
    """Of a page, or of many: the sum of versions, units taken ever, secured now, given back ever."""

    version: int = 0
    taken: int = 0
    secured: int = 0
    back: int = 0

    @property
    def held(self) -> int:
        """Units of placed and secured claims."""
        return self.taken - self.back

    def __str__(self) -> str:
        return ",".join(map(str, self))


EMPTY = Counts()


def summed(counts: "list[Counts]") -> Counts:
    return Counts(*map(sum, zip(*counts, strict=True))) if counts else Counts()


def read_counts(text: str) -> Counts:
    """What `str(Counts)` wrote; nothing for an empty text."""
    return Counts(*map(int, text.split(","))) if text else Counts()


@dataclass(frozen=True)
class Sheet:
    """A page as it is stored; one that was never written is empty."""

    spot: Spot
    counts: Counts = EMPTY
    sealed: bool = False
    claims: dict[str, Claim] = field(default_factory=dict)

    @property
    def placed_units(self) -> int:
        """Units whose payment is under way."""
        return self.counts.held - self.counts.secured
