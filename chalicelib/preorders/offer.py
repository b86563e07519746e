"""What the waiting list offers, as a pre-order sees it. Pure."""

from chalicelib.kernel.instants import Instant
from chalicelib.kernel.words import Kept
from chalicelib.room.model import Spot


class Offer(Kept):
    """A place that is kept for one fan of the waiting list: so many units on a page of their own, until then."""

    batch_number: int
    book: int
    page: int
    units: int
    until: Instant

    @property
    def spot(self) -> Spot:
        return Spot(self.batch_number, self.book, self.page)
