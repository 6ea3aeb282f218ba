"""`meja holidays`: listed for reading, published only when asked, by somebody who may."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.cli import closed_days
from app.domain.calendar import Calendar
from app.services.national_days import NationalDay, YearDays

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a founded library: (code, output, errors)."""
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(tmp_path / "config"))

    def call(command: str, *arguments: str) -> tuple[int, str, str]:
        try:
            code = main([command, "--home", str(tmp_path / "home"), *arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    assert call("init", "--name", "Uji")[0] == 0
    return call


def year(run: Run, *arguments: str) -> dict[str, dict[str, Any]]:
    """The days of 2048, a year that is still to come, by date."""
    code, out, _ = run("holidays", "2048", "--json", *arguments)
    assert code == 0
    return {day["date"]: day for day in map(json.loads, out.splitlines())}


def test_a_year_is_listed_and_nothing_is_changed(run: Run) -> None:
    before = run("policy")[1]
    days = year(run)
    feast = next(day for day in days.values() if day["name"] == "Hari Raya Idul Fitri")
    assert (feast["estimated"], feast["joint"], feast["state"]) == (True, False, "open")
    assert days["2048-08-17"]["state"] == "open"
    assert {day["state"] for day in days.values()} == {"open", "weekly"}
    code, out, err = run("holidays", "2048")
    assert code == 0
    line = next(line for line in out.splitlines() if "Idul Fitri" in line)
    assert line.startswith(feast["date"])
    assert line.endswith("Hari Raya Idul Fitri (perkiraan)")
    assert "SKB 3 Menteri" in err
    assert run("policy")[1] == before


def test_holidays_are_published_once(run: Run) -> None:
    days = year(run, "--add", "--without", "2048-08-17")
    assert days["2048-08-17"]["state"] == "open"
    assert {day["state"] for day in days.values() if day["date"] != "2048-08-17"} == {"closed", "weekly"}
    rules = json.loads(run("policy")[1])
    assert rules["version"] == "campus-1+libur-2048"
    assert "2048-12-25" in rules["calendar"]["dated"]
    code, _, err = run("holidays", "2048", "--add", "--without", "2048-08-17")
    assert code == 1
    assert "meja:" in err
    assert json.loads(run("policy")[1])["version"] == "campus-1+libur-2048"
    assert year(run, "--add")["2048-08-17"]["state"] == "closed"
    assert json.loads(run("policy")[1])["version"] == "campus-1+libur-2048-2"


def test_joint_leave_is_offered_and_taken_only_when_wanted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    leave = NationalDay(date(2048, 12, 24), "Cuti Bersama Hari Raya Natal", joint=True)
    feast = NationalDay(date(2048, 12, 25), "Hari Raya Natal")
    monkeypatch.setattr(closed_days, "national_days", lambda _year: YearDays((leave, feast), True))
    assert year(run)["2048-12-24"]["state"] == "optional"
    assert year(run, "--add")["2048-12-24"]["state"] == "optional"
    assert year(run, "--add", "--joint")["2048-12-24"]["state"] == "closed"


def test_past_days_are_left_as_they_were(run: Run) -> None:
    code, _, err = run("holidays", "2024", "--add", "--joint")
    assert code == 1, "lateness of then was counted with the calendar of then"
    assert "meja:" in err


def test_who_may_not_change_the_rules_is_told_what_to_do(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEJA_PIN", "4711")
    assert run("staff", "--add", "Siti Rahma")[0] == 0
    code, _, err = run("holidays", "2048", "--add", "--staff", "Siti Rahma")
    assert (code, "--staff" in err) == (1, True)
    assert run("staff", "--add", "Hasan", "--rights", "head")[0] == 1, "a PIN of his own"
    monkeypatch.setenv("MEJA_PIN", "4712")
    assert run("staff", "--add", "Hasan", "--rights", "head")[0] == 0
    assert run("holidays", "2048", "--add", "--staff", "Siti Rahma")[0] == 1, "not with Hasan's PIN"
    assert run("holidays", "2048", "--add", "--staff", "Hasan")[0] == 0


@pytest.mark.parametrize("arguments", [("2023",), ("2051",), ("soon",), ("2048", "--without", "17 August")])
def test_what_makes_no_sense_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("holidays", *arguments)[0] in (1, 2)


def test_the_calendar_says_what_a_day_is() -> None:
    calendar, today = Calendar(frozenset({6})), date(2026, 3, 2)
    sunday, past = NationalDay(date(2026, 3, 22), "Hari kedua"), NationalDay(date(2026, 2, 17), "Tahun Baru Imlek")
    assert closed_days.line_of(sunday, calendar, today, joint=False)["state"] == "weekly"
    assert closed_days.line_of(past, calendar, today, joint=False)["state"] == "past"
