"""Waves: windows in which stated numbers of units are sold, each to those whom it is for. Pure.

The room of all batches is cut into the waves' shares in the order of both: the first wave gets the first units of the
first batch. What no wave names belongs to the last one, or to everybody after it if that one is drawn.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any, Protocol

from pydantic import Field, StringConstraints, computed_field

from chalicelib.kernel.instants import Instant
from chalicelib.kernel.words import Kept, Quantity, Sent, Title

MOST_WAVES = 10
# A draw cuts a book of pages for each number of units that somebody may get: a batch keeps a short list of books.
MOST_DRAWN = 20
# Announced with each campaign that has waves.
WAVE_RULE = "What a wave leaves goes to those who wait, then to the next wave, and after the last to everybody."
DRAW_RULE = "A wave that is drawn has its own units and no more: what others leave, or no wave names, passes it by."

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(examples=["DE"])]
AccessCode = Annotated[str, StringConstraints(min_length=6, max_length=64)]
Regions = Annotated[tuple[Country, ...], Field(max_length=250)]


class Wave(Sent):
    """What an organiser announces of one wave. `regions`: ISO 3166 alpha-2 codes, none for everybody. `limit_per_fan`
    narrows the campaign's while the wave is open. `draw`: sold by lot instead of first come, first served."""

    title: Title
    opens_at: Instant
    closes_at: Instant
    units: Annotated[int, Field(ge=1, le=50_000_000)]
    regions: Regions = ()
    access_code: Annotated[AccessCode | None, Field(repr=False)] = None
    limit_per_fan: Quantity | None = None
    draw: bool = False


class AnnouncedWave(Kept):
    """A wave as stored and shown. Its access code is kept as a salted hash only, and that is never shown. `commitment`:
    of the secret seed of its draw, from the opening of the pre-sale on (docs/DRAWS.md)."""

    number: int
    title: str
    opens_at: Instant
    closes_at: Instant
    units: int
    regions: tuple[str, ...] = ()
    limit_per_fan: int | None = None
    draw: bool = False
    commitment: str | None = None
    code: Annotated[str | None, Field(exclude=True, repr=False)] = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def needs_code(self) -> bool:
        return self.code is not None


class Plan(Protocol):
    """What is asked of one batch: its units, and until when it sells."""

    @property
    def capacity(self) -> int: ...

    @property
    def closes_at(self) -> datetime: ...


def problems(
    waves: Sequence[Wave],
    plans: Sequence[Plan],
    *,
    limit: int,
    now: datetime,
    offer: timedelta = timedelta(0),
) -> Iterator[str]:
    """What makes these waves unsound, each in a sentence without its end. `offer`: how long a place that was drawn is
    kept for its fan."""
    for wave in waves:
        yield from _unsound(wave, limit=limit, now=now)
    if any(later.opens_at < one.opens_at or later.closes_at < one.closes_at for one, later in pairwise(waves)):
        yield "waves must be in the order in which they open and close"
    if sum(wave.units for wave in waves) > sum(plan.capacity for plan in plans):
        yield "the waves have more units than the batches"
        return
    cuts = shares(_whole(waves, plans), [plan.capacity for plan in plans])
    for plan, cut in zip(plans, cuts, strict=True):
        if any(waves[number - 1].opens_at >= plan.closes_at for number, _ in cut):
            yield "a wave opens when the batch in which its units lie has closed"
    for number, wave in enumerate(waves, start=1):
        mine = [plan for plan, cut in zip(plans, cuts, strict=True) if number in dict(cut)]
        yield from _undrawable(wave, mine, limit=limit, offer=offer) if wave.draw else ()


def _unsound(wave: Wave, *, limit: int, now: datetime) -> Iterator[str]:
    if not max(now, wave.opens_at) < wave.closes_at:
        yield "a wave must close in the future, and after it opens"
    if wave.limit_per_fan is not None and wave.limit_per_fan > limit:
        yield "a wave's limit_per_fan is above the campaign's: it can only narrow it"
    if len(set(wave.regions)) < len(wave.regions):
        yield "a wave names a country twice"


def _undrawable(wave: Wave, plans: Sequence[Plan], *, limit: int, offer: timedelta) -> Iterator[str]:
    """`plans`: the batches in which its units lie. Of one batch alone each entry knows what it would get."""
    if len(plans) > 1:
        yield "a wave that is drawn lies in more than one batch: let it end with one, and another wave begin behind it"
    if (wave.limit_per_fan or limit) > MOST_DRAWN:
        yield f"a wave that is drawn needs a limit_per_fan of {MOST_DRAWN} units or fewer"
    if any(wave.closes_at + offer > plan.closes_at for plan in plans):
        yield "a wave that is drawn must close so early that its offers (offer_hours) end before its batch closes"


