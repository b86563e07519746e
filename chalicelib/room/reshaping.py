"""Changing what a pre-order holds: fewer units are given back where they are, more are taken beside them.

A page stays as full as it was: what is given back stays with the claim (`2+1`), counts as given back, and finds room in
another book. Claims are compared as a whole, and all pages are written in one transaction with the pre-order itself: so
what holds of placing (one claim at most, whatever twins do) holds of every later form.
"""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing.expressions import absent, absent_or_at_most, equals
from chalicelib.plumbing.writes import Write, changing
from chalicelib.room import store
from chalicelib.room.model import Book, Claim, Piece
from chalicelib.room.seeking import claims


def shrunk(pieces: tuple[Piece, ...], units: int) -> tuple[Piece, ...]:
    """The pieces when so many units are given back, from the last page on."""
    found: list[Piece] = []
    for piece in reversed(pieces):
        given = min(units, piece.units)
        units -= given
        found.append(Piece(piece.spot, piece.units - given, piece.back + given))
    return tuple(reversed(found))


def grown(pieces: tuple[Piece, ...], further: Iterable[Piece]) -> tuple[Piece, ...]:
    """The pieces with more room; the first one stays the first."""
    found = {piece.spot: piece for piece in pieces}
    for piece in further:
        there = found.get(piece.spot, Piece(piece.spot, 0))
        found[piece.spot] = there._replace(units=there.units + piece.units)
    return tuple(found.values())


def standing(pieces: tuple[Piece, ...], placed: Claim) -> list[Claim]:
    """The claims of a pre-order on its pages, in the state and the words of `placed`."""
    found = claims(pieces, placed.ref, placed.wants, placed.fan_id)
    return [replace(claim, state=placed.state) for _, claim in found]


def reshaping(  # noqa: PLR0913 - where, from what and into what
    campaign_id: str,
    books: Iterable[Book],
    before: list[Claim],
    after: list[Claim],
    spots: tuple[Piece, ...],
    *,
    held: bool = False,
) -> list[Write]:
    """The writes that turn the claims of a pre-order into these. Busy when one has changed meanwhile, its page is
    sealed, or has no room any more. `held`: the batch is held open in the same transaction; then a page that was sealed
    before it was opened again takes what needs no room."""
    shelf = {(book.batch_number, book.number): book for book in books}
    writes = []
    for place, (piece, claim) in enumerate(zip(spots, after, strict=True)):
        was = before[place] if place < len(before) else None
        if claim != was:
            book = shelf[piece.spot.batch_number, piece.spot.book]
            writes.append(_turning(campaign_id, book, piece, was, claim, held=held))
    return writes


def _turning(  # noqa: PLR0913 - where, from what and into what
    campaign_id: str, book: Book, piece: Piece, was: Claim | None, claim: Claim, *, held: bool
) -> Write:
    old = was or Claim(claim.ref, claim.fan_id, claim.state, 0)
    more, back = claim.units + claim.back - old.units - old.back, claim.back - old.back
    secured = claim.units - old.units if claim.state == "secured" else 0
    add = {name: units for name, units in (("n", more), ("b", back), ("s", secured)) if units}
    room = [absent_or_at_most("n", book.size(piece.spot.page) - more)] if more else []
    stands = equals(claim.ref, was.text()) if was else absent(claim.ref)
    unsealed = [] if held and not more else [absent("z")]
    return changing(
        store.key(campaign_id, piece.spot),
        put={"kind": "page", claim.ref: claim.text()},
        add={**add, "v": 1},
        provided=[stands, *unsealed, *room],
        refusal=Busy,
    )
