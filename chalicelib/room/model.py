"""Room in a batch: books of pages, and the claims on them.

A book is so many units in a row of pages; a page is one item. Three counters of a page only ever grow: units taken,
units given back, and its version. So a page that is full stays full, whoever comes late, twice or out of order.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from uuid import UUID

# placed: room is taken; secured: its units count; collected: they are paid for; back: they were given back.
ClaimState = Literal["placed", "secured", "collected", "back"]
_LETTERS: dict[ClaimState, str] = {"placed": "p", "secured": "s", "collected": "c", "back": "b"}
_STATES = {letter: state for state, letter in _LETTERS.items()}
# What counts for a minimum, and is made.
COUNTED: tuple[ClaimState, ...] = ("secured", "collected")


class Spot(NamedTuple):
    """Where a page is."""

    batch_number: int
    book: int
    page: int


class Piece(NamedTuple):
    """So many units on one page, and how many more were taken there once and given back by an edit."""

    spot: Spot
    units: int
    back: int = 0

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.spot))}*{_units_text(self.units, self.back)}"


def _units_text(units: int, back: int) -> str:
    return f"{units}+{back}" if back else str(units)


def _read_units(text: str) -> tuple[int, int]:
    """(units, units given back) of `2+1`; most claims were never edited, and say just `3`."""
    units, _, back = text.partition("+")
    return int(units), int(back or 0)


def pieces_text(pieces: tuple[Piece, ...]) -> str:
    """`1.1.5*2,1.1.6*1`: two units on page 5 and one on page 6 of book 1 of batch 1."""
    return ",".join(map(str, pieces))


def read_pieces(text: str) -> tuple[Piece, ...]:
    """What `pieces_text` wrote."""
    found = (one.split("*") for one in text.split(",") if one)
    return tuple(Piece(Spot(*map(int, spot.split("."))), *_read_units(units)) for spot, units in found)


@dataclass(frozen=True)
class Book:
    """So many units of a batch, cut into pages of `page_units`; the last page may be smaller. `sizes`: of pages that
    were each cut for one fan. `only`: the one of them that a fan may use."""

    batch_number: int
    number: int
    units: int
    page_units: int
    sizes: tuple[int, ...] = ()
    only: int | None = None

    @property
    def pages(self) -> int:
        return len(self.sizes) or -(-self.units // self.page_units)

    def size(self, page: int) -> int:
        """Units of one page."""
        return self.sizes[page] if self.sizes else min(self.page_units, self.units - page * self.page_units)


@dataclass(frozen=True)
class Claim:
    """The room that one pre-order holds on one page. `wants` is what the pre-order is for, in its own words, on the
    first of its pages; `also` names its other pages. `back`: units that it took here and gave back by an edit; they
    stay taken, as the page stays as full as it was."""

    ref: str
    fan_id: str
    state: ClaimState
    units: int
    wants: str = ""
    also: tuple[Piece, ...] = ()
    back: int = 0

    def text(self) -> str:
        """As stored: short, so that fifteen fit into one write unit."""
        units = _units_text(self.units, self.back)
        return ";".join([_LETTERS[self.state], units, self.wants, pieces_text(self.also), _short(self.fan_id)])


def read_claim(ref: str, text: str) -> Claim:
    """What `Claim.text` wrote."""
    letter, counted, wants, also, fan_id = text.split(";", 4)
    units, back = _read_units(counted)
    return Claim(ref, _long(fan_id), _STATES[letter], units, wants, read_pieces(also), back)


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


class Claims(Mapping[str, Claim]):
    """The claims of a page as stored, each read when it is asked for: who looks for room reads hundreds of pages, and
    needs none of their claims."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts

    def __getitem__(self, ref: str) -> Claim:
        return read_claim(ref, self._texts[ref])

    def __contains__(self, ref: object) -> bool:
        return ref in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


class Counts(NamedTuple):
    """Of a page, or of many: the sum of versions, units taken ever, secured now, given back ever, and those of the
    secured ones that are paid for."""

    version: int = 0
    taken: int = 0
    secured: int = 0
    back: int = 0
    collected: int = 0

    @property
    def held(self) -> int:
        """Units of placed and secured claims."""
        return self.taken - self.back

    def __str__(self) -> str:
        return ",".join(map(str, self if self.collected else self[:-1]))


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
    claims: Mapping[str, Claim] = field(default_factory=dict)

    @property
    def placed_units(self) -> int:
        """Units whose payment is under way."""
        return self.counts.held - self.counts.secured
