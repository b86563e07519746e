"""Instants: UTC, to the millisecond, written in one fixed width so that text order is time order."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, PlainSerializer

EARLIEST_YEAR, LATEST_YEAR = 2000, 2200


def to_utc(moment: datetime) -> datetime:
    """The same moment in UTC, cut to whole milliseconds. Refuses years whose text would not sort (ValueError)."""
    try:
        moment = moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the time lies outside the calendar") from error
    if not EARLIEST_YEAR <= moment.year < LATEST_YEAR:
        raise ValueError(f"the year must be from {EARLIEST_YEAR} to {LATEST_YEAR - 1}")
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def text(moment: datetime) -> str:
    """`2026-12-01T09:30:00.000Z`: the form of the table, the API and the webhook."""
    return to_utc(moment).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


Instant = Annotated[AwareDatetime, AfterValidator(to_utc), PlainSerializer(text, return_type=str)]
