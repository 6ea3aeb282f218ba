"""Rows of cells out of CSV files and workbooks: any separator and encoding, what spreadsheets do, hostile files."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from app.importers import sheet_source
from app.importers.problems import ImportProblem
from app.importers.rows import Cancelled
from app.importers.sheet_source import Cell, SheetRow, date_of_serial, is_workbook, read_rows, sheet_names


def text(tmp_path: Path, content: str | bytes) -> list[SheetRow]:
    path = tmp_path / "x.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_rows(path))


def cells(rows: list[SheetRow]) -> list[tuple[Cell, ...]]:
    return [row.cells for row in rows]


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    def write(**sheets: list[list[object]]) -> Path:
        workbook = Workbook()
        assert workbook.active is not None
        workbook.remove(workbook.active)
        for name, rows in sheets.items():
            sheet = workbook.create_sheet(name)
            for row in rows:
                sheet.append(row)
        workbook.save(tmp_path / "x.xlsx")
        return tmp_path / "x.xlsx"

    return write


def rewritten(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """A workbook with the bytes of its parts changed."""
    changed = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return changed


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("quoted", [True, False])
def test_separator_and_encoding_are_found_out(tmp_path: Path, separator: str, codec: str, quoted: bool) -> None:
    rows = [("Harga", "Kode", "Judul"), ("Rp. 45.000", "B.001-a/15", "Fiqih الفقه"), ("", "B.002", "Ushul Fiqih")]
    lines = [separator.join(f'"{cell}"' if quoted else cell for cell in row) for row in rows]
    assert cells(text(tmp_path, "\r\n".join(lines).encode(codec))) == rows


def test_a_separator_inside_marks_parts_nothing(tmp_path: Path) -> None:
    rows = text(tmp_path, 'judul;pengarang\n"a; b, c";"Rasjid, H. ""Sulaiman"""\nx;y\n')
    assert cells(rows)[1] == ("a; b, c", 'Rasjid, H. "Sulaiman"')


def test_windows_letters_are_read_and_said_for_their_row(tmp_path: Path) -> None:
    rows = text(tmp_path, "judul,barcode\nAl-Qur’an,1\nFiqih,2\n".encode("cp1252"))
    assert [(row.cells[0], row.fault) for row in rows] == [
        ("judul", ""), ("Al-Qur’an", "letters-guessed"), ("Fiqih", ""),
    ]  # fmt: skip


def test_a_formula_in_a_csv_is_text_and_a_kept_zero_is_kept(tmp_path: Path) -> None:
    rows = text(tmp_path, '=cmd|\' /C calc\'!A0,1\n"=""00042""",=1+1\n')
    assert cells(rows) == [("=cmd|' /C calc'!A0", "1"), ("00042", "=1+1")]


