"""Sheets: any header order, INLISLite's own, damage that spreadsheets do, and hostile files."""

from __future__ import annotations

import contextlib
import gzip
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from app.importers.problems import ImportProblem
from app.importers.rows import ItemRow, MemberRow, Noted, Refused, Row, TitleRow
from app.importers.sheet_mapping import INLISLITE_ITEMS, INLISLITE_MEMBERS, SheetMapping, ToldColumns
from app.importers.sheet_words import ITEMS, MEMBERS
from app.importers.spreadsheet import SheetOptions, preview, read, suggest_columns


def csv_rows(tmp_path: Path, content: str | bytes, options: SheetOptions | None = None) -> list[Row]:
    path = tmp_path / "x.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read(path, options))


def book(tmp_path: Path, rows: list[list[Any]], formats: dict[str, str] | None = None) -> Path:
    path = tmp_path / "x.xlsx"
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    workbook.save(path)
    return path


def only(rows: list[Row], kind: type) -> list[Any]:
    return [row for row in rows if isinstance(row, kind)]


def reasons(rows: list[Row]) -> list[str]:
    return [row.reason if isinstance(row, Refused) else row.note for row in rows if isinstance(row, Refused | Noted)]


def test_the_inlislite_sheet_is_known(shared_data: Path) -> None:
    path = shared_data / "inlislite_template/sample_data_koleksi_AACR.xlsx"
    suggestion = suggest_columns(path)
    assert suggestion.mapping == INLISLITE_ITEMS
    assert len(suggestion.columns) == 42
    rows = list(read(path))
    assert Counter(type(row).__name__ for row in rows) == {"TitleRow": 2, "ItemRow": 2, "Noted": 4}
    title, item = only(rows, TitleRow)[0], only(rows, ItemRow)[0]
    assert (title.title, title.authors, title.publish_place, title.publisher) == (
        "Mahligai Biru",
        ("Pradana, Mamik",),
        "Jakarta",
        "Grafika",
    )
    assert (title.year, title.collation, title.call_number, title.classification) == (
        "2015",
        "120 hlm. ; 25 cm.",
        "123 PRA m",
        "123",
    )
    assert (item.barcode, item.inventory_no, item.received_on) == ("X0022/2016", "X0022/2016", date(2015, 2, 14))
    assert (item.collection, item.location, item.shelf, item.source) == (
        "Koleksi Umum",
        "Pusat",
        "0101",
        "Hadiah/Hibah",
    )
    assert (item.status, item.price) == ("available", None)
    assert reasons(rows) == ["isbn-damaged", "isbn-damaged", "column-not-used", "column-not-used"]


def test_the_inlislite_member_sheet_is_known(shared_data: Path, tmp_path: Path) -> None:
    header = (shared_data / "inlislite_template/anggota_header_only.csv").read_text(encoding="utf-8-sig").strip()
    assert suggest_columns(shared_data / "inlislite_template/anggota_header_only.csv").mapping == INLISLITE_MEMBERS
    names = header.split(",")
    assert len(names) == 49
    values = dict.fromkeys(names, "") | {
        "NO ANGGOTA": "21.01.0042",
        "NAMA": "Siti Aminah",
        "TANGGAL LAHIR": "14-02-2003",
        "JENIS KELAMIN": "Perempuan",
        "JENIS ANGGOTA": "Mahasiswa",
        "FAKULTAS": "Tarbiyah",
        "JURUSAN": "PAI",
        "NO. HP": "0812",
        "TANGGAL AKHIR BERLAKU": "31-12-2027",
        "STATUS ANGGOTA": "Tidak Aktif",
        "IBU KANDUNG": "rahasia",
        "NO. IDENTITAS": "3201",
    }
    member, *left_out = csv_rows(tmp_path, header + "\n" + ",".join(values[name] for name in names) + "\n")
    assert [row.params["column"] for row in only(left_out, Noted)] == ["NO. IDENTITAS", "IBU KANDUNG"]
    assert isinstance(member, MemberRow)
    assert (member.member_no, member.name, member.gender) == ("21.01.0042", "Siti Aminah", "f")
    assert (member.born_on, member.expires_on) == (date(2003, 2, 14), date(2027, 12, 31))
    assert (member.institution, member.member_type, member.blocked) == ("Tarbiyah / PAI", "Mahasiswa", True)
    assert "rahasia" not in repr(member)
    assert "3201" not in repr(member)


