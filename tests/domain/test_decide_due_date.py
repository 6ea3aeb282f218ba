"""A later due date by a person's word: never earlier than printed, never on a closed day, never far off."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import Calendar
from app.domain.decide_due_date import ALL_CODES, FARTHEST_DAYS, decide_due_date
from app.domain.fact import LoanFacts

TODAY = date(2026, 3, 10)
LOAN = LoanFacts("l", "i", "t", "p", "m", lent_on=date(2026, 3, 2), due_on=date(2026, 3, 16))
SUNDAYS = Calendar(weekly=frozenset({6}))


@pytest.mark.parametrize(
    ("wanted", "reason", "codes", "due"),
    [
        (date(2026, 3, 17), "izin", (), date(2026, 3, 17)),
        (date(2026, 3, 22), "izin", ("due-on-closed-day",), date(2026, 3, 23)),
        (date(2026, 3, 16), "izin", ("due-not-later",), None),
        (date(2026, 3, 15), "izin", ("due-not-later",), None),
        (date(2026, 3, 17), "  ", ("reason-missing",), None),
        (TODAY + timedelta(FARTHEST_DAYS + 1), "izin", ("due-too-far",), None),
        (date.max, "izin", ("due-too-far",), None),
    ],
)
def test_what_is_weighed(wanted: date, reason: str, codes: tuple[str, ...], due: date | None) -> None:
    decision = decide_due_date(LOAN, wanted, SUNDAYS, TODAY, reason)
    assert (decision.verdict.codes(), decision.due_on) == (codes, due)


def test_a_late_loan_is_not_given_a_day_that_is_over_as_well() -> None:
    late = decide_due_date(LOAN, date(2026, 3, 20), SUNDAYS, date(2026, 4, 1), "sakit")
    assert (late.verdict.codes(), late.due_on) == (("due-in-past",), None)
    assert decide_due_date(LOAN, date(2026, 4, 1), SUNDAYS, date(2026, 4, 1), "sakit").due_on == date(2026, 4, 1)


def test_a_copy_that_is_in_has_no_date() -> None:
    assert decide_due_date(None, TODAY, SUNDAYS, TODAY, "izin").verdict.codes() == ("not-on-loan",)


def test_every_code_is_listed() -> None:
    assert len(set(ALL_CODES)) == len(ALL_CODES) == 6


@given(st.dates(), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_no_promise_is_ever_shortened(wanted: date, today: date) -> None:
    due = decide_due_date(LOAN, wanted, SUNDAYS, today, "izin").due_on
    assert due is None or (due > LOAN.due_on and due >= today and SUNDAYS.is_open(due))
