"""Pages in the table. A claim is one attribute of its page, named by the pre-order's reference, so that one conditional
update checks room, identity and seal at once, and a page needs no making."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from chalicelib.kernel import keys
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing.expressions import absent, absent_or_at_most, absent_or_equals, at_most, equals
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing
from chalicelib.room.model import COUNTED, Book, Claim, Claims, Counts, Sheet, Spot
from chalicelib.room.rules import NoRoom

_OWN = frozenset({"pk", "sk", "kind", "attempt", "n", "s", "b", "c", "v", "z", "r"})
READ_AHEAD = 100


def key(campaign_id: str, spot: Spot) -> keys.Key:
    return keys.room_page(campaign_id, spot.batch_number, spot.book, page=spot.page)


def sheet(spot: Spot, item: dict[str, Any] | None) -> Sheet:
    """A page from its item; an empty one from none."""
    if not item:
        return Sheet(spot)
    counts = Counts(*(item.get(name, 0) for name in ("v", "n", "s", "b", "c")))
    texts = {name: value for name, value in item.items() if name not in _OWN}
    return Sheet(spot, counts, "z" in item, Claims(texts))


def spot_of(item: dict[str, Any]) -> tuple[str, Spot]:
    """(campaign_id, spot) of a page's item."""
    campaign_id, batch_number, book, page = keys.read_room_page(item["pk"])
    return campaign_id, Spot(batch_number, book, page)


def claiming(campaign_id: str, book: Book, claim: Claim, *, page: int) -> Write:
    """Takes room on a page for a claim: the moment at which a pre-order exists. Refuses with NoRoom when the page is
    too full or sealed, or has this claim already."""
    spot = Spot(book.batch_number, book.number, page)
    rest = book.size(page) - claim.units
    # A page that was never written has all of its room, and no more.
    fits = absent_or_at_most("n", rest) if rest >= 0 else at_most("n", rest)
    return changing(
        key(campaign_id, spot),
        put={"kind": "page", claim.ref: claim.text()},
        add={"n": claim.units, "v": 1},
        provided=[absent(claim.ref), absent("z"), fits],
        refusal=NoRoom,
    )


def securing(campaign_id: str, spot: Spot, claim: Claim, *, refusal: type[Refusal]) -> Write:
    """placed -> secured: its units count from here on."""
    return _moving(campaign_id, spot, claim, "secured", add={"s": claim.units}, refusal=refusal)


def collecting(campaign_id: str, spot: Spot, claim: Claim, *, refusal: type[Refusal]) -> Write:
    """secured -> collected: its units are paid for, and still count as secured."""
    return _moving(campaign_id, spot, claim, "collected", add={"c": claim.units}, refusal=refusal)


def giving_back(
    campaign_id: str, spot: Spot, claim: Claim, *, refusal: type[Refusal], only_unsealed: bool = False
) -> Write:
    """Anything -> back. The page stays as full as it was: units given back are issued anew in another book."""
    add = {"b": claim.units} | ({"s": -claim.units} if claim.state in COUNTED else {})
    add |= {"c": -claim.units} if claim.state == "collected" else {}
    return _moving(campaign_id, spot, claim, "back", add=add, refusal=refusal, only_unsealed=only_unsealed)


def _moving(  # noqa: PLR0913 - what both moves share
    campaign_id: str,
    spot: Spot,
    claim: Claim,
    end: str,
    *,
    add: dict[str, int],
    refusal: type[Refusal],
    only_unsealed: bool = False,
) -> Write:
    moved = replace(claim, state=end)  # type: ignore[arg-type]
    conditions = [equals(claim.ref, claim.text()), *([absent("z")] if only_unsealed else [])]
    return changing(
        key(campaign_id, spot), put={claim.ref: moved.text()}, add={**add, "v": 1}, provided=conditions, refusal=refusal
    )


def sealing(campaign_id: str, book: Book, found: Sheet) -> Write:
    """Fills the page up: what nobody took is given back, and nobody can take it any more. Busy when somebody claimed at
    this very moment: then it is to be read again."""
    rest = book.size(found.spot.page) - found.counts.taken
    return changing(
        key(campaign_id, found.spot),
        put={"kind": "page", "z": 1},
        add={"n": rest, "b": rest, "v": 1},
        provided=[absent("z"), absent_or_equals("n", found.counts.taken)],
        refusal=Busy,
    )


def filling_up(campaign_id: str, book: Book, found: Sheet) -> Write:
    """Gives back what nobody took of a page (`r`), for good. Unlike a sealed page, it lets those on it withdraw. Busy
    when somebody claimed at this very moment."""
    rest = book.size(found.spot.page) - found.counts.taken
    return changing(
        key(campaign_id, found.spot),
        put={"kind": "page"},
        add={"n": rest, "b": rest, "r": rest, "v": 1},
        provided=[absent("z"), absent_or_equals("n", found.counts.taken)],
        refusal=Busy,
    )


def read(table: Table, campaign_id: str, spots: Iterable[Spot], *, consistent: bool) -> Iterator[Sheet]:
    """The pages in the order asked for, a hundred in a call. Half a read unit each, or one when consistent."""
    waiting: list[Spot] = []
    for spot in spots:
        waiting.append(spot)
        if len(waiting) == READ_AHEAD:
            yield from _read(table, campaign_id, waiting, consistent=consistent)
            waiting = []
    if waiting:
        yield from _read(table, campaign_id, waiting, consistent=consistent)


def _read(table: Table, campaign_id: str, spots: list[Spot], *, consistent: bool) -> Iterator[Sheet]:
    found = table.get_many([key(campaign_id, spot) for spot in spots], consistent=consistent)
    return (sheet(spot, item) for spot, item in zip(spots, found, strict=True))


def every_sheet(table: Table, campaign_id: str, books: Iterable[Book]) -> Iterator[Sheet]:
    """The manifest: every page of these books, strongly consistent, in bounded memory."""
    spots = (Spot(book.batch_number, book.number, page) for book in books for page in range(book.pages))
    return read(table, campaign_id, spots, consistent=True)
