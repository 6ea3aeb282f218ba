"""What a reader's standing says, to the day and to the rupiah."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain.fact import MemberFacts
from app.domain.findings import Findings
from app.domain.policy import Thresholds
from app.domain.standing import days_past, is_late, weigh_debt, weigh_membership, weigh_overdue
from tests.domain.lending import MONDAY, at, loan, member

DAY = timedelta(1)


def said(who: MemberFacts, rules: Thresholds | None = None) -> tuple[str, ...]:
    """The codes of a membership."""
    found = Findings()
    weigh_membership(found, who, rules or Thresholds(), at())
    return found.verdict().codes()


def test_a_membership_is_good_through_its_last_day() -> None:
    assert said(member(expires_on=MONDAY)) == ("member-expiring",)
    assert said(member(expires_on=MONDAY - DAY)) == ("member-expired",)
    assert said(member(expires_on=None)) == ()


def test_the_notice_of_an_end_can_be_shortened() -> None:
    in_ten = member(expires_on=MONDAY + 10 * DAY)
    assert said(in_ten, Thresholds(expiring_days=10)) == ("member-expiring",)
    assert said(in_ten, Thresholds(expiring_days=9)) == ()


def test_a_suspension_holds_through_its_last_day() -> None:
    assert said(member(suspended_until=MONDAY)) == ("member-suspended",)
    assert said(member(suspended_until=MONDAY - DAY)) == ()


def test_block_and_lost_card_are_both_said() -> None:
    assert said(member(blocked=True, card_lost=True)) == ("member-blocked", "card-lost")


@pytest.mark.parametrize(
    ("owed", "level", "codes"),
    [
        (0, "block", ()),
        (5000, "block", ("owes",)),
        (5001, "block", ("debt-over-limit",)),
        (5001, "off", ("owes",)),
    ],
)
def test_debt_is_over_the_limit_only_above_it(owed: int, level: str, codes: tuple[str, ...]) -> None:
    found = Findings()
    weigh_debt(found, member(owed=owed), Thresholds(debt_limit=5000), level)
    assert found.verdict().codes() == codes


def test_overdue_loans_are_counted_and_the_longest_is_named() -> None:
    late = [loan(n, due_on=MONDAY - n * DAY) for n in (1, 2, 7)]
    found = Findings()
    weigh_overdue(found, member(loans=(loan(9, due_on=MONDAY), *late)), "alert", at())
    (reason,) = found.verdict().reasons
    assert dict(reason.params) == {"count": 3, "days": 7}


def test_the_loan_that_is_being_renewed_is_left_out() -> None:
    found = Findings()
    weigh_overdue(found, member(loans=(loan(1, due_on=MONDAY - DAY),)), "alert", at(), besides="L1")
    assert found.verdict().reasons == ()


def test_late_by_the_day_and_by_the_hour() -> None:
    assert not is_late(loan(due_on=MONDAY), at(hour=23))
    assert is_late(loan(due_on=MONDAY - DAY), at())
    hourly = loan(due_on=MONDAY, due_at=at(hour=9))
    assert is_late(hourly, at(hour=10))
    assert days_past(hourly.due_on, hourly.due_at, at(hour=10)) == 1
    assert days_past(hourly.due_on, hourly.due_at, at(hour=9)) == 0
    assert days_past(hourly.due_on, None, at(MONDAY + 3 * DAY)) == 3
    assert days_past(hourly.due_on, None, at(MONDAY - DAY)) == -1
    assert not is_late(hourly, at(hour=9))
    assert is_late(loan(due_on=date(2026, 3, 1), due_at=at().replace(tzinfo=None)), at())
