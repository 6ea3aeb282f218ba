"""Public holidays: as the decree has them where it is known, marked where they are reckoned."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from app.services.national_days import FIRST_YEAR, LAST_YEAR, national_days


def test_a_year_of_the_decree_is_as_the_decree_says() -> None:
    """SKB 3 Menteri for 2026: seventeen holidays and eight days of joint leave."""
    year = national_days(2026)
    holidays = {day.on.isoformat()[5:]: day.name for day in year.days if not day.joint}
    assert list(holidays) == [
        "01-01", "01-16", "02-17", "03-19", "03-21", "03-22", "04-03", "04-05", "05-01",
        "05-14", "05-27", "05-31", "06-01", "06-16", "08-17", "08-25", "12-25",
    ]  # fmt: skip
    assert holidays["03-21"] == "Hari Raya Idul Fitri"
    assert holidays["08-25"] == "Maulid Nabi Muhammad"
    assert [day.on.isoformat()[5:] for day in year.days if day.joint] == [
        "02-16", "03-18", "03-20", "03-23", "03-24", "05-15", "05-28", "12-24",
    ]  # fmt: skip
    assert year.decreed
    assert not [day.name for day in year.days if day.estimated]


def test_a_year_without_a_decree_is_reckoned_and_says_so() -> None:
    year = national_days(2040)
    assert not year.decreed
    assert not [day.name for day in year.days if day.joint]
    estimated = {day.name for day in year.days if day.estimated}
    assert {"Hari Raya Idul Fitri", "Hari Raya Idul Adha", "Tahun Baru Islam", "Tahun Baru Imlek"} <= estimated
    assert "Hari Lahir Pancasila" not in estimated
    assert all("(" not in day.name for day in year.days)


@pytest.mark.parametrize("year", range(FIRST_YEAR, LAST_YEAR + 1))
def test_every_year_has_every_holiday(year: int) -> None:
    days = national_days(year).days
    assert [day.on for day in days] == sorted(day.on for day in days)
    assert {day.on.year for day in days} == {year}
    named = {day.name for day in days}
    for word in (
        "Masehi", "Imlek", "Nyepi", "Wafat", "Kebangkitan", "Buruh", "Kenaikan", "Waisak", "Pancasila",
        "Idul Fitri", "Idul Adha", "Tahun Baru Islam", "Maulid", "Isra Mikraj", "Kemerdekaan", "Natal",
    ):  # fmt: skip
        # A Hijri year is eleven days shorter: now and then one of its days falls into no year, or twice into one.
        assert any(word in name for name in named) or word in ("Isra Mikraj", "Maulid", "Tahun Baru Islam"), word


def test_other_years_have_none() -> None:
    assert national_days(FIRST_YEAR - 1).days == ()
    assert national_days(LAST_YEAR + 1).days == ()
    assert date(FIRST_YEAR, 1, 1) in {day.on for day in national_days(FIRST_YEAR).days}


def test_the_package_is_fetched_at_the_first_question_only() -> None:
    code = "import sys, app.cli.closed_days, app.services.demo; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
