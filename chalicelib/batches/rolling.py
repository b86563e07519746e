"""Rolling on: what a wave leaves of a batch goes to the next one. Pure.

Which books still have room is told by the counters of the batch. They may be behind, but once a wave's books have been
filled up they are counted at once: so nothing is noted of a book but its wave.
"""

from datetime import datetime

from chalicelib.batches.model import Batch
from chalicelib.campaigns import waves
from chalicelib.campaigns.admission import Admission
from chalicelib.campaigns.model import Campaign
from chalicelib.room.model import Book, Counts


def is_due(batch: Batch, campaign: Campaign, now: datetime) -> bool:
    """Whether a wave is over that has not rolled on; also where a book was opened for it at the last moment."""
    return waves.ended(campaign.waves, now) > batch.rolled or bool(left(batch, campaign, now))


def left(batch: Batch, campaign: Campaign, now: datetime) -> list[Book]:
    """The books of waves that are over in which there may still be room. What a draw is to be held for stays, and so
    does what was drawn."""
    over = range(1, waves.ended(campaign.waves, now) + 1)
    counts = batch.book_counts() if over else {}
    plans = zip(batch.shelf(), batch.books, strict=True)
    mine = (book for book, plan in plans if plan.wave in over and not plan.draw and not plan.is_offered)
    return [book for book in mine if _rest(book, counts) > 0]


def _rest(book: Book, counts: dict[int, Counts]) -> int:
    return book.units - counts.get(book.number, Counts()).taken


def next_due(batch: Batch, campaign: Campaign, over: int) -> datetime:
    """When the clock looks at the batch next, once so many waves are over."""
    ends = waves.next_end(campaign.waves, over)
    return min(ends, batch.closes_at) if ends else batch.closes_at


def open_books(batch: Batch, admission: Admission) -> tuple[Book, ...]:
    """The books in which a fan may look for room, in their order."""
    plans = zip(batch.shelf(), batch.books, strict=True)
    sold = (book for book, plan in plans if plan.wave in admission.waves and not plan.draw and not plan.is_offered)
    return tuple(sold)


def heirs_books(batch: Batch, campaign: Campaign, now: datetime) -> tuple[Book, ...]:
    """The books of the wave that gets what is given back at this moment, or of everybody."""
    return open_books(batch, Admission(frozenset([waves.heir(campaign.waves, now)])))