def test_ten_thousand_titles_with_damaged_isbns(shared_data: Path, tmp_path: Path) -> None:
    rows = csv_rows(tmp_path, gzip.decompress((shared_data / "goodbooks10k/books.csv.gz").read_bytes()))
    titles = only(rows, TitleRow)
    assert len(titles) == 10_000
    noted = Counter(reasons(rows))
    assert noted["isbn-damaged"] >= 9_300
    assert noted["leading-zeros-restored"] > 6_500
    assert not any("e+" in title.isbn.lower() for title in titles)
    assert any(title.title == "الفيل الأزرق" for title in titles)


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    rows = csv_rows(
        tmp_path,
        """Harga;Kode Eksemplar;Judul Buku;Pengarang;Tahun
Rp. 45.000;B.001-a/15;Fiqih الفقه;"Rasjid, Sulaiman; Budi";2015
;B.002;Ushul Fiqih;;cet. 1998
""",
    )
    first, second = only(rows, ItemRow)
    assert (first.barcode, first.price, second.price) == ("B.001-a/15", 45000, None)
    title = only(rows, TitleRow)[0]
    assert (title.title, title.authors, title.year) == ("Fiqih الفقه", ("Rasjid, Sulaiman", "Budi"), "2015")
    assert reasons(rows) == []


def test_windows_letters_are_read_and_said(tmp_path: Path) -> None:
    rows = csv_rows(tmp_path, "judul,barcode\nAl-Qur’an,1\n".encode("cp1252"))
    assert only(rows, TitleRow)[0].title == "Al-Qur’an"
    assert reasons(rows) == ["letters-guessed"]


def test_copies_of_one_title_share_it_and_repeats_are_refused(tmp_path: Path) -> None:
    rows = csv_rows(
        tmp_path,
        "judul,pengarang,barcode\nFiqih,A,1\nFIQIH,a,2\nHadis,B,1\nTafsir,C,3;4\nTafsir,C,3\n,D,9\nSejarah,E,\n,,\n",
    )
    assert [title.title for title in only(rows, TitleRow)] == ["Fiqih", "Hadis", "Tafsir", "Sejarah"]
    items = only(rows, ItemRow)
    assert [item.barcode for item in items] == ["1", "2", "3", "4"]
    assert items[0].title_key == items[1].title_key
    assert [(row.reason, row.place.line) for row in rows if isinstance(row, Refused)] == [
        ("barcode-on-two-titles", 4),
        ("barcode-repeated", 6),
        ("title-missing", 7),
        ("barcode-missing", 8),
    ]


def test_keys_are_the_same_when_read_again(tmp_path: Path) -> None:
    one = csv_rows(tmp_path, "judul,pengarang,barcode\nFiqih,A,1\n")
    two = csv_rows(tmp_path, "barcode,judul,pengarang\n1,Fiqih,A\n")
    assert [row.source_key for row in only(one, TitleRow)] == [row.source_key for row in only(two, TitleRow)]


def test_codes_that_a_spreadsheet_damaged(tmp_path: Path) -> None:
    rows = csv_rows(tmp_path, 'judul,barcode,isbn\nA,3.00070E+13,9.78E+12\nB,="00042",="0439023483"\n')
    assert [item.barcode for item in only(rows, ItemRow)] == ["00042"]
    assert reasons(rows) == ["isbn-damaged", "code-damaged", "title-without-copies"]


