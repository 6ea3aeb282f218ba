"""A PC whose clock is wrong: no scan is refused, no due date lies in the past, and a person can put it right."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.flows.desk_process import Place
from tests.flows.library import CARDS, COPIES, HEAD_PIN

# Moves the wall clock of a process by the seconds that stand in a file, from then on and while it runs.
_LAUNCH = (
    "import pathlib, sys, time; shift = pathlib.Path(sys.argv.pop(1)); real = time.time_ns; "
    "time.time_ns = lambda: real() + int(shift.read_text()) * 1_000_000_000; "
    "from app.__main__ import main; sys.exit(main(sys.argv[1:]))"
)
YEAR = 365 * 86_400
LOAN_DAYS = timedelta(days=14)


class Clockwork:
    """The shift of one place's PC clock."""

    def __init__(self, place: Place, file: Path) -> None:
        self._file = file
        self.put(0)
        self.place = Place(place.home, place.config, (sys.executable, "-c", _LAUNCH, str(file)))

    def accept(self) -> subprocess.CompletedProcess[str]:
        """The head says that the clock is right."""
        head = replace(self.place, more={**self.place.more, "MEJA_PIN": HEAD_PIN})
        return head.run("clock", "--accept", "--staff", "Hasan Basri")

    def put(self, seconds: int) -> None:
        """Stand this far from the true time; negative is behind."""
        aside = self._file.with_suffix(".new")
        aside.write_text(str(seconds), encoding="ascii")
        aside.replace(self._file)


@pytest.fixture
def clockwork(place: Place, tmp_path: Path) -> Clockwork:
    """The small library on a PC whose clock can be moved."""
    return Clockwork(place, tmp_path / "shift.txt")


def test_a_clock_that_fell_years_behind_stops_no_scan(clockwork: Clockwork) -> None:
    place = clockwork.place
    with place.desk() as desk:
        right = desk.scans(CARDS[0], COPIES[0])[-1]
        clockwork.put(-5 * YEAR)
        behind = desk.scan(COPIES[1])
        assert (behind["outcome"], behind["due_at"]) == ("lent", right["due_at"]), "dates go on from the last act"
        assert "clock-behind" in behind["notes"]
        assert desk.scans("=finish", COPIES[0])[-1]["fine"] == 0
        assert desk.end() == 0
    with place.desk() as desk:
        again = desk.scans("=finish", CARDS[1], COPIES[2])[-1]
        assert (again["outcome"], again["due_at"]) == ("lent", right["due_at"])
        assert desk.end() == 0
        assert desk.errors.startswith("meja: "), "said once at the start"
        assert "clock --accept" in desk.errors
        assert "Jam komputer 5 tahun di belakang" in desk.errors
    kinds = [event.kind for event in place.events()]
    assert kinds.count("clock.behind") == 1, "logged once a boot"
    times = [event.at for event in place.events()]
    assert times == sorted(times), "effective time never runs backwards"
    assert place.check().ok


def test_a_clock_years_ahead_is_put_right_by_a_person(clockwork: Clockwork) -> None:
    place = clockwork.place
    clockwork.put(6 * YEAR)
    with place.desk() as desk:
        wrong = desk.scans(CARDS[0], COPIES[0], "=finish")[1]
        assert wrong["outcome"] == "lent"
        assert desk.end() == 0
    clockwork.put(0)
    with place.desk() as desk:
        still = desk.scans(CARDS[1], COPIES[1], "=finish")[1]
        assert (still["outcome"], still["due_at"]) == ("lent", wrong["due_at"]), "never before the last act, yet lent"
        assert desk.end() == 0
    assert clockwork.accept().returncode == 0
    with place.desk() as desk:
        fine = desk.scans(CARDS[2], COPIES[2], "=finish")
        assert date.fromisoformat(fine[1]["due_at"]) <= date.today() + LOAN_DAYS + timedelta(days=1)  # noqa: DTZ011
        back = desk.scan(COPIES[0])
        assert (back["outcome"], back["fine"]) == ("returned", 0), "a loan made in the wrong year comes back"
        assert desk.scans("=finish", CARDS[3], COPIES[0])[-1]["outcome"] == "lent", "and goes out again"
        assert desk.end() == 0
        assert desk.errors == ""
    checked = place.run("check", "--json")
    assert checked.returncode == 0, checked.stdout
    out = place.rows("SELECT count(*) FROM loan WHERE closed_at IS NULL")
    assert out == [(3,)]


def test_accepting_a_right_clock_changes_no_date(clockwork: Clockwork) -> None:
    place = clockwork.place
    with place.desk() as desk:
        before = desk.scans(CARDS[0], COPIES[0], "=finish")[1]["due_at"]
        assert desk.end() == 0
    clockwork.put(-YEAR)
    assert clockwork.accept().returncode == 0
    with place.desk() as desk:
        now = desk.scans(CARDS[1], COPIES[1], "=finish")[1]["due_at"]
        assert abs((date.fromisoformat(before) - date.fromisoformat(now)).days - 365) <= 1, "the person has the say"
        assert desk.scan(COPIES[0])["outcome"] == "returned"
    assert place.check().ok
