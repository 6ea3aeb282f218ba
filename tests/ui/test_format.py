"""Dates, times and money as staff read them."""

from __future__ import annotations

from datetime import date, datetime

from ui.format import Format

DAY = date(2027, 8, 31)
MOMENT = datetime(2026, 11, 24, 9, 5)  # noqa: DTZ001 - the library's local time


def test_indonesian() -> None:
    write = Format("id")
    assert write.money(4000) == "Rp4.000"
    assert write.money(1_234_567) == "Rp1.234.567"
    assert write.money(-500) == "−Rp500"
    assert write.money(0) == "Rp0"
    assert write.long(date(2026, 12, 8)) == "Selasa, 8 Desember"
    assert write.short(date(2026, 12, 8)) == "8 Des"
    assert write.year(DAY) == "31 Agu 2027"
    assert write.time(MOMENT) == "09.05"
    assert write.stamp(MOMENT) == "Sel 24 Nov 09.05"


def test_english() -> None:
    write = Format("en")
    assert write.money(4000) == "Rp4,000"
    assert write.long(date(2026, 12, 8)) == "Tuesday, 8 December"
    assert write.time(MOMENT) == "09:05"
    assert write.stamp(MOMENT) == "Tue 24 Nov 09:05"


def test_arabic_keeps_western_digits() -> None:
    assert Format("ar").long(date(2026, 12, 8)) == "الثلاثاء، 8 ديسمبر"


def test_an_unknown_language_reads_as_indonesian() -> None:
    assert Format("xx").short(DAY) == "31 Agu"


def test_the_year_is_written_when_it_is_another_one() -> None:
    assert Format("id").near(DAY, date(2027, 1, 1)) == "31 Agu"
    assert Format("id").near(DAY, date(2026, 1, 1)) == "31 Agu 2027"
