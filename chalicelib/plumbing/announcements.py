"""Announcements: what others may hear of a stage, as CloudEvents 1.0. docs/EVENTS.md lists them.

At least once and in no order: a listener drops what carries an id that it has heard.
"""

from chalicelib.kernel.instants import Instant
from chalicelib.kernel.words import Kept
from chalicelib.plumbing.bus import SOURCE, Bus


class Announcement(Kept):
    """One step of one thing. Told again, it is the same to the byte."""

    specversion: str = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: Instant
    datacontenttype: str = "application/json"
    data: dict[str, str | int]


def publish(bus: Bus, announcement: Announcement) -> None:
    """Raises what the bus raises."""
    detail_type = announcement.type.removeprefix(f"{SOURCE}.")
    bus.put(detail_type, announcement.model_dump_json(), at=announcement.time)
