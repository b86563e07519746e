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


class WaveDrawn(Conflict):
    """Refused: the wave that is open is not sold but drawn."""


# Each says that there is no room for this fan yet, rather than no more.
NOT_ADMITTED = (WaveNotOpen, AccessCodeWrong, RegionNotServed, WaveDrawn)


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
    being = [wave for wave in waves if wave.opens_at <= now < wave.closes_at]
    selling = [wave for wave in being if not wave.draw]
    served = [wave for wave in selling if not wave.regions or country in wave.regions]
    admitted = [wave for wave in served if opens_to(wave, code)]
    limits = [wave.limit_per_fan for wave in admitted if wave.limit_per_fan is not None]
    refusal = None
    if not admitted:
        drawn = next((wave for wave in being if wave.draw and (not wave.regions or country in wave.regions)), None)
        refusal = _closed(waves, now, selling=selling, served=served, drawn=drawn, country=country, code=code)
    return Admission(frozenset(wave.number for wave in admitted), min(limits, default=None), refusal)


def check_entry(wave: AnnouncedWave, now: datetime, *, country: str | None, code: str | None) -> None:
    """Whether somebody may enter a drawn wave at this moment. Refuses with WaveNotOpen, RegionNotServed,
    AccessCodeWrong."""
    if now < wave.opens_at:
        raise WaveNotOpen(f"This wave opens at {instants.text(wave.opens_at)}.")
    if now >= wave.closes_at:
        raise WaveNotOpen(f"This wave has closed at {instants.text(wave.closes_at)}: nobody can enter it any more.")
    if wave.regions and country is None:
        raise RegionNotServed("This wave is for certain countries: say yours in `country`.")
    if wave.regions and country not in wave.regions:
        raise RegionNotServed(f"This wave is not for {country}.")
    if not opens_to(wave, code):
        raise AccessCodeWrong


def _closed(  # noqa: PLR0913 - all that an answer depends on
    waves: Sequence[AnnouncedWave],
    now: datetime,
    *,
    selling: Sequence[AnnouncedWave],
    served: Sequence[AnnouncedWave],
    drawn: AnnouncedWave | None,
    country: str | None,
    code: str | None,
) -> Refusal:
    if drawn and (not served or code is None):
        until = instants.text(drawn.closes_at)
        return WaveDrawn(f"This wave is drawn, not sold: enter the draw of wave {drawn.number} instead, until {until}.")
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
