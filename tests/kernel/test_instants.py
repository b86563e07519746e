"""Instants: one width, and the order of the texts is the order of the times."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chalicelib.kernel import instants

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2199, 12, 30), timezones=OFFSETS)
INSTANT = TypeAdapter(instants.Instant)


@given(MOMENTS)
def test_every_text_has_the_same_width_and_ends_in_z(moment):
    text = instants.text(moment)
    assert len(text) == len("2026-12-01T09:30:00.000Z")
    assert text.endswith("Z")


@given(MOMENTS, MOMENTS)
def test_texts_sort_as_the_times_do(one, other):
    earlier, later = sorted([instants.to_utc(one), instants.to_utc(other)])
    assert instants.text(earlier) <= instants.text(later)
    assert (instants.text(one) == instants.text(other)) == (earlier == later)


@given(MOMENTS)
def test_a_text_reads_back_as_the_same_instant(moment):
    assert INSTANT.validate_python(datetime.fromisoformat(instants.text(moment))) == instants.to_utc(moment)


@given(MOMENTS)
def test_cutting_to_milliseconds_twice_is_cutting_once_and_never_later(moment):
    once = instants.to_utc(moment)
    assert instants.to_utc(once) == once
    assert timedelta(0) <= moment - once < timedelta(milliseconds=1)


def test_the_same_moment_in_another_zone_is_the_same_text():
    warsaw = datetime(2026, 12, 1, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    assert instants.text(warsaw) == "2026-12-01T09:30:00.000Z"


@pytest.mark.parametrize("year", [1, 1999, 2200, 9999])
def test_a_year_whose_text_would_not_sort_is_refused(year):
    with pytest.raises(ValueError, match="year must be from 2000 to 2199"):
        instants.to_utc(datetime(year, 6, 1, tzinfo=UTC))


def test_a_time_beyond_the_calendar_is_refused():
    with pytest.raises(ValueError, match="outside the calendar"):
        instants.to_utc(datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))))


@pytest.mark.parametrize("sent", ["2026-12-01T09:30:00", "2026-12-01", "soon", "", "1999-12-31T23:59:59Z"])
def test_a_time_without_a_zone_or_without_sense_is_refused(sent):
    with pytest.raises(ValidationError):
        INSTANT.validate_json(f'"{sent}"', strict=True)
