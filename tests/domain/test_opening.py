"""Open moments: recounted minute by minute, for every calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import Calendar, Span
from app.domain.opening import add_open_time, is_open_at, last_open, next_opening, open_times
from tests.domain.lending import MONDAY, at
from tests.domain.test_calendar import calendars

QUARTER = timedelta(minutes=15)
OFFICE = Calendar(
    weekly=frozenset({6}),
    hours=(
        *(Span(day, 480, 960) for day in range(4)),
        Span(4, 810, 960),
        Span(4, 480, 690),
        Span(5, 480, 720),
    ),
)
"""Mornings from 8; Friday with a break from 11:30 to 13:30, Saturday until noon."""

# On quarters of an hour, so that looking every quarter of an hour misses nothing.
spans = st.builds(
    lambda day, opens, length: Span(day, opens * 15, min(opens + length, 95) * 15),
    st.integers(0, 6),
    st.integers(0, 90),
    st.integers(1, 50),
)
timetables = st.builds(
    lambda calendar, hours: Calendar(calendar.weekly, calendar.dated, tuple(hours)),
    calendars,
    st.lists(spans, max_size=10),
)
moments = st.builds(
    lambda day, quarter: at(day, 0) + quarter * QUARTER,
    st.dates(date(2026, 1, 1), date(2026, 3, 1)),
    st.integers(0, 95),
)


@given(timetables, moments, st.integers(0, 400))
def test_the_last_open_moment_is_the_last(calendar: Calendar, moment: datetime, back: int) -> None:
    minutes = (moment - timedelta(minutes=n) for n in range(back))
    looked = next((minute for minute in minutes if is_open_at(calendar, minute)), None)
    assert last_open(calendar, moment, moment - timedelta(minutes=back)) == looked


@given(timetables, moments)
def test_the_next_opening_is_the_next(calendar: Calendar, moment: datetime) -> None:
    found = next_opening(calendar, moment)
    assert found is not None
    opens, closes = found
    assert moment <= opens < closes
    assert is_open_at(calendar, opens)
    days = range((opens.date() - moment.date()).days + 1)
    every = [o for n in days for o, _ in open_times(calendar, moment.date() + timedelta(n), moment.tzinfo)]
    assert opens == min(o for o in every if o >= moment)


@given(timetables, moments, st.integers(1, 200))
def test_open_time_is_counted_as_looking_every_minute_would(calendar: Calendar, start: datetime, quarters: int) -> None:
    found = add_open_time(calendar, start, quarters * QUARTER)
    assert found is not None
    # A quarter of an hour is open when its middle is.
    looked, counted = start, 0
    while counted < quarters:
        counted += is_open_at(calendar, looked + QUARTER / 2)
        looked += QUARTER
    ends_at_midnight = looked.hour == looked.minute == 0
    assert found == (looked - timedelta(minutes=1) if ends_at_midnight else looked), "midnight is another day's"


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at(MONDAY, 8), True),
        (at(MONDAY, 16), True),
        (at(MONDAY, 16, 1), False),
        (at(MONDAY, 7, 59), False),
        (at(date(2026, 3, 6), 12), False),
        (at(date(2026, 3, 6), 14), True),
        (at(date(2026, 3, 8), 10), False),
    ],
)
def test_the_doors(moment: datetime, is_open: bool) -> None:
    assert is_open_at(OFFICE, moment) == is_open


def test_a_day_whose_hours_nobody_said_is_open_all_day() -> None:
    calendar = Calendar(hours=(Span(0, 480, 960),))
    assert is_open_at(calendar, at(date(2026, 3, 3), 23, 59))
    assert add_open_time(calendar, at(date(2026, 3, 3), 12), timedelta(hours=24)) == at(date(2026, 3, 4), 12)


def test_hours_that_end_before_they_begin_are_not_heard() -> None:
    assert is_open_at(Calendar(hours=(Span(0, 960, 480),)), at(MONDAY, 3))


def test_a_library_that_is_never_open_answers() -> None:
    never = Calendar(frozenset(range(7)), hours=OFFICE.hours)
    assert next_opening(never, at()) is None
    assert last_open(never, at(), at(date(2025, 3, 2))) is None
    assert add_open_time(never, at(), timedelta(hours=3)) is None


def test_the_end_of_time_answers() -> None:
    end = datetime.max.replace(tzinfo=at().tzinfo)
    assert next_opening(OFFICE, end) is None
    assert add_open_time(OFFICE, end, timedelta(hours=3)) is None
    assert add_open_time(Calendar(), end.replace(hour=0), timedelta(days=3)) is None
    assert last_open(OFFICE, at(date.min), at(date.min)) is None
