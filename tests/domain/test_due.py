"""Due dates: what holds for every rule, calendar and day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.calendar import Calendar
from app.domain.due import DUE_NOTES, due_date
from app.domain.loan_rule import CLOSED_HOURS, Terms
from app.domain.opening import is_open_at, last_open, next_opening
from tests.domain.lending import MONDAY, SUNDAYS, TERMS, at
from tests.domain.test_calendar import calendars
from tests.domain.test_opening import OFFICE, moments, timetables

starts = st.dates(date(2026, 1, 1), date(2026, 6, 1))
terms_of_days = st.builds(
    lambda period, closed, cut, fixed, mode: replace(
        TERMS, period=period, closed_days=closed, cut_at_expiry=cut, fixed_due=fixed, fixed_due_mode=mode
    ),
    st.integers(1, 120),
    st.sampled_from(["push", "skip"]),
    st.booleans(),
    st.none() | starts,
    st.sampled_from(["latest", "exactly"]),
)


@given(terms_of_days, calendars, starts, st.none() | starts)
def test_the_due_date_is_open_unless_no_open_day_is_left(
    terms: Terms, calendar: Calendar, start: date, expires: date | None
) -> None:
    due = due_date(terms, calendar, start, expires)
    last = min([day for day in (expires, terms.fixed_due) if day is not None and day >= start], default=None)
    if not calendar.is_open(due.on):
        assert last is not None
        assert not any(calendar.is_open(start + timedelta(n)) for n in range((last - start).days + 1))
    assert due.on >= start
    assert {note.code for note in due.notes} <= set(DUE_NOTES)


@given(terms_of_days, calendars, starts, starts)
def test_the_due_date_is_never_past_a_membership_that_cuts(
    terms: Terms, calendar: Calendar, start: date, expires: date
) -> None:
    due = due_date(terms, calendar, start, expires)
    if terms.cut_at_expiry and expires >= start:
        assert due.on <= expires
    if terms.fixed_due is not None and terms.fixed_due >= start:
        assert due.on <= terms.fixed_due


@given(st.integers(0, 200), calendars, starts, st.none() | starts)
def test_slims_cuts_last_and_moves_only_forward(
    period: int, calendar: Calendar, start: date, expires: date | None
) -> None:
    terms = replace(TERMS, profile="slims", period=period)
    free = due_date(terms, calendar, start)
    assert free.on == calendar.next_open(start + timedelta(period))
    assert due_date(terms, calendar, start, expires).on == (min(free.on, expires) if expires else free.on)


@given(st.integers(1, 60), calendars, starts)
def test_skipped_days_are_not_part_of_the_period(period: int, calendar: Calendar, start: date) -> None:
    due = due_date(replace(TERMS, period=period, closed_days="skip"), calendar, start)
    assert calendar.open_days(start, due.on) == period


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        (at(MONDAY, 10), 3, at(MONDAY, 13)),
        (at(MONDAY, 22), 3, at(date(2026, 3, 3), 1)),
        (at(date(2026, 3, 7), 22), 4, at(date(2026, 3, 9), 2)),
    ],
)
def test_loans_by_the_hour(start: datetime, hours: int, expected: datetime) -> None:
    due = due_date(replace(TERMS, period=hours, unit="hours"), SUNDAYS, start)
    assert due.at == expected
    assert due.on == expected.date()


hourly = st.builds(
    lambda hours, closed, grace, days, cut, fixed, mode: replace(
        TERMS, unit="hours", period=hours, closed_hours=closed, opening_grace=grace, closed_days=days,
        cut_at_expiry=cut, fixed_due=fixed, fixed_due_mode=mode,
    ),
    st.integers(1, 200),
    st.sampled_from(CLOSED_HOURS),
    st.integers(0, 600),
    st.sampled_from(["push", "skip", "count"]),
    st.booleans(),
    st.none() | starts,
    st.sampled_from(["latest", "exactly"]),
)  # fmt: skip


@given(hourly, timetables.filter(lambda calendar: calendar.hours), moments, st.none() | starts)
def test_a_loan_by_the_hour_is_never_due_while_the_library_is_closed(
    terms: Terms, calendar: Calendar, start: datetime, expires: date | None
) -> None:
    due = due_date(terms, calendar, start, expires)
    assert due.at is not None
    assert due.on == due.at.date()
    assert due.at > start
    assert {note.code for note in due.notes} <= set(DUE_NOTES)
    if not is_open_at(calendar, due.at):
        assert due.note("cut-at-expiry") or due.note("cut-at-fixed-date") or due.note("set-to-fixed-date")
        assert due.at == at(due.on, 23, 59), "no open moment is left on the last day"
        assert last_open(calendar, due.at, max(start, at(due.on, 0))) is None


@given(hourly, timetables.filter(lambda calendar: calendar.hours), moments)
def test_closed_hours_are_cut_pushed_or_skipped(terms: Terms, calendar: Calendar, start: datetime) -> None:
    terms = replace(terms, fixed_due=None)
    plain = start + timedelta(hours=terms.period)
    at_ = due_date(terms, calendar, start).at
    assert at_ is not None
    if terms.closed_hours == "skip":
        assert at_ >= plain - timedelta(minutes=1)
    elif is_open_at(calendar, plain):
        assert at_ == plain
    elif terms.closed_hours == "push" or last_open(calendar, plain, start) is None:
        assert at_ > plain
        opening = next_opening(calendar, plain)
        assert opening is not None
        assert opening[0] <= at_ <= min(opening[0] + timedelta(minutes=terms.opening_grace), opening[1])
    else:
        assert at_ == last_open(calendar, plain, start)


def test_hours_that_nobody_said_change_nothing() -> None:
    for closed in CLOSED_HOURS:
        terms = replace(TERMS, period=3, unit="hours", closed_hours=closed, opening_grace=60)
        assert due_date(terms, SUNDAYS, at(MONDAY, 22)).at == at(date(2026, 3, 3), 1)


def test_a_fixed_day_is_due_at_its_closing() -> None:
    terms = replace(TERMS, period=3, unit="hours", fixed_due=date(2026, 3, 7), fixed_due_mode="exactly")
    assert due_date(terms, OFFICE, at(MONDAY, 10)).at == at(date(2026, 3, 7), 12)
    late = replace(terms, fixed_due=MONDAY, fixed_due_mode="latest")
    assert due_date(late, OFFICE, at(MONDAY, 17)).at == at(MONDAY, 23, 59), "never before the loan itself"


def test_a_loan_by_the_hour_ends_with_the_membership() -> None:
    terms = replace(TERMS, period=30, unit="hours")
    due = due_date(terms, SUNDAYS, at(MONDAY, 10), MONDAY)
    assert due.on == MONDAY
    assert due.at == at(MONDAY, 23, 59)


def test_hours_from_a_bare_day_count_whole_days() -> None:
    assert due_date(replace(TERMS, period=25, unit="hours"), SUNDAYS, MONDAY).on == date(2026, 3, 4)


def test_a_renewal_has_its_own_period() -> None:
    terms = replace(TERMS, renew_period=7)
    assert due_date(terms, SUNDAYS, MONDAY, renewal=True).on == date(2026, 3, 9)
    assert due_date(terms, SUNDAYS, MONDAY).on == date(2026, 3, 16)


def test_the_end_of_time_is_a_date() -> None:
    terms = replace(TERMS, period=3660)
    assert due_date(terms, SUNDAYS, date.max).on == date.max
    late = datetime.max.replace(tzinfo=at().tzinfo)
    assert due_date(replace(terms, unit="hours"), SUNDAYS, late).on == date.max


def test_where_closed_days_count_the_cut_keeps_its_day() -> None:
    terms = replace(TERMS, closed_days="count", fixed_due=date(2026, 3, 15))
    assert due_date(terms, SUNDAYS, MONDAY).on == date(2026, 3, 15)
    assert due_date(replace(terms, fixed_due=None), SUNDAYS, MONDAY, date(2026, 3, 8)).on == date(2026, 3, 8)
