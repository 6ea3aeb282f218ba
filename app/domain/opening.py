"""Moments at which the library is open, for loans by the hour. It knows the calendar and no loan.

All moments are local and aware. A weekday whose hours nobody said counts as open all day, its last minute
included. So do the minutes of opening and closing: who comes as the doors close is served. Every walk is bounded.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

from app.domain.calendar import Calendar, plus_days

_ONE_MINUTE = timedelta(minutes=1)
_ALL_DAY = (time(0, 0), time(23, 59))


def open_times(calendar: Calendar, day: date, zone: tzinfo | None) -> list[tuple[datetime, datetime]]:
    """When the library opens and closes on `day`, in order; nothing on a closed day."""
    if not calendar.is_open(day):
        return []
    said = [span for span in calendar.hours if span.weekday == day.weekday() and span.opens < span.closes]
    if not said:
        return [(datetime.combine(day, _ALL_DAY[0], zone), datetime.combine(day, _ALL_DAY[1], zone))]
    return [(_moment(day, span.opens, zone), _moment(day, span.closes, zone)) for span in sorted(said)]


def is_open_at(calendar: Calendar, moment: datetime) -> bool:
    """True when the library is open at `moment`, its opening and closing time included."""
    minute = moment.replace(second=0, microsecond=0)
    return any(opens <= minute <= closes for opens, closes in open_times(calendar, moment.date(), moment.tzinfo))


def last_open(calendar: Calendar, moment: datetime, after: datetime) -> datetime | None:
    """The last open moment that is not later than `moment` and later than `after`; None when there is none."""
    day = moment.date()
    while day >= after.date():
        times = open_times(calendar, day, moment.tzinfo)
        found = max((min(closes, moment) for opens, closes in times if opens <= moment), default=None)
        if found is not None:
            return found if found > after else None
        earlier = calendar.previous_open(plus_days(day, -1))
        if earlier >= day:
            return None
        day = earlier
    return None


def next_opening(calendar: Calendar, moment: datetime) -> tuple[datetime, datetime] | None:
    """The first opening at or after `moment`, with its closing time; None when the library never opens again."""
    day = moment.date()
    for _ in range(2):
        for opens, closes in open_times(calendar, day, moment.tzinfo):
            if opens >= moment:
                return opens, closes
        later = calendar.next_open(plus_days(day, 1))
        if later <= day or not calendar.is_open(later):
            return None
        day = later
    return None


def add_open_time(calendar: Calendar, start: datetime, length: timedelta) -> datetime | None:
    """The moment by which the library will have been open for `length` since `start`; None when it never is."""
    left, reached, day = length, start, start.date()
    while True:
        for opens, closes in open_times(calendar, day, start.tzinfo):
            begins = max(opens, reached)
            # Who is open until the last minute is open until midnight, but is not due on the day after.
            until = closes + _ONE_MINUTE if closes.time() == _ALL_DAY[1] and day < date.max else closes
            if until - begins >= left:
                return min(begins + left, closes)
            left -= max(until - begins, timedelta())
            reached = max(reached, until)
        later = calendar.next_open(plus_days(day, 1))
        if later <= day or not calendar.is_open(later):
            return None
        day = later


def _moment(day: date, minutes: int, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, time(minutes // 60, minutes % 60), zone)
