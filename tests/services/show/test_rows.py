"""How a running loan stands, by the day and by the hour; from when a late entry counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.ports import LoanLine
from app.services import show
from app.services.session import Session
from app.services.view import Phrase
from tests.builders import CARD, Library, scan

TODAY = date(2026, 3, 2)
NOW = datetime.fromisoformat("2026-03-02T10:00:00+07:00")


@pytest.mark.parametrize(("days", "chip"), [(3, "late"), (0, "due-today"), (-1, "due-tomorrow"), (-2, "running")])
def test_a_running_loan_says_how_it_stands(days: int, chip: str) -> None:
    line = LoanLine("l", "i", "B1", "Buku", "A", TODAY, TODAY - timedelta(days=days), 0)
    assert show.running_row(line, NOW).chip.code == chip


@pytest.mark.parametrize(("hour", "chip"), [(9, "late"), (10, "due-today"), (11, "due-today")])
def test_a_loan_by_the_hour_is_late_after_its_hour(hour: int, chip: str) -> None:
    line = LoanLine("l", "i", "B1", "Buku", "A", TODAY, TODAY, 0, due_at=NOW.replace(hour=hour))
    shown = show.running_row(line, NOW).chip
    assert shown.code == chip
    assert shown.params.get("n", 1) == 1, "within its day it counts one"


def test_an_act_from_a_paper_log_says_from_when_it_counts(session: Session, library: Library) -> None:
    outcome = scan(session, CARD, "@2026-03-01T15:30 B001")
    row = show.row(outcome, 1)
    assert row is not None
    assert (row.chip.code, row.chip.params["at"]) == ("noted-late", outcome.counts_at)
    assert outcome.counts_at is not None
    assert (outcome.counts_at.day, outcome.counts_at.hour, outcome.counts_at.minute) == (1, 15, 30)
    assert Phrase("counts-from", {"at": outcome.counts_at}) in show.banner(outcome).lines
    again = library.screen(session).view().rows
    assert [one.chip.code for one in again] == ["noted-late"]
    refused = show.banner(scan(session, "@2026-03-01 B002"))
    assert (refused.code, refused.lines) == ("bad-date", (Phrase("date-and-hour"),))


def test_a_condition_and_a_loss_leave_a_row(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.lend(CARD, "C001")
    scan(session, "=return", "B001")
    noted = show.row(session.condition("cover-torn"), 2)
    lost = show.row(scan(session, "=lost C001"), 3)
    assert noted is not None
    assert lost is not None
    assert (noted.chip.code, noted.chip.params["condition"]) == ("condition", "cover-torn")
    assert (lost.chip.code, lost.barcode, lost.chip.params["amount"]) == ("lost-cost", "C001", 70_000)
    again = library.screen(session).view().rows
    assert [row.chip.code for row in again] == ["lost", "condition-free", "returned"]