def test_a_cell_with_lines_is_one_cell_and_rows_know_the_line_they_begin_on(tmp_path: Path) -> None:
    rows = text(tmp_path, 'judul,catatan,barcode\nFiqih,"satu\ndua, tiga\nempat",1\n\nHadis,,2\n')
    assert [(row.number, row.cells) for row in rows if not row.is_blank()] == [
        (1, ("judul", "catatan", "barcode")),
        (2, ("Fiqih", "satu\ndua, tiga\nempat", "1")),
        (6, ("Hadis", "", "2")),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(tmp_path: Path, end: str) -> None:
    assert cells(text(tmp_path, end.join(["judul,barcode", "A,1", "B,2", ""]))) == [
        ("judul", "barcode"), ("A", "1"), ("B", "2"),
    ]  # fmt: skip


@pytest.mark.parametrize("width", [2, 3])
def test_an_unclosed_quotation_mark_costs_one_row(tmp_path: Path, width: int) -> None:
    lines = [",".join([f"Judul {number}", str(number), "x"][:width]) for number in range(200)]
    lines[5] = '"Judul rusak' + ",x" * (width - 1)
    rows = text(tmp_path, "\n".join(lines) + "\n")
    assert [(row.number, row.fault) for row in rows if row.fault] == [(6, "quote-not-closed")]
    assert rows[5].cells == (lines[5],)
    assert [(row.number, row.cells[0]) for row in rows if not row.fault] == [
        (number + 1, f"Judul {number}") for number in range(200) if number != 5
    ]


def test_a_mark_that_only_a_later_row_closes_swallows_none_between(tmp_path: Path) -> None:
    lines = [f"Judul {number},{number},x" for number in range(30)]
    lines[5], lines[15] = '"Judul rusak,x,x', '"Judul 15",15,x'
    rows = text(tmp_path, "\n".join(lines) + "\n")
    assert [(row.number, row.fault) for row in rows if row.fault] == [(6, "quote-not-closed")]
    assert [row.cells[1] for row in rows if not row.fault] == [str(number) for number in range(30) if number != 5]


def test_what_is_beyond_all_measure_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_source, "LONGEST_CELL", 10)
    monkeypatch.setattr(sheet_source, "MOST_COLUMNS", 3)
    monkeypatch.setattr(sheet_source, "MOST_ROWS", 2)
    assert cells(text(tmp_path, "a,b,c,d,e\n" + "x" * 50 + ",b\nc\n")) == [("a", "b", "c"), ("x" * 10, "b")]


def test_an_endless_line_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n" + b"x" * (3 * sheet_source.LONGEST_LINE) + b"\nc,d\n")
    rows = list(read_rows(path))
    assert (rows[0].cells, rows[-1].cells) == (("a", "b"), ("c", "d"))
    assert all(len(str(cell)) <= sheet_source.LONGEST_CELL for row in rows for cell in row.cells)


