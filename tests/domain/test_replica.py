"""Pieces of the common log as values."""

from __future__ import annotations

from app.domain.replica import LOST, LogFault, OutRun


def test_a_run_knows_its_last_number() -> None:
    row = ("e", 1, 1, 1, "b", "clock.behind", "", "{}", False, 1)
    assert OutRun("d", "i", "", 5, (row, row, row), b"").last == 7


def test_a_fault_carries_its_code() -> None:
    assert LogFault(LOST).code == LOST
