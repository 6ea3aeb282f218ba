"""Open and closed days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import Calendar, plus_days

days = st.dates(date(2000, 1, 1), date(2060, 1, 1))
calendars = st.builds(
    Calendar,
    st.frozensets(st.integers(0, 6), max_size=6),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 3, 1)), max_size=20),
)


def test_moves_over_a_run_of_holidays_into_a_weekend() -> None:
    calendar = Calendar(frozenset({5, 6}), frozenset({date(2026, 3, 19), date(2026, 3, 20)}))
    assert calendar.next_open(date(2026, 3, 19)) == date(2026, 3, 23)
    assert calendar.previous_open(date(2026, 3, 22)) == date(2026, 3, 18)


def test_an_open_day_stays() -> None:
    assert Calendar(frozenset({6})).next_open(date(2026, 3, 2)) == date(2026, 3, 2)


def test_a_dated_holiday_on_a_closed_weekday_is_not_counted_twice() -> None:
    calendar = Calendar(frozenset({6}), frozenset({date(2026, 3, 8)}))
    assert calendar.closed_days(date(2026, 3, 2), date(2026, 3, 15)) == 2


@pytest.mark.parametrize("day", [date.min, date(2026, 3, 2), date.max])
def test_a_calendar_that_is_never_open_answers(day: date) -> None:
    never = Calendar(frozenset(range(7)))
    assert never.never_open
    assert never.next_open(day) == day
    assert never.previous_open(day) == day
    assert never.add_open_days(date(2026, 3, 2), 3) == date(2026, 3, 5)
    assert never.open_days(date(2026, 3, 2), date(2026, 4, 2)) == 0


def test_the_edges_of_time_answer() -> None:
    calendar = Calendar(frozenset({date.max.weekday()}))
    assert calendar.next_open(date.max) == date.max
    assert calendar.add_open_days(date.max, 5) == date.max
    assert plus_days(date.max, 1) == date.max
    assert plus_days(date.min, -1) == date.min


def test_a_long_span_needs_no_walk() -> None:
    calendar = Calendar(frozenset({6}), frozenset({date(2026, 1, 1)}))
    # 3,652,058 days from the first to the last day there is, a seventh of them Sundays
    assert calendar.open_days(date.min, date.max) == 3_652_058 - 521_722 - 1


@given(calendars, days, st.integers(0, 400))
def test_counting_agrees_with_looking_at_every_day(calendar: Calendar, after: date, span: int) -> None:
    upto = after + timedelta(span)
    looked = sum(calendar.is_open(after + timedelta(n)) for n in range(1, span + 1))
    assert calendar.open_days(after, upto) == looked
    assert calendar.closed_days(after + timedelta(1), upto) == span - looked


@given(calendars, days)
def test_next_and_previous_are_open_and_nearest(calendar: Calendar, day: date) -> None:
    later, earlier = calendar.next_open(day), calendar.previous_open(day)
    assert calendar.is_open(later)
    assert calendar.is_open(earlier)
    assert earlier <= day <= later
    if later != day:
        assert calendar.open_days(day, later) == 1


@given(calendars, days, st.integers(1, 60))
def test_the_nth_open_day_is_the_nth(calendar: Calendar, day: date, n: int) -> None:
    reached = calendar.add_open_days(day, n)
    assert calendar.is_open(reached)
    assert calendar.open_days(day, reached) == n