def test_lost_leading_zeros_are_suspected_aloud(tmp_path: Path) -> None:
    codes = [f"{n:05}" for n in range(10_000, 10_030)] + ["42", "117"]
    rows = csv_rows(tmp_path, "judul,barcode\n" + "".join(f"T{code},{code}\n" for code in codes))
    (note,) = [row for row in rows if isinstance(row, Noted)]
    assert (note.note, note.params) == ("leading-zeros-may-be-lost", {"count": "2", "example": "42", "length": "5"})


def test_workbook_values(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        [
            ["Daftar Buku Perpustakaan"],
            [],
            ["No", "Judul", "Barcode", "ISBN", "Harga", "Tgl Terima", "Status", "Akses", "Keterangan"],
            [1, "Fiqih\nIslam", 42, 9780439023481, 45000.0, date(2015, 2, 14), "Rusak", "Dapat dipinjam", "=1+1"],
            [2, 1984, "A-2", 439023483, "Rp 12.500", 42049, "Tersedia", "Baca di tempat", None],
            [3, "Tafsir", 3.0007e16, None, 10.5, "14/02/15", "aneh", None, True],
        ],
        {"C4": "000000"},
    )
    rows = list(read(path))
    first, second = only(rows, ItemRow)
    assert (first.barcode, first.price, first.received_on, first.status) == (
        "000042",
        45000,
        date(2015, 2, 14),
        "damaged",
    )
    assert (second.barcode, second.price, second.received_on) == ("A-2", 12500, date(2015, 2, 14))
    assert second.status == "reference"
    titles = only(rows, TitleRow)
    assert [title.title for title in titles] == ["Fiqih Islam", "1984", "Tafsir"]
    assert [title.isbn for title in titles] == ["9780439023481", "0439023483", ""]
    assert titles[0].notes == ""  # a formula nobody computed has no value
    assert reasons(rows) == [
        "line-breaks-joined", "leading-zeros-restored", "code-damaged", "title-without-copies", "column-not-used"
    ]  # fmt: skip
    assert only(rows, Noted)[-1].params == {"column": "No"}


def test_a_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    workbook = Workbook()
    assert workbook.active is not None
    workbook.active.append(["kosong"])
    anggota = workbook.create_sheet("Anggota")
    anggota.append(["NIM", "Nama"])
    anggota.append(["1", "Budi"])
    workbook.save(tmp_path / "x.xlsx")
    for name in ("", "Anggota"):
        assert [row.name for row in only(list(read(tmp_path / "x.xlsx", SheetOptions(sheet=name))), MemberRow)] == [
            "Budi"
        ]


def test_a_mapping_reads_by_position_without_header(tmp_path: Path) -> None:
    mapping = SheetMapping(ITEMS, 0, {0: "barcode", 1: "title", 2: "author", 3: "author"})
    rows = csv_rows(tmp_path, "1,Fiqih,A,B\n", SheetOptions(mapping, source="lama"))
    assert only(rows, TitleRow)[0].authors == ("A", "B")
    assert only(rows, ItemRow)[0].source_key == "lama:item:1"


def test_an_inventory_number_serves_where_there_is_no_barcode(tmp_path: Path) -> None:
    assert only(csv_rows(tmp_path, "judul,no induk\nFiqih,0012/P/2010\n"), ItemRow)[0].barcode == "0012/P/2010"


def test_month_first_dates_are_noticed_when_certain(tmp_path: Path) -> None:
    rows = csv_rows(tmp_path, "nim,nama,tgl lahir\n1,A,02/14/2003\n2,B,03/04/2003\n")
    assert [member.born_on for member in only(rows, MemberRow)] == [date(2003, 2, 14), date(2003, 3, 4)]


def test_members_are_refused_with_reasons(tmp_path: Path) -> None:
    rows = csv_rows(tmp_path, "nama,nim,l/p\nBudi,\ufeff001,L\n,002,P\nSiti,,P\nAli,001,x\nAli,003,x\n")
    assert [(member.member_no, member.gender) for member in only(rows, MemberRow)] == [("001", "m"), ("003", "")]
    assert reasons(rows) == ["member-name-missing", "member-number-missing", "member-number-repeated", "gender-unknown"]


