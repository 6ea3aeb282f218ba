"""Fines and suspensions: what holds for every rule, calendar and day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.calendar import Calendar
from app.domain.loan_rule import Terms
from app.domain.overdue import ON_TIME, Overdue, overdue, suspension_end
from tests.domain.lending import MONDAY, SUNDAYS, TERMS, at
from tests.domain.test_calendar import calendars

dues = st.dates(date(2026, 1, 1), date(2026, 3, 1))
spans = st.integers(-10, 90)
meja_terms = st.builds(
    lambda fine, days, grace, counts, cap, price, suspend, most, unit: replace(
        TERMS,
        fine_per_day=fine,
        fine_days=days,
        grace_days=grace,
        grace_counts=counts,
        cap=cap,
        cap_at_price=price,
        suspend_per_day=suspend,
        max_suspend=most,
        unit=unit,
    ),
    st.integers(0, 5000),
    st.sampled_from(["all", "open"]),
    st.integers(0, 10),
    st.sampled_from(["free", "all"]),
    st.integers(0, 20000),
    st.booleans(),
    st.integers(0, 3),
    st.integers(0, 60),
    st.sampled_from(["days", "hours"]),
)


@given(meja_terms, calendars, dues, spans, spans, st.none() | st.integers(0, 90_000))
def test_a_later_return_never_costs_less(
    terms: Terms, calendar: Calendar, due: date, one: int, other: int, price: int | None
) -> None:
    early, late = sorted((one, other))
    first = overdue(terms, calendar, due, due + timedelta(early), price)
    second = overdue(terms, calendar, due, due + timedelta(late), price)
    assert first.amount <= second.amount
    assert first.suspension_days <= second.suspension_days
    assert first.days_charged <= second.days_charged


@given(meja_terms, calendars, dues, st.integers(-40, 200), st.integers(-40, 200))
def test_by_the_hour_a_later_return_never_costs_less(
    terms: Terms, calendar: Calendar, due: date, one: int, other: int
) -> None:
    hourly = replace(terms, unit="hours")
    due_at = at(due, 12)

    def after(hours: int) -> Overdue:
        back = due_at + timedelta(hours=hours)
        return overdue(hourly, calendar, due, back.date(), due_at=due_at, returned_at=back)

    early, late = after(min(one, other)), after(max(one, other))
    assert early.amount <= late.amount
    assert (late.days_late > 0) == (max(one, other) > 0)


@given(meja_terms, calendars, dues, spans, st.none() | st.integers(1, 90_000))
def test_a_fine_keeps_within_its_caps(
    terms: Terms, calendar: Calendar, due: date, span: int, price: int | None
) -> None:
    late = overdue(terms, calendar, due, due + timedelta(span), price)
    assert 0 <= late.days_charged <= late.days_late
    assert late.amount <= late.days_charged * terms.fine_per_day
    if terms.cap:
        assert late.amount <= terms.cap
    if terms.cap_at_price and price:
        assert late.amount <= price
    if terms.max_suspend:
        assert late.suspension_days <= terms.max_suspend
    if span <= 0:
        assert late == ON_TIME


@given(calendars, dues, st.integers(0, 90), st.integers(0, 10), st.booleans())
def test_slims_as_observed(calendar: Calendar, due: date, span: int, grace: int, ignore: bool) -> None:
    """Recounted day by day: SLiMS charges from the grace day on, less closed days from due to return."""
    terms = replace(
        TERMS,
        profile="slims",
        grace_days=grace,
        grace_counts="edge",
        fine_days="open-edges" if ignore else "all",
    )
    late = overdue(terms, calendar, due, due + timedelta(span))
    closed = sum(not calendar.is_open(due + timedelta(n)) for n in range(span + 1)) if ignore else 0
    if span == 0 or span < grace:
        assert (late.amount, late.in_grace) == (0, span > 0)
    else:
        assert late.days_charged == span - closed
        assert late.amount == max(span - closed, 0) * 500


@pytest.mark.parametrize(("days", "free", "all_days"), [(2, 0, 0), (3, 0, 0), (4, 500, 2000), (10, 3500, 5000)])
def test_grace_of_three(days: int, free: int, all_days: int) -> None:
    back = MONDAY + timedelta(days)
    for counts, amount in (("free", free), ("all", all_days)):
        terms = replace(TERMS, grace_days=3, grace_counts=counts)
        late = overdue(terms, Calendar(), MONDAY, back)
        assert late.amount == amount
        assert late.in_grace == (amount == 0)


def test_open_days_leave_out_the_sunday_and_say_so() -> None:
    late = overdue(replace(TERMS, fine_days="open"), SUNDAYS, MONDAY, MONDAY + timedelta(7))
    assert (late.days_late, late.days_charged, late.closed_days_skipped, late.amount) == (7, 6, 1, 3000)


def test_an_unknown_price_caps_nothing() -> None:
    terms = replace(TERMS, cap_at_price=True)
    for price in (None, 0):
        assert overdue(terms, SUNDAYS, MONDAY, MONDAY + timedelta(10), price).amount == 5000
    capped = overdue(terms, SUNDAYS, MONDAY, MONDAY + timedelta(10), 1200)
    assert (capped.amount, capped.capped) == (1200, True)


def test_moments_of_mixed_kind_do_not_fail() -> None:
    terms = replace(TERMS, unit="hours")
    naive = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 - a replica must not fail on it
    assert overdue(terms, SUNDAYS, MONDAY, MONDAY, due_at=naive, returned_at=at(MONDAY, 10)).days_late == 1


def test_the_longest_lateness_there_is() -> None:
    late = overdue(replace(TERMS, fine_days="open"), SUNDAYS, date.min, date.max)
    assert late.days_late == (date.max - date.min).days


def test_a_running_suspension_is_lengthened() -> None:
    assert suspension_end(MONDAY, 5) == date(2026, 3, 7)
    assert suspension_end(MONDAY, 5, date(2026, 3, 31)) == date(2026, 4, 5)
    assert suspension_end(MONDAY, 5, date(2026, 1, 31)) == date(2026, 3, 7)
    assert suspension_end(date.max, 5) == date.max
