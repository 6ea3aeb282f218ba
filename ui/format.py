"""Dates, times, money and counts as staff read them, per language. Knows no sentence and no widget."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

_DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ar": ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
}
_MONTHS = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "ar": (
        "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو",
        "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
    ),
}  # fmt: skip
_SHORT_MONTHS = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "ar": _MONTHS["ar"],
}
_CLOCK = {"id": "{:02d}.{:02d}", "en": "{:02d}:{:02d}", "ar": "{:02d}:{:02d}"}
_COMMA = {"id": ", ", "en": ", ", "ar": "، "}
_GROUP = {"id": ".", "en": ",", "ar": ","}


class Format:
    """Writes facts in one language. Digits are always Western, so that they match slips and labels."""

    def __init__(self, language: str) -> None:
        self.language = language if language in _DAYS else "id"

    def count(self, number: int) -> str:
        """1.234.567 with the language's separator."""
        return f"{number:,}".replace(",", _GROUP[self.language])

    def money(self, rupiah: int) -> str:
        """Whole rupiah: Rp4.000, −Rp500; no blank after Rp, as the Indonesian spelling rules (EYD V) ask."""
        sign = "\N{MINUS SIGN}" if rupiah < 0 else ""
        return f"{sign}Rp{self.count(abs(rupiah))}"

    def long(self, day: date) -> str:
        """Selasa, 8 Desember"""
        return f"{_DAYS[self.language][day.weekday()]}{_COMMA[self.language]}{self._day(day, _MONTHS)}"

    def short(self, day: date) -> str:
        """8 Des"""
        return self._day(day, _SHORT_MONTHS)

    def year(self, day: date) -> str:
        """31 Agu 2027"""
        return f"{self.short(day)} {day.year}"

    def near(self, day: date, today: date) -> str:
        """8 Des in this year, 8 Des 2027 in any other."""
        return self.short(day) if day.year == today.year else self.year(day)

    def time(self, moment: datetime) -> str:
        """10.42"""
        return _CLOCK[self.language].format(moment.hour, moment.minute)

    def stamp(self, moment: datetime) -> str:
        """Sel 24 Nov 10.42"""
        name = _DAYS[self.language][moment.weekday()]
        return f"{name if self.language == 'ar' else name[:3]} {self.short(moment)} {self.time(moment)}"

    def _day(self, day: date, months: Mapping[str, tuple[str, ...]]) -> str:
        return f"{day.day} {months[self.language][day.month - 1]}"
