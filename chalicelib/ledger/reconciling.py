"""M6: our view of a campaign's money beside the provider's, both ways. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # what is compared comes from the gateway, but nothing here may ask it
    from chalicelib.plumbing.gateway.port import Found, Result

DifferenceKind = Literal["unknown_to_us", "unknown_to_provider", "amount_differs", "state_differs"]
MovementKind = Literal["charge", "refund", "dispute"]
MOVEMENTS: tuple[str, ...] = ("charge", "refund", "dispute")
# Both may have the holder or the provider to wait for: which of them is told by the provider alone.
UNFINISHED: tuple[str, ...] = ("pending", "action_required")
# Nothing was moved.
VOID: tuple[str, ...] = ("declined", "failed", "cancelled")
# Nothing was moved and nothing ever will be. A declined charge can be gone on with.
OVER: tuple[str, ...] = ("failed", "cancelled")

_Name = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Movement:
    """One charge, refund or dispute as we know it; `state` in the provider's words."""

    kind: MovementKind
    reference: str
    minor: int
    currency: str
    preorder_id: str
    state: "Result"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing on which we and the provider do not agree."""

    kind: DifferenceKind
    movement: str
    reference: str
    preorder_id: str
    ours_minor: int | None = None
    theirs_minor: int | None = None
    ours_currency: str | None = None
    theirs_currency: str | None = None
    ours_state: str | None = None
    theirs_state: str | None = None


def differences(ours: Iterable[Movement], theirs: Iterable["Found"]) -> Iterator[Difference]:
    """Every difference, ordered by reference. Both sides must be whole: of the same pre-orders, since the same moment.

    What is about another pre-order there than here is unknown to both. What is listed twice by us counts twice, since
    we have then written it twice; a provider that lists a thing again says how it stands by now. What has failed or was
    cancelled at the provider need not be known to us.
    """
    known, found = _ours(ours), _theirs(theirs)
    for name in sorted(known.keys() | found.keys(), key=lambda name: (name[1], name)):
        here, there = known.get(name), found.get(name)
        for kind in _kinds(here, there):
            yield _difference(kind, name, here, there)


def _ours(ours: Iterable[Movement]) -> dict[_Name, Movement]:
    known: dict[_Name, Movement] = {}
    for movement in ours:
        name = (movement.kind, movement.reference, movement.preorder_id)
        before_minor = known[name].minor if name in known else 0
        known[name] = replace(movement, minor=before_minor + movement.minor)
    return known


def _theirs(theirs: Iterable["Found"]) -> dict[_Name, "Found"]:
    return {(found.kind, found.reference, found.about): found for found in theirs if found.kind in MOVEMENTS}


def _kinds(ours: Movement | None, theirs: "Found | None") -> Iterator[DifferenceKind]:
    if theirs is None:
        yield "unknown_to_provider"
    elif ours is None:
        if theirs.result not in OVER:
            yield "unknown_to_us"
    else:
        nothing_moved = ours.state in VOID and theirs.result in VOID
        if not nothing_moved and (ours.minor, ours.currency) != (theirs.minor, theirs.currency):
            yield "amount_differs"
        if _state(ours.state) != _state(theirs.result):
            yield "state_differs"


def _state(result: str) -> str:
    return "unfinished" if result in UNFINISHED else result


def _difference(kind: DifferenceKind, name: _Name, ours: Movement | None, theirs: "Found | None") -> Difference:
    movement, reference, preorder_id = name
    return Difference(
        kind=kind,
        movement=movement,
        reference=reference,
        preorder_id=preorder_id,
        ours_minor=ours.minor if ours else None,
        theirs_minor=theirs.minor if theirs else None,
        ours_currency=ours.currency if ours else None,
        theirs_currency=theirs.currency if theirs else None,
        ours_state=ours.state if ours else None,
        theirs_state=theirs.result if theirs else None,
    )