def test_workbook_cells_are_values(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append([42, 42, 45000.0, 10.5, True, datetime.fromisoformat("2015-02-14T10:00"), date(2015, 2, 14), time(8)])
    sheet.append(["x\ny", None, "=1+1", 3.0007e16, -42, 42049, "", 7.5])
    for place in ("A1", "E2", "H2"):
        sheet[place].number_format = "000000"
    workbook.save(tmp_path / "x.xlsx")
    first, second = read_rows(tmp_path / "x.xlsx")
    assert first.cells == ("000042", 42, 45000, 10.5, "True", date(2015, 2, 14), date(2015, 2, 14), "08:00:00")
    # A formula nobody computed has no value; a number too long for a spreadsheet stays what it was made.
    assert second.cells == ("x\ny", None, None, 3.0007e16, -42, 42049, None, 7.5)
    assert all(isinstance(cell, int) for cell in first.cells[1:3])


def test_a_sheet_is_the_first_with_rows_or_the_named_one(book: Callable[..., Path]) -> None:
    path = book(Kosong=[["x"]], Anggota=[["NIM", "Nama"], ["1", "Budi"]], Lain=[["a", "b"], ["c", "d"]])
    assert sheet_names(path) == ("Kosong", "Anggota", "Lain")
    assert cells(list(read_rows(path))) == [("NIM", "Nama"), ("1", "Budi")]
    assert cells(list(read_rows(path, "Lain"))) == [("a", "b"), ("c", "d")]
    assert cells(list(read_rows(path, "Kosong"))) == [("x",)]
    with pytest.raises(ImportProblem, match="sheet-missing"):
        list(read_rows(path, "Tiada"))


def test_text_has_no_sheets(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n")
    assert sheet_names(path) == ()
    assert not is_workbook(path)


@pytest.mark.parametrize(
    ("content", "reason", "format_"),
    [
        (b"", "file-empty", ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "format-not-supported", "xls"),
        (b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "format-not-supported",
         "ods"),
        (b"PK\x03\x04broken", "sheet-unreadable", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(tmp_path: Path, content: bytes, reason: str, format_: str) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(ImportProblem) as problem:
        list(read_rows(path))
    assert (problem.value.reason, problem.value.params.get("format", "")) == (reason, format_)
    with pytest.raises(ImportProblem, match="file-missing"):
        list(read_rows(tmp_path / "none.csv"))
    with pytest.raises(ImportProblem, match="file-unreadable"):
        list(read_rows(tmp_path))


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.txt", "halo")
    with pytest.raises(ImportProblem, match="format-not-supported"):
        list(read_rows(tmp_path / "x.zip"))


def test_a_zip_bomb_is_not_unpacked(book: Callable[..., Path]) -> None:
    path = book(Buku=[["Judul", "Barcode"], ["A", "1"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w") as part:
        for _ in range(70):
            part.write(b"\0" * (1 << 20))
    with pytest.raises(ImportProblem, match="sheet-too-large"):
        list(read_rows(path))


def test_a_sheet_that_claims_a_million_columns(book: Callable[..., Path]) -> None:
    def claim(name: str, data: bytes) -> bytes:
        return data.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"') if name.endswith("sheet1.xml") else data

    changed = rewritten(book(Buku=[["Judul", "Barcode"], ["A", "1"]]), claim)
    with zipfile.ZipFile(changed) as archive:
        assert b"XFD1048576" in archive.read("xl/worksheets/sheet1.xml")
    assert cells(list(read_rows(changed))) == [("Judul", "Barcode"), ("A", "1")]


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: data.replace(b"<", b"<x", 3), lambda _: b""]
)
def test_a_damaged_workbook_is_rows_or_a_problem(
    book: Callable[..., Path], damage: Callable[[bytes], bytes], capfd: pytest.CaptureFixture[str]
) -> None:
    whole = book(Buku=[["Judul", "Barcode"], ["A", "1"]])
    with zipfile.ZipFile(whole) as archive:
        parts = archive.namelist()
    said = 0
    for broken in parts:
        path = rewritten(whole, lambda name, data, broken=broken: damage(data) if name == broken else data)  # type: ignore[misc]
        try:
            list(read_rows(path))
        except ImportProblem:
            said += 1
    assert 0 < said <= len(parts)
    assert capfd.readouterr().err == ""


def test_progress_covers_the_file_and_can_stop(tmp_path: Path, book: Callable[..., Path]) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n" * 3000)
    workbook = book(Buku=[["a", "b"]] * 1200)
    for file in (path, workbook):
        told: list[tuple[int, int]] = []
        list(read_rows(file, progress=lambda done, total, told=told: told.append((done, total))))  # type: ignore[misc]
        assert told == sorted(told)
        assert len(told) > 1
        assert {total for _, total in told} == {file.stat().st_size}
        assert 0 < told[-1][0] <= file.stat().st_size

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        list(read_rows(path, progress=stop))


@pytest.mark.parametrize(
    ("serial", "expected"),
    [
        (42049, date(2015, 2, 14)),
        (42049.75, date(2015, 2, 14)),
        (20_000, date(1954, 10, 3)),
        (2015, None),
        (80_001, None),
    ],
)
def test_a_bare_number_is_a_date_only_within_reason(serial: float, expected: date | None) -> None:
    assert date_of_serial(serial) == expected


TEXT = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="=\ufeff"))


@settings(deadline=None)
@given(
    st.sampled_from(",;\t|"),
    st.integers(2, 6).flatmap(lambda width: st.lists(st.lists(TEXT, min_size=width, max_size=width), max_size=6)),
)
def test_what_a_spreadsheet_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, separator: str, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "test_sheet_source-x.csv"
    header = [f"kolom {number}" for number in range(len(rows[0]) if rows else 2)]
    written = io.StringIO()
    csv.writer(written, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([header, header, header, *rows])
    path.write_bytes(written.getvalue().encode())
    assert [list(row.cells) for row in read_rows(path)][3:] == rows
