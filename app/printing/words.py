"""Words and figures on paper in the reader's language: sentences, dates, times, rupiah.

The words themselves stand in `resources/words/slip_<language>.json`; a language we do not have falls back to
Indonesian. Nothing here depends on the machine's locale.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from msgspec import Struct

LANGUAGES = ("id", "en", "ar")
DEFAULT_LANGUAGE = "id"


class Words(Struct, frozen=True):
    """One language's slip words and figure formats."""

    language: str
    rtl: bool
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    date_format: str
    day_format: str
    time_format: str
    money_format: str
    thousands: str
    table: Mapping[str, str]

    def say(self, code: str, **params: object) -> str:
        """The sentence for `code` with its params; dates are written out. KeyError for an unknown code."""
        return self.table[code].format(**{name: self._shown(value) for name, value in params.items()})

    def _shown(self, value: object) -> object:
        return self.date(value) if isinstance(value, dt.date) else value

    def knows(self, code: str) -> bool:
        """True when this language has a sentence for `code`."""
        return code in self.table

    def date(self, day: dt.date) -> str:
        """A local date with its weekday, e.g. "Sel, 8 Des 2026"."""
        return self.date_format.format(
            weekday=self.weekdays[day.weekday()], day=day.day, month=self.months[day.month - 1], year=day.year
        )

    def day(self, day: dt.date) -> str:
        """A local date without its weekday, e.g. "8 Des 2026"."""
        return self.day_format.format(day=day.day, month=self.months[day.month - 1], year=day.year)

    def time(self, at: dt.datetime) -> str:
        """The time of day, 24 hours, e.g. "10.42" in Indonesian."""
        return self.time_format.format(hour=at.hour, minute=at.minute)

    def money(self, rupiah: int) -> str:
        """Integer rupiah the Indonesian way in every language: "Rp4.000", "-Rp4.000" for a negative sum."""
        amount = f"{abs(rupiah):,}".replace(",", self.thousands)
        return ("-" if rupiah < 0 else "") + self.money_format.format(amount=amount)


@cache
def words(language: str) -> Words:
    """The words of a language code ("id", "en", "ar", also "id_ID"); anything else gives Indonesian."""
    short = language.replace("-", "_").split("_")[0].lower()
    known = short if short in LANGUAGES else DEFAULT_LANGUAGE
    source = files("resources").joinpath("words", f"slip_{known}.json")
    data = json.loads(source.read_text(encoding="utf-8"))
    return Words(
        language=known,
        rtl=data["direction"] == "rtl",
        weekdays=tuple(data["weekdays"]),
        months=tuple(data["months"]),
        date_format=data["date"],
        day_format=data["day"],
        time_format=data["time"],
        money_format=data["money"],
        thousands=data["thousands"],
        table=data["words"],
    )
