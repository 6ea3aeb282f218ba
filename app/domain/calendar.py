"""The library's open and closed days: weekly ones (Sunday) and single dates (holidays), and its opening hours.
It knows no loan.

Every walk over days is bounded, so a calendar that is never open, or a date at the edge of what a date can
be, gives an answer and never a loop.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from msgspec import Struct

ONE_DAY = timedelta(days=1)


def plus_days(day: date, days: int) -> date:
    """`day` moved by `days`, held at the first or last day a date can have."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


class Span(NamedTuple):
    """Opening hours on a weekday (0 = Monday), in local minutes after midnight; a midday break makes two spans."""

    weekday: int
    opens: int
    closes: int


class Calendar(Struct, frozen=True):
    """Closed days and opening hours. `weekly`: weekday numbers closed every week, 0 = Monday; `dated`: single
    closed days; `hours`: when the library is open on its open days, nothing = not known.
    """

    weekly: frozenset[int] = frozenset()
    dated: frozenset[date] = frozenset()
    hours: tuple[Span, ...] = ()

    @property
    def never_open(self) -> bool:
        """True when all seven weekdays are closed."""
        return len(self.weekly & frozenset(range(7))) == 7

    def is_open(self, day: date) -> bool:
        """True when the library works on `day`."""
        return day.weekday() not in self.weekly and day not in self.dated

    def next_open(self, day: date) -> date:
        """`day` itself when open, else the first open day after it; `day` again when there is none at all."""
        return self._walk(day, 1)

    def previous_open(self, day: date) -> date:
        """`day` itself when open, else the last open day before it; `day` again when there is none at all."""
        return self._walk(day, -1)

    def open_days(self, after: date, upto: date) -> int:
        """How many open days lie after `after`, up to and including `upto` (0 when upto <= after)."""
        if upto <= after:
            return 0
        return (upto - after).days - self.closed_days(after + ONE_DAY, upto)

    def closed_days(self, first: date, last: date) -> int:
        """How many closed days lie from `first` to `last`, both included."""
        if last < first:
            return 0
        weeks, rest = divmod((last - first).days + 1, 7)
        weekly = self.weekly & frozenset(range(7))
        closed = weeks * len(weekly)
        closed += sum((first.weekday() + step) % 7 in weekly for step in range(rest))
        return closed + sum(first <= day <= last and day.weekday() not in weekly for day in self.dated)

    def add_open_days(self, start: date, days: int) -> date:
        """The `days`-th open day after `start`; closed days do not count. Plain days when never open."""
        if self.never_open:
            return plus_days(start, days)
        day = start
        for _ in range(days):
            if day == date.max:
                break
            day = self.next_open(day + ONE_DAY)
        return day

    def _walk(self, day: date, step: int) -> date:
        if self.never_open:
            return day
        here = day
        for _ in range(7 * (len(self.dated) + 2)):
            if self.is_open(here):
                return here
            moved = plus_days(here, step)
            if moved == here:
                break
            here = moved
        return day
