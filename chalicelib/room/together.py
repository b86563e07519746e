"""Several pre-orders that have room together or not at all: the parts of one that its fan allowed to be split.

A part's pages that had too little for it have too little for ever. So whatever was once refused as a whole is refused
for ever, and parts can be cut anew without two cuts having room.
"""

from dataclasses import dataclass

from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing.ports import Ports
from chalicelib.room.model import Piece
from chalicelib.room.rules import MOST_PIECES, NoRoom
from chalicelib.room.seeking import Seeker

Found = list[tuple[Piece, ...]]


@dataclass(frozen=True)
class Part:
    """What one of them is called, what it is for, and who looks for its room."""

    seeker: Seeker
    ref: str
    wants: str
    units: int


def claim(ports: Ports, parts: tuple[Part, ...]) -> bool:
    """Takes room for every part in one transaction; answers whether they have it, be it by a twin. Refuses with
    Busy."""
    while True:
        found = [part.seeker.seek(part.ref, part.units) for part in parts]
        if any(part.seeker.met for part in parts):
            return True
        if not all(found):
            return False
        if sum(map(len, found)) > MOST_PIECES:
            raise Busy
        if _taken(ports, parts, found):
            return True


def _taken(ports: Ports, parts: tuple[Part, ...], found: Found) -> bool:
    each = list(zip(parts, found, strict=True))
    try:
        ports.table.commit(
            *(write for part, pieces in each for write in part.seeker.taking(part.ref, part.wants, pieces))
        )
    except NoRoom:
        for part, pieces in each:
            part.seeker.see(pieces)
        return False
    return True
