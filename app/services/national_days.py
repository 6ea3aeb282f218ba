"""Indonesia's public holidays of a year, as closed days to propose: the Islamic and other movable ones too.

Dates and names come from the `holidays` package, which is fetched at the first question only. It knows the joint
decree of three ministers (SKB 3 Menteri) of the years whose decree was out when it was made; beyond those it reckons,
and marks the moon's dates as estimated. What holds is the decree, not this list.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

FIRST_YEAR, LAST_YEAR = 2024, 2050
"""The presidential decree that orders these days is from 2024; the package knows Nyepi until 2050."""


class NationalDay(Struct, frozen=True):
    """One public holiday. `estimated`: by reckoning, the government may say another date; `joint`: a day of joint
    leave (cuti bersama), on which a campus may well be open.
    """

    on: date
    name: str
    estimated: bool = False
    joint: bool = False


class YearDays(Struct, frozen=True):
    """A year's days in order. `decreed`: the ministers' decree of that year is in the data."""

    days: tuple[NationalDay, ...]
    decreed: bool


def national_days(year: int) -> YearDays:
    """The days of `year`; none outside FIRST_YEAR to LAST_YEAR."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return YearDays((), False)
    days = [*_of_kind(year, "public"), *_of_kind(year, "government")]
    return YearDays(tuple(sorted(days, key=lambda day: (day.on, day.joint))), any(day.joint for day in days))


def _of_kind(year: int, kind: str) -> list[NationalDay]:
    import holidays

    known = holidays.country_holidays("ID", years=year, language="id", categories=(kind,), expand=False)
    mark = str(getattr(known, "estimated_label", "%s (perkiraan)")).replace("%s", "").strip()
    return [
        NationalDay(on, name.replace(mark, "").replace("  ", " ").strip(), mark in name, kind == "government")
        for on, name in sorted(known.items())
        if on.year == year
    ]