def test_an_unclosed_quotation_mark_costs_one_row(tmp_path: Path) -> None:
    lines = ["judul,pengarang,barcode"] + [f"Judul {n},Orang,{n}" for n in range(200)]
    lines[5] = '"Judul rusak,Orang,4'
    rows = csv_rows(tmp_path, "\n".join(lines) + "\n")
    assert len(only(rows, ItemRow)) == 199
    assert [(row.reason, row.place.line) for row in rows if isinstance(row, Refused)] == [("quote-not-closed", 6)]


def test_preview_and_suggestion(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Judul,Warna,Barcode\n" + "".join(f"T{n},hijau,{n}\n" for n in range(50)))
    suggestion = suggest_columns(path)
    assert [(column.header, column.meaning, column.examples[:1]) for column in suggestion.columns] == [
        ("Judul", "title", ("T0",)),
        ("Warna", "", ("hijau",)),
        ("Barcode", "barcode", ("0",)),
    ]
    assert [row.place.line for row in preview(path, SheetOptions(), 2)] == [2, 2, 3, 3]


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="columns-unknown"):
        csv_rows(tmp_path, "merah,kuning\n1,2\n")
    with pytest.raises(ImportProblem, match="file-empty"):
        csv_rows(tmp_path, "")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from([b'"', b",", b"\n", b"\r", b"judul", b"nim", b"nama", b"\x00", b"1e9"]) | st.binary(max_size=6)
    )
)
def test_any_bytes_only_ever_give_rows_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, capfd: pytest.CaptureFixture[str], pieces: list[bytes]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    for options in (SheetOptions(), SheetOptions(SheetMapping(ITEMS, 0, {0: "title", 1: "barcode", 2: "received"}))):
        path.write_bytes(b"".join(pieces))
        try:
            list(read(path, options))
        except ImportProblem:
            continue
    path.write_bytes(b"judul,barcode,harga,tgl masuk\n" + b"".join(pieces))
    with contextlib.suppress(ImportProblem):
        list(read(path))
    assert capfd.readouterr().err == ""


def test_a_program_without_standard_error_reads_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path, [["Nama", "NIM"], ["A", "1"]])
    monkeypatch.setattr(sys, "stderr", None)
    assert suggest_columns(path).mapping is not None
    assert suggest_columns(path).mapping.kind == MEMBERS  # type: ignore[union-attr]


def notes(rows: list[Row], note: str) -> list[dict[str, str]]:
    """The facts of every note of this kind."""
    return [dict(row.params) for row in only(rows, Noted) if row.note == note]


def test_every_column_that_holds_something_and_is_not_read_is_named(tmp_path: Path) -> None:
    content = "Judul,Warna,Barcode,,Kosong,Rahasia\nFiqih,hijau,B1,x,,y\nTafsir,,B2,,,\n"
    rows = csv_rows(tmp_path, content, SheetOptions(told=ToldColumns(ignored=("rahasia",))))
    assert [one["column"] for one in notes(rows, "column-not-used")] == ["Warna", "#4"]


def test_numbers_of_copies_make_copies_with_codes_that_stay(tmp_path: Path) -> None:
    content = "Judul,Pengarang,Jumlah Eks\nFiqih,A,2\nTafsir,B,3 eks.\nHadis,C,0\nAkhlak,D,banyak\nFiqih,A,1\n"
    rows = csv_rows(tmp_path, content)
    per_title = Counter(item.title_key for item in only(rows, ItemRow))
    titles = {title.title: title.source_key for title in only(rows, TitleRow)}
    assert [per_title[titles[name]] for name in ("Fiqih", "Tafsir", "Hadis", "Akhlak")] == [3, 3, 0, 1]
    codes = [item.barcode for item in only(rows, ItemRow)]
    assert len(set(codes)) == 7
    assert all(code[0] == "E" and code[1:].isdigit() and len(code) == 12 for code in codes)
    assert [one["barcode"] for one in notes(rows, "code-generated")] == codes
    assert [one["title"] for one in notes(rows, "copies-count-unreadable")] == ["Akhlak"]
    # A row above them moves nothing: labels that were printed stay right.
    moved = csv_rows(tmp_path, content.replace("Fiqih,A,2", "Nahwu,E,1\nFiqih,A,2"))
    assert set(codes) < {item.barcode for item in only(moved, ItemRow)}


