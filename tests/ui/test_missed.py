"""Scans that fell on an open question are told until they are scanned again."""

from __future__ import annotations

from ui.desk.missed import MissedScans
from ui.text import clean


def test_each_is_told_once_with_whose_it_was_when_another_reader_is_here() -> None:
    missed = MissedScans(clean)
    for code, reader in (("B001", "Ahmad"), ("b001", "Ahmad"), ("B002", "Siti")):
        missed.add(code, reader)
    assert (len(missed), missed.codes("Siti")) == (2, "b001 (Ahmad); B002")
    missed.forget("B001")
    assert missed.codes("Siti") == "B002"
    missed.clear()
    assert not missed


def test_only_the_first_few_are_named() -> None:
    missed = MissedScans(clean)
    for number in range(6):
        missed.add(f"B{number}", "")
    assert missed.codes("") == "B0, B1, B2, B3 …"
    missed.forget("B0")
    assert missed.codes("") == "B1, B2, B3, B4 …"
