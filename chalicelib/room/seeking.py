"""Looking for room and taking it. One conditional write takes it; reads only spare writes that would be refused.

Why a pre-order can hold room once at most, whatever twins, crashed or paused requests do: its pages stand in one fixed
order; it takes the first ones with room; a page's room never grows. Whoever comes second meets the claim on the first
page that still had room for the first, or finds all of them fuller. (Pages of a batch that together had too little for
the whole pre-order have too little for ever.)
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.writes import Write
from chalicelib.room import rules, store
from chalicelib.room.model import Book, Claim, Piece, Sheet, Spot
from chalicelib.room.rules import NoRoom

# When to read before writing, found by benchmarks/selling.py: a refused write costs a write unit, a read half a read
# unit and its time. None of these can make an answer wrong.
FIRST_READ, MOST_READ = 4, 100  # pages in a call, doubled with each
MOSTLY = 0.45  # from this share of full pages on, room is looked up before the promise is written
MARGIN = 6  # a page that had so many units more than wanted when it was last seen is tried unread
REMEMBERED_SECONDS = 3600


@dataclass
class Shelf:
    """What a container knows of one book: for good, its full pages; as a hint, the room that it last saw on others."""

    full: set[int] = field(default_factory=set)
    rooms: dict[int, int] = field(default_factory=dict)


class Seeker:
    """Looks for room for one fan in the books of one batch."""

    def __init__(
        self, ports: Ports, campaign_id: str, books: tuple[Book, ...], fan_id: str, *, first_try: bool = False
    ) -> None:
        """`first_try`: the pre-order is not written down yet, so that no page that is known to be full by now can have
        its claim. Anybody else must see each page for himself."""
        self._ports, self._campaign_id, self._fan_id = ports, campaign_id, fan_id
        self._books = {(book.batch_number, book.number): book for book in books}
        self._full = {name: set(self._shelf_of(book).full) for name, book in self._books.items() if first_try}
        self._rooms: dict[Spot, int] = {}
        self._ref = ""  # what is being placed
        self._met: tuple[Piece, ...] = ()  # where a twin of it has taken room

    def pieces(self, units: int) -> tuple[Piece, ...]:
        """Where so many units may find room; nothing when these books have too little. The first page on the fan's way
        is tried unread until it is known; who has to pass it by reads ahead."""
        first = next(self._unfilled(), None)
        if first is None:
            return ()
        known = self._rooms.get(first)
        hint = self._shelf(first).rooms.get(first.page)
        if known is None and hint is not None and hint >= units + MARGIN:
            known = hint
        if known is None and hint is None and first == next(self._path()):
            known = self._book(first).size(first.page)
        if known is not None and units <= known:
            return (Piece(first, units),)
        return rules.gathered(self._found_rooms(), units)

    def promising(self, units: int) -> bool:
        """Whether it is worth a write to try. While most pages are not known to be full it is; then it is looked up."""
        pages = sum(book.pages for book in self._books.values())
        full = sum(map(len, self._full.values()))
        return full < pages * MOSTLY or bool(self.pieces(units))

    def claim(self, ref: str, wants: str, units: int) -> tuple[Piece, ...]:
        """Takes room for so many units, all or none; answers where, or nothing. Refuses with Busy."""
        self._ref = ref
        while (pieces := self.pieces(units)) and not self._met:
            if self._take(ref, wants, pieces):
                return pieces
        return self._met

    def free(self, units: int) -> int:
        """How many of so many units find room in these books, as read at this moment."""
        found = 0
        for _, room in self._found_rooms():
            found += room
            if found >= units:
                return units
        return found

    def further(self, units: int) -> tuple[Piece, ...]:
        """Pages that together take so many units, as read at this moment; nothing when these books have too little.
        For a pre-order that has room already: what it takes here is written in one transaction with its own item."""
        return rules.gathered(self._found_rooms(), units)

    def look(self, ref: str) -> tuple[Piece, ...]:
        """Where this pre-order has taken room; nothing when it has none. Strongly consistent: 1 read unit a page."""
        for sheet in store.read(self._ports.table, self._campaign_id, self._path(), consistent=True):
            self._learn(sheet)
            if ref in sheet.claims:
                return self._pieces_of(sheet, ref)
            if self._rooms[sheet.spot] > 0:
                break  # it would have begun here
        return ()

    def seek(self, ref: str, units: int) -> tuple[Piece, ...]:
        """`pieces` for this pre-order: a twin of it that is met on the way is told by `met`."""
        self._ref = ref
        return self.pieces(units)

    @property
    def met(self) -> bool:
        return bool(self._met)

    def taking(self, ref: str, wants: str, pieces: tuple[Piece, ...]) -> list[Write]:
        """What takes room on these pages. Refuses with NoRoom."""
        return [
            store.claiming(self._campaign_id, self._book(piece.spot), claim, page=piece.spot.page)
            for piece, claim in claims(pieces, ref, wants, self._fan_id)
        ]

    def see(self, pieces: tuple[Piece, ...]) -> None:
        """Looks at these pages as they are, after they were not to be had together."""
        spots = [piece.spot for piece in pieces]
        for sheet in list(store.read(self._ports.table, self._campaign_id, spots, consistent=True)):
            self._learn(sheet)

    def _take(self, ref: str, wants: str, pieces: tuple[Piece, ...]) -> bool:
        """One page, or all pages together."""
        writes = self.taking(ref, wants, pieces)
        if len(writes) == 1:
            taken, item = self._ports.table.attempt(writes[0])
            self._ref = "" if taken else ref  # what stands there now is no twin's
            self._learn(store.sheet(pieces[0].spot, item))
            return taken
        try:
            self._ports.table.commit(*writes)
        except NoRoom:
            self.see(pieces)
            return False
        return True

    def _pieces_of(self, sheet: Sheet, ref: str) -> tuple[Piece, ...]:
        """A pre-order's pieces, of which the first names the others."""
        claim = sheet.claims[ref]
        return (Piece(sheet.spot, claim.units, claim.back), *claim.also)

    def _found_rooms(self) -> Iterator[tuple[Spot, int]]:
        unfilled, many = iter(list(self._unfilled())), FIRST_READ
        while ahead := list(islice(unfilled, many)):
            unread = [spot for spot in ahead if spot not in self._rooms]
            for sheet in store.read(self._ports.table, self._campaign_id, unread, consistent=False):
                self._learn(sheet)
            yield from ((spot, self._rooms[spot]) for spot in ahead)
            many = min(many * 2, MOST_READ)

    def _path(self) -> Iterator[Spot]:
        return rules.path(tuple(self._books.values()), self._fan_id)

    def _unfilled(self) -> Iterator[Spot]:
        """Pages that may have room for all that this seeker knows, in the fan's order."""
        for name, book in self._books.items():
            full = self._full.setdefault(name, set())
            if len(full) < book.pages:
                yield from (spot for spot in rules.path((book,), self._fan_id) if spot.page not in full)

    def _learn(self, sheet: Sheet) -> None:
        room = rules.room(self._book(sheet.spot), sheet)
        self._rooms[sheet.spot] = room
        shelf = self._shelf(sheet.spot)
        shelf.rooms[sheet.spot.page] = room
        if room == 0:
            shelf.full.add(sheet.spot.page)
            self._full.setdefault((sheet.spot.batch_number, sheet.spot.book), set()).add(sheet.spot.page)
        if self._ref in sheet.claims:
            ref, self._ref = self._ref, ""
            # A further piece only says that there is a first one.
            self._met = self._pieces_of(sheet, ref) if sheet.claims[ref].wants else self.look(ref)

    def _book(self, spot: Spot) -> Book:
        return self._books[spot.batch_number, spot.book]

    def _shelf(self, spot: Spot) -> Shelf:
        return self._shelf_of(self._book(spot))

    def _shelf_of(self, book: Book) -> Shelf:
        memory, name = self._ports.memory, ("book", self._campaign_id, book.batch_number, book.number)
        known: Shelf | None = memory.recall(name, seconds=REMEMBERED_SECONDS)
        if known is None:
            known = Shelf()
            memory.keep(name, known, since=self._ports.clock.now())
        return known


def claims(pieces: tuple[Piece, ...], ref: str, wants: str, fan_id: str) -> list[tuple[Piece, Claim]]:
    """The claims of a pre-order as they are placed: the first says what it wants, and names the other pages."""
    first, *others = pieces
    begin = Claim(ref, fan_id, "placed", first.units, wants, tuple(others), first.back)
    return [(first, begin), *((piece, Claim(ref, fan_id, "placed", piece.units, back=piece.back)) for piece in others)]
