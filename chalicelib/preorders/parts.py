"""A pre-order over two batches, where its fan allows that: what has room in the earliest, and the rest in the next that
has any. Each part is a pre-order of its own from then on, with its batch's price, date and end. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from chalicelib.batches.model import ClaimLine
from chalicelib.preorders.model import Promise
from chalicelib.preorders.rules import TotalAboveAccepted, units_of

MOST = 2

S = TypeVar("S")
Lines = tuple[ClaimLine, ...]


def cut(lines: Lines, units: int) -> tuple[Lines, Lines]:
    """The first so many units, line by line, and the others."""
    first: list[ClaimLine] = []
    others: list[ClaimLine] = []
    for line in lines:
        here = min(line.quantity, units - units_of(tuple(first)))
        first += [line.model_copy(update={"quantity": here})] if here else []
        others += [line.model_copy(update={"quantity": line.quantity - here})] if here < line.quantity else []
    return tuple(first), tuple(others)


def shared_out(
    places: Iterable[S], lines: Lines, free: Callable[[S, int], int], *, split: bool = True
) -> list[tuple[S, Lines]]:
    """The whole in the earliest place with room for it, or, where that is allowed, two parts in the earliest two that
    together take it; nothing where there are none. `free`: how many of so many units a place takes."""
    units = units_of(lines)
    before: tuple[S, int] | None = None
    for place in places:
        if before is not None and free(place, units - before[1]) == units - before[1]:
            first, others = cut(lines, before[1])
            return [(before[0], first), (place, others)]
        room = free(place, units)
        if room == units:
            return [(place, lines)]
        if room and split:
            before = (place, room)
    return []


def digest_of(digest: str, place: int) -> str:
    """What stands for the idempotency key on a part: the first has it, and a repeat is looked for there."""
    return digest if place == 0 else f"{digest}.{place}"


def own(promises: Iterable[Promise], digest: str) -> list[Promise]:
    """The one or two that were written down under this key, in their places."""
    names = [digest_of(digest, place) for place in range(MOST)]
    return sorted((one for one in promises if one.digest in names), key=lambda one: names.index(one.digest))


def accepted(total_minor: int | None, most: Sequence[int]) -> list[int | None]:
    """What the fan accepts for each part, when the parts cost so much at most. Refuses with TotalAboveAccepted."""
    if total_minor is None:
        return [None for _ in most]
    if sum(most) > total_minor:
        raise TotalAboveAccepted
    return [total_minor - sum(most[1:]), *most[1:]]
