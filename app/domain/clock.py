"""The desk's time: effective milliseconds, and dates in the library's zone whatever the PC believes.

Indonesia's three zones have kept fixed offsets without daylight saving since 1964, so a table of offsets serves and
no time-zone database is read. Effective time never runs backwards within one incarnation: an act entered while the
PC's clock is behind takes the time of the act before it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

from msgspec import Struct

ZONES = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = _EPOCH.toordinal()
# A clock that is this far behind the last act is said to staff: below it, it is ordinary clock steering.
BEHIND_MS = 120_000


EARLIEST_MS = 946_684_800_000
"""The year 2000, before Meja was made: a PC without a battery begins earlier, and nothing may begin with its date."""
LATEST_MS = 221_845_392_000_000
"""The year 9000. A clock beyond it is broken: the longest loan from there would leave the calendar."""


@lru_cache(maxsize=8)
def zone(name: str) -> timezone:
    """The fixed-offset zone of a library; unknown names raise ValueError."""
    if name not in ZONES:
        raise ValueError(f"unknown time zone {name!r}; known: {', '.join(ZONES)}")
    return timezone(timedelta(hours=ZONES[name]), ZONE_NAMES[name])


def local_datetime(at_ms: int, zone_name: str) -> datetime:
    """The aware local time of an instant given in milliseconds since 1970 UTC (negative before)."""
    return (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(zone(zone_name))


def local_date(at_ms: int, zone_name: str) -> date:
    """The library's calendar date at an instant."""
    # The zones' offsets are whole hours, so a date is a division; each event that is folded asks for one.
    zone(zone_name)
    return date.fromordinal(_FIRST_DAY + (at_ms + ZONES[zone_name] * 3_600_000) // 86_400_000)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 UTC of an aware datetime."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


class Reading(Struct, frozen=True):
    """What the PC's clocks say: wall milliseconds, monotonic milliseconds since boot, and the boot's token."""

    wall: int
    mono: int
    boot: str


class ClockCheck(Struct, frozen=True):
    """The effective time to use now, and how far the PC's clock is behind the last act (0 when it is not)."""

    at: int
    behind_ms: int


def believable(at_ms: int) -> bool:
    """Whether an act may have this time."""
    return EARLIEST_MS <= at_ms < LATEST_MS


def reckonable(at_ms: int) -> bool:
    """Whether a time, of whatever source, stands far enough inside the calendar to be reckoned with."""
    return -LATEST_MS // 8 <= at_ms < LATEST_MS


def effective(wall: int, last_at: int) -> ClockCheck:
    """The time of the next act: the PC's, but never before the last act of this incarnation."""
    if wall >= last_at:
        return ClockCheck(wall, 0)
    return ClockCheck(last_at, last_at - wall)
