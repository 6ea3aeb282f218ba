"""What a late return costs: days late, days charged, the fine and the days of suspension.

Pure and total: the journal's fold calls it on every replica, so it raises nothing, uses integers only and
reads no clock. It knows neither member nor item.
"""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from app.domain.calendar import Calendar, plus_days
from app.domain.loan_rule import Terms


class Overdue(Struct, frozen=True):
    """The outcome. `days_late` counts calendar days (0 when on time); `days_charged` those that cost.

    `amount` in rupiah after caps; `suspension_days` after its maximum; `in_grace`: late, but free by grace.
    In the slims profile `days_charged` may be below 0, as SLiMS shows no overdue then.
    """

    days_late: int = 0
    days_charged: int = 0
    closed_days_skipped: int = 0
    amount: int = 0
    suspension_days: int = 0
    in_grace: bool = False
    capped: bool = False

    @property
    def late(self) -> bool:
        """True when the copy came back after its due day (or hour)."""
        return self.days_late > 0


ON_TIME = Overdue()


def overdue(
    terms: Terms,
    calendar: Calendar,
    due_on: date,
    returned_on: date,
    price: int | None = None,
    *,
    due_at: datetime | None = None,
    returned_at: datetime | None = None,
    from_open: bool = False,
) -> Overdue:
    """What the return on `returned_on` of a loan due on `due_on` costs under `terms`.

    `from_open`: a due day that is closed by this calendar counts as the first open day after it (`moves_to_open`).
    A loan by the hour (`due_at` and `returned_at` given) that is late within its due day counts one day.
    meja: a later return never costs less. slims: grace ends on the grace day itself and then every day
    counts; closed days are taken off from due to return, both included (observed on SLiMS 9.7.0).
    """
    if from_open and moves_to_open(terms, calendar, due_on, due_at):
        due_on = calendar.next_open(due_on)
    late = (returned_on - due_on).days
    by_hour = terms.unit == "hours" and due_at is not None and returned_at is not None
    if by_hour and due_at is not None and returned_at is not None:
        late = max(late, 1) if _after(returned_at, due_at) else 0
    if late <= 0:
        return ON_TIME
    if terms.grace_counts == "edge":
        return _slims_overdue(terms, calendar, due_on, returned_on, late)
    closed = (
        0
        if terms.fine_days == "all"
        else calendar.closed_days(due_on, returned_on) - (0 if calendar.is_open(due_on) else 1)
    )
    units = late - closed
    if by_hour:
        units, closed = max(units, 1), min(closed, late - 1)
    charged = _after_grace(terms, units)
    amount, capped = _capped(terms, charged * terms.fine_per_day, price)
    return Overdue(
        days_late=late,
        days_charged=charged,
        closed_days_skipped=closed,
        amount=amount,
        suspension_days=_suspension(terms, charged),
        in_grace=charged == 0 and units > 0,
        capped=capped,
    )


def moves_to_open(terms: Terms, calendar: Calendar, due_on: date, due_at: datetime | None) -> bool:
    """True when lateness counts from the first open day after the due day: that day was closed after the loan was made,
    and nobody could bring the book. Not for loans by the hour, nor where every day costs, nor as SLiMS counts.
    """
    by_open_days = terms.fine_days != "all" and terms.grace_counts != "edge"
    return due_at is None and by_open_days and not calendar.is_open(due_on)


def suspension_end(returned_on: date, days: int, running_until: date | None = None) -> date:
    """The last day without loans after a late return; a suspension still running is lengthened, not replaced."""
    start = returned_on if running_until is None else max(returned_on, running_until)
    return plus_days(start, max(days, 0))


def _slims_overdue(terms: Terms, calendar: Calendar, due_on: date, returned_on: date, late: int) -> Overdue:
    if late < terms.grace_days:
        return Overdue(days_late=late, in_grace=True)
    closed = calendar.closed_days(due_on, returned_on) if terms.fine_days == "open-edges" else 0
    charged = late - closed
    return Overdue(
        days_late=late,
        days_charged=charged,
        closed_days_skipped=closed,
        amount=max(charged, 0) * terms.fine_per_day,
        suspension_days=_suspension(terms, max(charged, 0)),
    )


def _after_grace(terms: Terms, units: int) -> int:
    if units <= terms.grace_days:
        return 0
    return units - terms.grace_days if terms.grace_counts == "free" else units


def _capped(terms: Terms, amount: int, price: int | None) -> tuple[int, bool]:
    caps = [terms.cap] if terms.cap > 0 else []
    if terms.cap_at_price and price is not None and price > 0:
        caps.append(price)
    limit = min(caps, default=amount)
    return min(amount, limit), amount > limit


def _suspension(terms: Terms, charged: int) -> int:
    days = charged * terms.suspend_per_day
    return min(days, terms.max_suspend) if terms.max_suspend > 0 else days


def _after(moment: datetime, other: datetime) -> bool:
    """Compare two moments; when only one is aware, compare wall clocks rather than fail."""
    if (moment.tzinfo is None) != (other.tzinfo is None):
        return moment.replace(tzinfo=None) > other.replace(tzinfo=None)
    return moment > other
