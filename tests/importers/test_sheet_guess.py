"""What a list that nobody knows may be, for a person who has to say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.importers.problems import ImportProblem
from app.importers.sheet_guess import guess
from app.importers.sheet_mapping import ToldColumns, suggest
from app.importers.sheet_source import SheetRow
from app.importers.spreadsheet import SheetOptions, read


def sheet(*lines: str) -> list[SheetRow]:
    """Rows of cells parted by commas."""
    return [SheetRow(number, tuple(line.split(","))) for number, line in enumerate(lines, 1)]


def test_a_list_of_people_is_taken_for_one_and_its_example_names_what_people_have() -> None:
    rows = sheet("Kode,Nama,L/P,No. HP/WA", "1,Siti,P,0812", "2,Ani,P,0813")
    assert suggest(rows).mapping is None
    found = guess(rows)
    assert (found.kind, found.header_rows) == ("members", 1)
    assert [column.meaning for column in found.columns] == ["", "name", "gender", "phone"]
    assert found.example() == "--column 1=member_no --column 2=name"


def test_its_example_is_one_that_the_list_is_read_by(tmp_path: Path) -> None:
    text = "Kode,Nama,L/P\n1,Siti,P\n2,Ani,P\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ImportProblem) as stopped:
        list(read(tmp_path / "a.csv"))
    words = str(stopped.value.params["example"]).split("--column ")[1:]
    pairs = [word.strip().partition("=") for word in words]
    told = ToldColumns(tuple((name, meaning) for name, _, meaning in pairs))
    assert [row.name for row in read(tmp_path / "a.csv", SheetOptions(told=told)) if hasattr(row, "name")] == [
        "Siti",
        "Ani",
    ]


def test_a_slip_of_the_fingers_is_seen_through_once() -> None:
    found = guess(sheet("Kd,Nm,Penerbitt,Penerbiit,Thn Terbit", "1,x,A,B,2001", "2,y,A,B,2002"))
    assert [column.meaning for column in found.columns] == ["", "", "publisher", "", "year"]
    assert found.example() == "--column 1=title --column 2=barcode"


@pytest.mark.parametrize("rows", [[], sheet("1,2"), sheet(",")])
def test_nothing_to_go_by_is_a_list_of_books(rows: list[SheetRow]) -> None:
    assert guess(rows).kind == "items"
    assert "=title" in guess(rows).example()
