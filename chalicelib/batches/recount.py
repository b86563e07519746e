"""Where the hourly recount of a batch has come to, and when it goes on. Pure."""

from datetime import datetime, timedelta

from pydantic import Field

from chalicelib.kernel.instants import Instant
from chalicelib.kernel.words import Kept
from chalicelib.room.model import read_counts

EVERY = timedelta(hours=1)
# The stream is seldom seconds behind; when it is minutes behind, that has an alarm of its own.
PATIENCE = timedelta(minutes=3)


class Recount(Kept):
    """The group of pages that is next, and the counts of those that the counters did not know (`1.0` is the first group
    of book 1)."""

    looked_at: Instant
    next_group: int = 0
    behind: dict[str, str] = Field(default_factory=dict)

    def goes_on(self, now: datetime) -> bool:
        """In the middle of a pass, or an hour after the last one; after something was noted, once it had its time."""
        if self.behind:
            return now >= self.looked_at + PATIENCE
        return self.next_group > 0 or now >= self.looked_at + EVERY


def has_drifted(known: str, noted: str) -> bool:
    """Whether counters that were noted to be behind have not come as far as the pages were then."""
    counted, found = read_counts(known), read_counts(noted)
    return counted.version <= found.version and counted != found
