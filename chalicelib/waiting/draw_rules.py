"""How a draw goes on, and who gets which place. Pure; how it is drawn is `draw`."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.waves import AnnouncedWave
from chalicelib.kernel.refusals import Conflict, Missing
from chalicelib.waiting.draw import DrawnEntry
from chalicelib.waiting.model import DrawHead

# Between the list and the seed: time to keep a copy of the list.
LIST_STANDS = timedelta(minutes=5)


class WaveMissing(Missing):
    """Refused: the campaign has no such wave, or it is not drawn."""

    sentence = "This campaign has no drawn wave of this number."


class DrawNotHeld(Missing):
    """Refused: the list of a draw is published when its wave has closed."""

    sentence = "The entries of this wave are not published: that is done a moment after it closes."


class EntriesClosed(Conflict):
    """Refused: between the end of the wave and the draw nothing is changed any more."""

    sentence = "The wave has closed and its entries stand as they are. Once it is drawn you can decline."


class Place(NamedTuple):
    """What was drawn, and which page of the book of its size that is: None for nothing."""

    drawn: DrawnEntry
    page: int | None


def drawn_wave(campaign: Campaign, number: str) -> AnnouncedWave:
    """The drawn wave with this number, as a path names it. Refuses with WaveMissing."""
    for wave in campaign.waves:
        if wave.draw and str(wave.number) == number:
            return wave
    raise WaveMissing


def is_due(head: DrawHead, now: datetime, *, drain: timedelta) -> bool:
    """Until there is a list it is the wave's end that counts, and what may be under way then."""
    due_at = head.closes_at + drain if head.state == "entering" else head.due_at
    return due_at is not None and now >= due_at


def sizes(drawn: Iterable[DrawnEntry]) -> dict[int, int]:
    """How many were allotted so many units: what the room is cut into, the largest first."""
    found = Counter(one.allotted for one in drawn if one.allotted)
    return dict(sorted(found.items(), reverse=True))


def places(drawn: Iterable[DrawnEntry]) -> Iterator[Place]:
    """In the order of rank. The first of those who got so many units has the first page of that size."""
    used: dict[int, int] = defaultdict(int)
    for one in sorted(drawn, key=lambda entry: entry.rank):
        yield Place(one, used[one.allotted] if one.allotted else None)
        used[one.allotted] += 1


def list_id(head: DrawHead, rank: int) -> str:
    """Under which id who got nothing waits: as if all had joined when the wave closed, in the order of rank. It has the
    form of ids, which sort by time."""
    moment = f"{int(head.closes_at.timestamp() * 1000):012x}"
    return f"{moment[:8]}-{moment[8:]}-7000-8{head.wave:03x}-{rank:012x}"
