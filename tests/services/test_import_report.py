"""The report names every row with its reason; the sheet shows both sides and why they differ."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from app.ports import Finding, ImportTotals, KnownError
from app.services.import_notices import Notice
from app.services.import_report import Reporter
from app.services.imports import ImportResult
from resources.loader import load_json

LINES = ("titles", "copies", "members", "open-loans", "past-loans", "fines-owed", "holds", "visits")


def result(**lines: tuple[int, int]) -> ImportResult:
    """A result whose two sides are as said."""
    sides = {line: lines.get(line.replace("-", "_"), (0, 0)) for line in LINES}
    totals = ImportTotals(reconcile=sides)
    seen = {"title": sides["titles"][0], "item": sides["copies"][0], "past-loan": sides["past-loans"][0]}
    return ImportResult("r" * 32, "slims", False, totals, seen)


def reporter(folder: Path, language: str = "id") -> Reporter:
    """A reporter for a library."""
    return Reporter(folder, "Perpustakaan Melati", language, load_json)


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    """A CSV of the report."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_has_place_reason_and_two_sentences(tmp_path: Path) -> None:
    findings = [
        Finding("item", False, "barcode-repeated", "dump.sql", 12, "item", '{"barcode":"B1","first":""}', "=1+1"),
        Finding("title", True, "no-such-code", "dump.sql", 0, "", "{}", ""),
    ]
    folder = reporter(tmp_path / "r").write(result(), findings, ["dump.sql"], "20261124-0900")
    first, second = rows_of(folder, "report.csv")
    assert (first["outcome"], first["line"], first["facts"], first["excerpt"]) == (
        "refused",
        "12",
        "barcode: B1",
        "'=1+1",
    )
    assert first["kalimat"].startswith("Kode eksemplar")
    assert first["sentence"].startswith("Another copy")
    assert "no-such-code" in second["sentence"]
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["reasons"] == {"refused": {"item: barcode-repeated": 1}, "noted": {"title: no-such-code": 1}}


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_sheet_shows_the_difference_and_its_reason(tmp_path: Path, language: str) -> None:
    findings = [Finding("item", False, "barcode-repeated", "f", 1, "", "{}", "")] * 2
    told = result(titles=(1234, 1234), copies=(2000, 1998), fines_owed=(1_500_000, 1_500_000))
    folder = reporter(tmp_path / "r", language).write(told, findings, ["dump.sql"], "20261124-0900")
    words = load_json(f"words/import_{language}.json")
    rows = [list(row.values()) for row in rows_of(folder, "reconcile.csv")]
    assert rows[0] == [words["line.titles"], "1.234", "1.234", "0", words["sheet.equal"]]
    assert rows[1][:4] == [words["line.copies"], "2.000", "1.998", "-2"]
    assert any(row[:2] == [words["kind.item"], "2"] and words["reason.barcode-repeated"] in row[4] for row in rows)
    document = PdfDocument(folder / "reconcile.pdf")
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    assert "Perpustakaan Melati" in text
    assert "1.998" in text
    assert words["sheet.head"] in text


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_needs_a_look_stands_on_the_sheet_and_in_the_summary(tmp_path: Path, language: str) -> None:
    told = result()
    told.notices = [
        Notice("type-without-rule", {"n": "1234", "type": "Alumni"}),
        Notice("columns-not-used", {"file": "a.csv", "columns": "Hobi"}),
    ]
    folder = reporter(tmp_path / "r", language).write(told, [], ["a.csv"], "20261124-0900")
    words = load_json(f"words/import_{language}.json")
    rows = [list(row.values()) for row in rows_of(folder, "reconcile.csv")]
    at = next(place for place, row in enumerate(rows) if row[0] == words["sheet.notices"])
    assert rows[at + 1][:2] == [words["kind.member"], "1.234"]
    assert "Alumni" in rows[at + 1][4]
    assert (rows[at + 2][0], "Hobi" in rows[at + 2][4]) == (words["kind.column"], True)
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert [one["code"] for one in summary["notices"]] == ["type-without-rule", "columns-not-used"]
    assert "1234 anggota" in summary["notices"][0]["kalimat"]


def test_a_report_is_never_written_over_another(tmp_path: Path) -> None:
    reporter(tmp_path / "r").write(result(), [], [], "x")
    with pytest.raises(KnownError) as stopped:
        reporter(tmp_path / "r").write(result(), [], [], "x")
    assert stopped.value.code == "home-not-writable"


def test_both_languages_have_the_same_words() -> None:
    indonesian, english = (load_json(f"words/import_{language}.json") for language in ("id", "en"))
    assert indonesian.keys() == english.keys()
    assert all(indonesian[key].strip() and english[key].strip() for key in english)


def test_every_reason_an_importer_can_give_has_words() -> None:
    import re

    words = load_json("words/import_en.json")
    root = Path(__file__).resolve().parents[2]
    given: set[str] = set()
    for path in [
        *(root / "app/importers").glob("*.py"),
        *root.glob("db/import*.py"),
        *root.glob("app/services/import*.py"),
    ]:
        text = path.read_text(encoding="utf-8")
        given.update(re.findall(r'(?:Refused|Noted)\(\s*[^,()]+,\s*"([a-z-]+)"', text))
        given.update(re.findall(r'notes\.add\("([a-z-]+)"\)', text))
        given.update(
            re.findall(r'self\._(?:refuse|tell|find)\([^"]*(?:True|False|loan|row\.loan),\s*"([a-z-]+)"', text)
        )
    # What the way back to SLiMS notes stands in its own list, not in this report.
    given -= {"backslash-replaced", "brackets-replaced", "code-too-long-for-slims", "blocked-needs-sql"}
    given -= {"status-coarser-in-slims"}
    assert len(given) > 50
    assert not {code for code in given if f"reason.{code}" not in words}
