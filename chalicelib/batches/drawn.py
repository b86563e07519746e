"""The room of a drawn wave: kept until the draw is held, then cut into pages for those who have drawn them."""

from collections.abc import Mapping

from chalicelib.batches import store
from chalicelib.batches.model import Batch, BookPlan
from chalicelib.plumbing.writes import Write


def kept_for(batch: Batch, wave: int) -> int | None:
    """The number of the book that is kept for this wave's draw. None once it is cut up, and when the batch was sealed
    first: then its units have been given back."""
    counts = batch.book_counts()
    kept = (number for number, plan in enumerate(batch.books, start=1) if plan.draw and plan.wave == wave)
    return next((number for number in kept if number not in counts), None)


def cutting_up(batch: Batch, number: int, sizes: Mapping[int, int]) -> Write:
    """What was drawn becomes pages, a book for each size, behind all others and in this order: `sizes` says how many of
    each. The kept book has the rest, which is what the wave leaves. Nobody has ever looked for room in it, so that it
    may shrink; the batch has as much room as before."""
    kept, books = batch.books[number - 1], list(batch.books)
    cut = [BookPlan(units=size * many, wave=kept.wave, each=size) for size, many in sizes.items()]
    books[number - 1] = BookPlan(units=kept.units - sum(book.units for book in cut), wave=kept.wave)
    return store.rebooking(batch, (*books, *cut), turns=batch.turns + 1)
