"""Whom the waves let in at one moment. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.campaigns.waves import AnnouncedWave, ended, opens_to
from chalicelib.kernel import instants
from chalicelib.kernel.refusals import Conflict, Refusal


class WaveNotOpen(Conflict):
    """Refused: no wave sells to this fan at this moment."""


class AccessCodeWrong(Conflict):
    """Refused: the wave that is open has an access code, and this is not it."""

    sentence = "The wave that is open needs its access code: send it in `access_code`, exactly as you were given it."


class RegionNotServed(Conflict):
    """Refused: the wave that is open is for other countries."""


# Each says that there is no room for this fan yet, rather than no more.
NOT_ADMITTED = (WaveNotOpen, AccessCodeWrong, RegionNotServed)


class Admission(NamedTuple):
    """Where one fan may buy at one moment: the waves, or None in it for what is for everybody; how many units, if that
    is less than the campaign's limit; and what is said when it is nowhere."""

    waves: frozenset[int | None]
    limit: int | None = None
    refusal: Refusal | None = None


EVERYBODY = Admission(frozenset([None]))


def admit(
    waves: Sequence[AnnouncedWave], now: datetime, *, country: str | None = None, code: str | None = None
) -> Admission:
    """What is open to whoever says this country and this code. Where several waves are, the smallest limit counts."""
    if ended(waves, now) == len(waves):
        return EVERYBODY
    selling = [wave for wave in waves if wave.opens_at <= now < wave.closes_at and not wave.draw]
    served = [wave for wave in selling if not wave.regions or country in wave.regions]
    admitted = [wave for wave in served if opens_to(wave, code)]
    limits = [wave.limit_per_fan for wave in admitted if wave.limit_per_fan is not None]
    refusal = None if admitted else _closed(waves, now, selling=selling, served=served, country=country)
    return Admission(frozenset(wave.number for wave in admitted), min(limits, default=None), refusal)


def _closed(
    waves: Sequence[AnnouncedWave],
    now: datetime,
    *,
    selling: Sequence[AnnouncedWave],
    served: Sequence[AnnouncedWave],
    country: str | None,
) -> Refusal:
    if served:
        return AccessCodeWrong()
    then = _next_opening(waves, now, country)
    if not selling:
        return WaveNotOpen(f"No wave is open to you at this moment. {then}")
    if country is None:
        return RegionNotServed("The wave that is open is for certain countries: say yours in `country`.")
    return RegionNotServed(f"The wave that is open is not for {country}. {then}")


def _next_opening(waves: Sequence[AnnouncedWave], now: datetime, country: str | None) -> str:
    for wave in waves:
        if wave.opens_at > now and (not wave.regions or country is None or country in wave.regions):
            return f"The next one for you opens at {instants.text(wave.opens_at)}."
    return f"What the waves leave is for everybody after {instants.text(waves[-1].closes_at)}."
