"""When a loan is due: period, closed days, the fixed end of a semester, the end of a membership.

A pure date calculation over resolved terms; it knows neither member nor item.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from app.domain.calendar import Calendar, plus_days
from app.domain.loan_rule import Terms
from app.domain.opening import add_open_time, is_open_at, last_open, next_opening


class DueNote(Struct, frozen=True):
    """Why the due date is not simply start + period. `day` is the day that was replaced."""

    code: str
    day: date


DUE_NOTES: Final = (
    "moved-from-closed-day",
    "cut-at-fixed-date",
    "set-to-fixed-date",
    "fixed-date-passed",
    "cut-at-expiry",
    "past-expiry",
    "cut-at-closing",
    "moved-to-opening",
)


class Due(Struct, frozen=True):
    """A due date: `on` is the promised local day; `at` its moment (local, aware) for loans by the hour."""

    on: date
    at: datetime | None = None
    notes: tuple[DueNote, ...] = ()

    def note(self, code: str) -> DueNote | None:
        """The note of this code, if any."""
        return next((n for n in self.notes if n.code == code), None)


def due_date(
    terms: Terms,
    calendar: Calendar,
    start: date | datetime,
    expires_on: date | None = None,
    *,
    renewal: bool = False,
) -> Due:
    """The due date of a loan made at `start` (local), or renewed from there when `renewal`.

    Order: period over closed days (or hours), fixed date, end of membership. meja: the cuts fall on an open day
    and never before `start`; where opening hours are known, a loan by the hour is never due while the library is
    closed, unless no open moment is left before a cut. slims: closed days move the date forward, then the
    membership's end cuts it, even to a closed day or to the past (observed on SLiMS 9.7.0).
    """
    first = start.date() if isinstance(start, datetime) else start
    period = terms.renew_period if renewal else terms.period
    if terms.profile == "slims":
        return _slims_due(terms, calendar, first, period, expires_on)
    if terms.unit == "hours" and isinstance(start, datetime) and calendar.hours:
        return _due_while_open(terms, calendar, start, period, expires_on)
    notes: list[DueNote] = []
    at: datetime | None = None
    if terms.unit == "hours" and isinstance(start, datetime):
        at = _plus_hours(start, period)
        on = _off_closed(terms, calendar, at.date(), notes)
    elif terms.unit == "hours":
        on = _off_closed(terms, calendar, plus_days(first, -(-period // 24)), notes)
    elif terms.closed_days == "skip":
        on = calendar.add_open_days(first, period)
    else:
        on = _off_closed(terms, calendar, plus_days(first, period), notes)
    on = _fixed(terms, calendar, first, on, notes)
    on = _within_membership(terms, calendar, first, on, expires_on, notes)
    return Due(on, _moment(at, on), tuple(notes))


def _due_while_open(terms: Terms, calendar: Calendar, start: datetime, period: int, expires_on: date | None) -> Due:
    notes: list[DueNote] = []
    at = _while_open(terms, calendar, start, period, notes)
    open_days = replace(terms, closed_days="push")
    on = _fixed(open_days, calendar, start.date(), at.date(), notes)
    on = _within_membership(open_days, calendar, start.date(), on, expires_on, notes)
    if on != at.date():
        notes = [note for note in notes if note.code not in ("cut-at-closing", "moved-to-opening")]
        end = datetime.combine(on, time(23, 59), start.tzinfo)
        closing = last_open(calendar, end, start)
        # A closing on an earlier day means that no open moment is left on this one: a cut keeps its day.
        at = closing if closing is not None and closing.date() == on else end
    return Due(on, at, tuple(notes))


def _while_open(terms: Terms, calendar: Calendar, start: datetime, period: int, notes: list[DueNote]) -> datetime:
    """The moment `period` hours after `start`, moved into open time as the terms say."""
    plain = _plus_hours(start, period)
    if terms.closed_hours == "skip":
        counted = add_open_time(calendar, start, timedelta(hours=period))
        return plain if counted is None else counted
    if is_open_at(calendar, plain):
        return plain
    if terms.closed_hours == "cut":
        closing = last_open(calendar, plain, start)
        if closing is not None:
            notes.append(DueNote("cut-at-closing", plain.date()))
            return closing
    opening = next_opening(calendar, plain)
    if opening is None:
        return plain
    notes.append(DueNote("moved-to-opening", plain.date()))
    opens, closes = opening
    return min(opens + timedelta(minutes=terms.opening_grace), closes)


def _slims_due(terms: Terms, calendar: Calendar, first: date, period: int, expires_on: date | None) -> Due:
    notes: list[DueNote] = []
    on = _off_closed(terms, calendar, plus_days(first, period), notes)
    if expires_on is not None and on > expires_on:
        notes.append(DueNote("cut-at-expiry", on))
        on = expires_on
    return Due(on, None, tuple(notes))


def _off_closed(terms: Terms, calendar: Calendar, on: date, notes: list[DueNote]) -> date:
    if terms.closed_days == "count" or calendar.is_open(on):
        return on
    moved = calendar.next_open(on)
    if moved != on:
        notes.append(DueNote("moved-from-closed-day", on))
    return moved


def _fixed(terms: Terms, calendar: Calendar, first: date, on: date, notes: list[DueNote]) -> date:
    if terms.fixed_due is None:
        return on
    if terms.fixed_due < first:
        notes.append(DueNote("fixed-date-passed", terms.fixed_due))
        return on
    if terms.fixed_due_mode == "latest" and on <= terms.fixed_due:
        return on
    last = _last_open(terms, calendar, first, terms.fixed_due)
    code = "set-to-fixed-date" if terms.fixed_due_mode == "exactly" else "cut-at-fixed-date"
    if last != on:
        notes.append(DueNote(code, on))
    return last


def _within_membership(
    terms: Terms, calendar: Calendar, first: date, on: date, expires_on: date | None, notes: list[DueNote]
) -> date:
    if expires_on is None or on <= expires_on:
        return on
    if not terms.cut_at_expiry or expires_on < first:
        notes.append(DueNote("past-expiry", expires_on))
        return on
    notes.append(DueNote("cut-at-expiry", on))
    return _last_open(terms, calendar, first, expires_on)


def _last_open(terms: Terms, calendar: Calendar, first: date, last: date) -> date:
    """The last open day not after `last` and not before `first`; `last` itself when there is none."""
    if terms.closed_days == "count":
        return last
    on = calendar.previous_open(last)
    return on if on >= first else last


def _plus_hours(start: datetime, hours: int) -> datetime:
    try:
        return start + timedelta(hours=hours)
    except OverflowError:
        return datetime.max.replace(tzinfo=start.tzinfo)


def _moment(at: datetime | None, on: date) -> datetime | None:
    """The moment on the day finally chosen: its own hour, or the end of a day that was cut."""
    if at is None or at.date() == on:
        return at
    return datetime.combine(on, at.timetz() if on > at.date() else time(23, 59, tzinfo=at.tzinfo))