def _whole(waves: Sequence[Wave], plans: Iterable[Plan]) -> list[int]:
    """The units of each wave; the last has what no wave names, unless it is drawn."""
    units = [wave.units for wave in waves]
    if not waves or waves[-1].draw:
        return units
    return [*units[:-1], units[-1] + sum(plan.capacity for plan in plans) - sum(units)]


def announced(waves: Sequence[Wave], plans: Iterable[Plan], *, salt: str) -> tuple[AnnouncedWave, ...]:
    """Sound waves as they are shown from now on. The salt is kept with the hash of each code."""
    return tuple(
        AnnouncedWave.model_validate(
            {
                **wave.model_dump(exclude={"access_code"}),
                "number": number,
                "units": units,
                "code": _hidden(wave.access_code, f"{salt}.{number}") if wave.access_code else None,
            }
        )
        for number, (wave, units) in enumerate(zip(waves, _whole(waves, plans), strict=True), start=1)
    )


def rule(waves: Sequence[Wave]) -> str | None:
    """What is announced of how waves follow each other."""
    rules = [WAVE_RULE, *([DRAW_RULE] if any(wave.draw for wave in waves) else [])]
    return " ".join(rules) if waves else None


def commitment(seed: str) -> str:
    """What is published of a draw's seed before the first entry."""
    return hashlib.sha256(seed.encode()).hexdigest()


def pseudonym(salt: str, wave: int, fan_id: str) -> str:
    """A fan's name in one draw: without the campaign's salt it tells nothing of the fan, nor of that fan's ballot or
    entries in other draws."""
    return hmac.digest(salt.encode(), f"draw:{wave}:{fan_id}".encode(), "sha256").hex()[:32]


def stored(waves: Iterable[AnnouncedWave]) -> list[dict[str, Any]]:
    """The stored form: with what is never shown."""
    kept = ((wave, wave.model_dump(mode="json", exclude_none=True, exclude={"needs_code"})) for wave in waves)
    return [{**shown, **({"code": wave.code} if wave.code else {})} for wave, shown in kept]


def _hidden(code: str, salt: str) -> str:
    return f"{salt}:{hashlib.sha256(f'{salt}:{code}'.encode()).hexdigest()}"


def opens_to(wave: AnnouncedWave, code: str | None) -> bool:
    """Whether this is the wave's access code, if it has one. Takes as long for a wrong code as for the right one."""
    if wave.code is None:
        return True
    expected = _hidden(code or "", wave.code.partition(":")[0])
    return hmac.compare_digest(expected, wave.code) and code is not None


def shares(units: Iterable[int], capacities: Iterable[int]) -> list[list[tuple[int, int]]]:
    """For each batch, in order, the (number, units) of the waves that lie in it."""
    waiting = [[number, many] for number, many in enumerate(units, start=1)]
    found = []
    for capacity in capacities:
        cut, rest = [], capacity
        while rest and waiting:
            number, many = waiting[0]
            cut.append((number, min(many, rest)))
            rest -= cut[-1][1]
            waiting[0][1] -= cut[-1][1]
            if not waiting[0][1]:
                waiting.pop(0)
        found.append(cut)
    return found


def ended(waves: Iterable[AnnouncedWave], now: datetime) -> int:
    """How many are over. They close in their order, so that these are the first ones."""
    return sum(wave.closes_at <= now for wave in waves)


def heir(waves: Sequence[AnnouncedWave], now: datetime) -> int | None:
    """The number of the wave that gets what is left or given back at this moment: the first that is not over and sells.
    None: everybody. A draw's room is what was announced, so that it passes by a wave that is drawn."""
    return next((wave.number for wave in waves[ended(waves, now) :] if not wave.draw), None)


def drawn(waves: Iterable[AnnouncedWave], now: datetime) -> Iterator[AnnouncedWave]:
    """The waves whose draw may have been held."""
    return (wave for wave in waves if wave.draw and wave.closes_at <= now)


def next_end(waves: Sequence[AnnouncedWave], over: int) -> datetime | None:
    """When the next wave ends, once so many are over."""
    return waves[over].closes_at if over < len(waves) else None