def test_two_titles_never_share_a_code_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.importers.sheet_copies._TITLES", 3)
    rows = csv_rows(tmp_path, "Judul,Jml\nA,2\nB,2\nC,1\n")
    codes = [item.barcode for item in only(rows, ItemRow)]
    assert len(codes) == len(set(codes)) == 5
    assert reasons(rows) == ["code-generated"] * 5


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("A,B1,1\nB,B2,2\n", ["B"]),
        ("A,B1,3\nA,B2,3\nA,B3,3\n", []),
        ("A,B1,1\nA,B2,1\n", []),
        ("A,B1;B2,2\nB,B3,\n", []),
        ("A,B1,2\nA,B2,3\n", ["A"]),
    ],
)
def test_codes_count_and_a_number_that_differs_is_told(tmp_path: Path, lines: str, told: list[str]) -> None:
    rows = csv_rows(tmp_path, "Judul,No Induk,Jumlah\n" + lines)
    assert not notes(rows, "code-generated")
    assert [one["title"] for one in notes(rows, "copies-count-not-used")] == told


def test_a_list_of_titles_without_any_copies_says_so(tmp_path: Path) -> None:
    rows = csv_rows(tmp_path, "Judul,Pengarang\nFiqih,A\n")
    assert reasons(rows) == ["no-copies-column"]
    assert "no-copies-column" not in reasons(csv_rows(tmp_path, "NIM,Nama\n1,A\n"))


@pytest.mark.parametrize(
    ("value", "day", "said"),
    [
        ("31-12-2020", date(2020, 12, 31), []), ("seumur hidup", None, []), ("-", None, []), ("", None, []),
        ("4 tahun", None, ["expiry-unreadable"]), ("2026", None, ["expiry-unreadable"]),
    ],
)  # fmt: skip
def test_the_end_of_a_card_is_read_or_told(tmp_path: Path, value: str, day: date | None, said: list[str]) -> None:
    rows = csv_rows(tmp_path, f"NIM,Nama Lengkap,Berlaku s/d\n21,Siti,{value}\n")
    assert [member.expires_on for member in only(rows, MemberRow)] == [day]
    assert reasons(rows) == said


def test_a_sheet_without_header_is_read_by_position(tmp_path: Path) -> None:
    told = ToldColumns((("1", "barcode"), ("2", "title"), ("3", "author")))
    rows = csv_rows(tmp_path, "B1,Fiqih,A,x\nB2,Tafsir,B,\n", SheetOptions(told=told))
    assert [(title.title, title.authors) for title in only(rows, TitleRow)] == [("Fiqih", ("A",)), ("Tafsir", ("B",))]
    assert [item.barcode for item in only(rows, ItemRow)] == ["B1", "B2"]
    assert [one["column"] for one in notes(rows, "column-not-used")] == ["#4"]
    above = ToldColumns(told.meanings, header_rows=1)
    assert len(only(csv_rows(tmp_path, "x,y,z\nB1,Fiqih,A\n", SheetOptions(told=above)), TitleRow)) == 1


def test_what_a_person_says_of_a_column_goes_before_what_it_seems(tmp_path: Path) -> None:
    told = ToldColumns((("Nama Kitab Kuning", "title"), ("Rak", "call_number")), ("Harga",))
    content = "Nama Kitab Kuning,Kode Buku,Rak,Harga\nFathul Qarib,B1,2X4,5000\n"
    rows = csv_rows(tmp_path, content, SheetOptions(told=told))
    (title,), (item,) = only(rows, TitleRow), only(rows, ItemRow)
    assert (title.title, title.call_number, item.shelf, item.price) == ("Fathul Qarib", "2X4", "", None)
    assert reasons(rows) == []
