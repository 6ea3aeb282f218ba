"""What a check found, as a person reads it."""

from __future__ import annotations

import pytest

from app.cli.check_words import lines
from db.check import Report
from db.second_copy import SecondCopyState


def said(report: Report) -> str:
    """All lines as one text."""
    return "\n".join(lines(report))


def with_copy(behind: int = 0, fault: str = "", place: str = "") -> Report:
    """A whole library with a second copy of 4.2 MB on a stick."""
    return Report(events=7, second=SecondCopyState("/media/stick/ab", 7 - behind, behind, fault, 4_200_000, place))


def test_a_whole_copy_on_another_disk_needs_no_advice() -> None:
    text = said(with_copy())
    assert text.startswith("OK: 7 peristiwa")
    assert "Salinan kedua lengkap: /media/stick/ab (4.2 MB)" in text
    assert "copy.folder" not in text
    assert "-0" not in text


@pytest.mark.parametrize(
    ("behind", "indonesian", "english"),
    [(3, "tertinggal 3 peristiwa", "behind, by events: 3"), (-2, "2 peristiwa lebih banyak", "more than this data")],
)
def test_how_far_the_copy_is_stands_in_words(behind: int, indonesian: str, english: str) -> None:
    text = said(with_copy(behind))
    assert indonesian in text
    assert english in text


@pytest.mark.parametrize(("place", "word"), [("home", "folder perpustakaan sendiri"), ("same-disk", "disk yang sama")])
def test_a_copy_that_dies_with_the_library_is_said_and_the_setting_named(place: str, word: str) -> None:
    text = said(with_copy(place=place))
    assert word in text
    assert "`meja set copy.folder FOLDER`" in text


def test_no_copy_yet_is_said() -> None:
    assert "Belum ada salinan kedua" in said(Report())


def test_a_folder_that_is_no_full_path_here_counts_as_empty_and_is_said() -> None:
    report = with_copy(place="home")
    report.chosen, report.heeded = "salinan", False
    assert '"salinan"' in said(report)
    assert "dianggap kosong" in said(report)


def test_data_that_are_older_than_their_copy_are_not_called_damaged() -> None:
    report = with_copy(behind=-2)
    report.faults.append({"what": "copy-ahead", "detail": "2"})
    text = said(report)
    assert text.startswith("DATA UTUH, TETAPI KURANG")
    assert "RUSAK" not in text


def test_a_bad_copy_is_no_reason_to_fear_for_the_library() -> None:
    report = with_copy(fault="pages")
    report.faults.append({"what": "second-copy", "detail": "pages"})
    assert said(report).startswith("DATA UTUH")
    assert "Salinan kedua tidak utuh (detail pages)" in said(report)
    missing = Report(chosen="/media/stick")
    missing.faults.append({"what": "second-copy", "detail": "missing", "folder": "/media/stick"})
    assert "tidak ada di /media/stick" in said(missing)


@pytest.mark.parametrize("what", ["pages", "chain", "policy", "receipts", "projection", "state-hash"])
def test_every_fault_has_a_sentence(what: str) -> None:
    report = Report()
    report.faults.append({"what": what, "inc": "ab", "detail": "loan"})
    text = said(report)
    assert text.startswith("RUSAK")
    assert "meja restore" in text
    assert text.splitlines()[-1].endswith(": inc ab, detail loan")
