"""How room is cut into books and pages, and in which order a fan's pre-order looks for it. Pure."""

from collections.abc import Iterator
from math import gcd

from chalicelib.kernel import keys
from chalicelib.kernel.refusals import Busy, Conflict
from chalicelib.room.model import Book, Piece, Sheet, Spot

# So many claims are just below 1 kB, which is one write unit.
PAGE_UNITS = 15
# Pages of a campaign with a high limit are larger, so that one pre-order fits on a few of them; so many claims of one
# unit each still fit into an item.
MOST_PAGE_UNITS = 3000
PAGES_PER_PREORDER = 8
# A transaction takes 100 items: the pages of one pre-order, its own item, and some beside them.
MOST_PIECES = 90
PAGES_PER_GROUP = 64


class NoRoom(Conflict):
    """Refused: this page has no room for so many units, or is sealed."""


def page_units(limit: int) -> int:
    """Units of a page, where one fan may have so many."""
    return max(PAGE_UNITS, min(MOST_PAGE_UNITS, -(-limit // PAGES_PER_PREORDER)))


def path(books: tuple[Book, ...], fan_id: str) -> Iterator[Spot]:
    """Every page, book after book, in the one order in which this fan's pre-orders try them.

    Start and step come from a hash of the fan, so that a crowd spreads over the pages, and none is left out.
    """
    for book in books:
        if book.only is not None:
            yield Spot(book.batch_number, book.number, book.only)
            continue
        home, step = home_and_step(book.pages, fan_id)
        for place in range(book.pages):
            yield Spot(book.batch_number, book.number, (home + place * step) % book.pages)


def home_and_step(pages: int, fan_id: str) -> tuple[int, int]:
    """Where a fan begins in a book of so many pages, and how far it is to the next; the step shares no divisor with the
    number of pages."""
    step = 1 + keys.spread(f"step\n{fan_id}", max(1, pages - 1))
    while gcd(step, pages) != 1:
        step += 1
    return keys.spread(fan_id, max(1, pages)), step


def room(book: Book, sheet: Sheet) -> int:
    """Units that the page still takes. Never grows: `taken` only rises, and a sealed page stays sealed."""
    return 0 if sheet.sealed else book.size(sheet.spot.page) - sheet.counts.taken


def gathered(rooms: Iterator[tuple[Spot, int]], units: int) -> tuple[Piece, ...]:
    """The first pages that together take so many units; nothing when all have too little. Busy when more than 90 have
    it: only a pre-order of more than 90 units can meet that, and the next batch would not be for ever the right one."""
    pieces: list[Piece] = []
    wanted = units
    for spot, free in rooms:
        if free > 0:
            pieces.append(Piece(spot, min(free, wanted)))
            wanted -= pieces[-1].units
        if not wanted:
            return tuple(pieces)
        if len(pieces) == MOST_PIECES:
            raise Busy
    return ()
