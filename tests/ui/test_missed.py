"""Scans that fell on an open question are told until they are scanned again."""

from __future__ import annotations

from ui.desk.missed import MissedScans
from ui.text import clean


def card(name: str, code: str) -> str:
    """How a card is told."""
    return f"kartu {name} {code}"


def test_each_is_told_once_with_whose_it_was_when_another_reader_is_here() -> None:
    missed = MissedScans(clean, card)
    for code, reader in (("B001", "Ahmad"), ("b001", "Ahmad"), ("B002", "Siti")):
        missed.add(code, reader)
    assert (len(missed), missed.codes("Siti")) == (2, "b001 (Ahmad); B002")
    missed.forget("B001")
    assert missed.codes("Siti") == "B002"
    missed.clear()
    assert not missed


def test_only_the_first_few_are_named() -> None:
    missed = MissedScans(clean, card)
    for number in range(6):
        missed.add(f"B{number}", "")
    assert missed.codes("") == "B0, B1, B2, B3 …"
    missed.forget("B0")
    assert missed.codes("") == "B1, B2, B3, B4 …"


def test_codes_come_in_their_order_and_what_follows_a_card_was_for_its_reader() -> None:
    missed = MissedScans(clean, card)
    missed.add("B001", "Sofyan")
    missed.add("19.02", "Sofyan", "Rizky")
    missed.add("B002", "Sofyan")
    assert missed.codes("Sofyan") == "B001; kartu Rizky 19.02, B002"
    assert missed.codes("Umar") == "B001 (Sofyan); kartu Rizky 19.02, B002"
    missed.forget("19.02")
    assert missed.codes("Rizky") == "B001 (Sofyan); B002"
    assert missed.codes("") == "B001 (Sofyan); B002 (Rizky)"
