"""May a loan be due on a later day than was printed, because a person says so?

A printed date is a promise: it is lengthened here, never shortened. It knows no reader and no screen.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from msgspec import Struct

from app.domain.calendar import Calendar, plus_days
from app.domain.fact import LoanFacts
from app.domain.findings import Findings
from app.domain.verdict import Verdict

FARTHEST_DAYS: Final = 366
"""A day beyond this is a slip of the finger in the year."""

ALL_CODES: Final = ("not-on-loan", "due-not-later", "due-in-past", "due-too-far", "due-on-closed-day", "reason-missing")


class DueDateDecision(Struct, frozen=True):
    """The day that will hold, None when nothing is changed, and every reason."""

    verdict: Verdict
    due_on: date | None = None


def decide_due_date(
    loan: LoanFacts | None, wanted: date, calendar: Calendar, today: date, reason: str
) -> DueDateDecision:
    """Weigh another due date for a running loan. A day on which the library is closed becomes the next open one."""
    found = Findings()
    if loan is None:
        found.refuse("not-on-loan")
        return DueDateDecision(found.verdict())
    if not reason.strip():
        found.refuse("reason-missing")
    latest = plus_days(today, FARTHEST_DAYS)
    if wanted > latest:
        found.refuse("due-too-far", latest=latest)
        return DueDateDecision(found.verdict())
    due = calendar.next_open(wanted)
    if due <= loan.due_on:
        found.refuse("due-not-later", due=loan.due_on)
    elif due < today:
        found.refuse("due-in-past", on=due)
    if found.verdict().impossible:
        return DueDateDecision(found.verdict())
    if due != wanted:
        found.tell("due-on-closed-day", on=wanted)
    return DueDateDecision(found.verdict(), due)
