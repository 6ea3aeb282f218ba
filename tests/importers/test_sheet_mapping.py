"""Which column means what: headers as people write them, the suggestion, and the sheets that are known by heart."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.importers.sheet_mapping import (
    INLISLITE_ITEMS,
    INLISLITE_MEMBERS,
    SheetMapping,
    ToldColumns,
    by_headers,
    shown,
    suggest,
)
from app.importers.sheet_source import Cell, SheetRow
from app.importers.sheet_words import ITEMS, MEMBERS, meaning_of, meanings

KINDS = (ITEMS, MEMBERS)


def sheet(*rows: list[Cell]) -> list[SheetRow]:
    return [SheetRow(number, tuple(cells)) for number, cells in enumerate(rows, 1)]


def test_a_meaning_stands_once_unless_its_columns_are_joined() -> None:
    mapping = by_headers(["Judul", "Judul Buku", "Pengarang", "Warna", "Penulis"], ITEMS, 1)
    assert mapping.columns == {0: "title", 2: "author", 4: "author"}
    assert mapping.has("author")
    assert not mapping.has("barcode")


@pytest.mark.parametrize(("mapping", "columns"), [(INLISLITE_ITEMS, 37), (INLISLITE_MEMBERS, 20)])
def test_the_built_in_sheets_use_the_meanings_of_their_kind(mapping: SheetMapping, columns: int) -> None:
    assert len(mapping.columns) == columns
    assert set(mapping.columns.values()) <= set(meanings(mapping.kind))


def test_a_known_sheet_is_known_wherever_its_header_stands(shared_data: Path) -> None:
    header = (shared_data / "inlislite_template/anggota_header_only.csv").read_text("utf-8-sig").strip()
    names: list[Cell] = [name.lower() for name in header.split(",")]
    found = suggest(sheet(["Daftar anggota"], [], [*names, "Warna"])).mapping
    assert found == SheetMapping(MEMBERS, 3, INLISLITE_MEMBERS.columns, name="inlislite-members")
    # A column in another place makes it a sheet like any other.
    moved = suggest(sheet([*names[1:], names[0]])).mapping
    assert moved is not None
    assert moved.name == ""


def test_what_is_nobodys_business_at_the_desk_is_left_out() -> None:
    private = [
        "IBU KANDUNG",
        "AGAMA",
        "NO. IDENTITAS",
        "JENIS IDENTITAS",
        "STATUS PERKAWINAN",
        "NAMA (KEADAAN DARURAT)",
    ]
    assert [meaning_of(header, MEMBERS) for header in private] == [""] * len(private)


def test_the_header_may_stand_below_a_heading() -> None:
    found = suggest(
        sheet(
            ["Daftar Judul Buku"],
            [None, None],
            ["No", "Judul", "Barcode", "Warna"],
            [1, "Fiqih", 42, "hijau"],
            [2, "Hadis", None, "hijau"],
            [3, "Tafsir", "A-7", "merah"],
        )
    )
    assert found.mapping == SheetMapping(ITEMS, 3, {1: "title", 2: "barcode"})
    assert [(one.index, one.header, one.meaning, one.examples) for one in found.columns] == [
        (0, "No", "", ("1", "2", "3")),
        (1, "Judul", "title", ("Fiqih", "Hadis", "Tafsir")),
        (2, "Barcode", "barcode", ("42", "A-7")),
        (3, "Warna", "", ("hijau", "merah")),
    ]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (["Judul", "Barcode"], ITEMS),
        (["NIM", "Nama", "Status"], MEMBERS),
        (["Judul", "NIM", "Nama", "Alamat", "Email"], MEMBERS),
        (["Judul", "Pengarang", "Penerbit", "Catatan", "NIM", "Nama"], ITEMS),
    ],
)
def test_the_kind_that_explains_more_columns_is_meant(header: list[Cell], kind: str) -> None:
    found = suggest(sheet(header)).mapping
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    "rows", [[], [["merah", "kuning"], [1, 2]], [["Judul"]], [["Nama", "Alamat"]], [["Barcode", "Harga"]], [[None]]]
)
def test_without_a_header_a_person_must_say(rows: list[list[Cell]]) -> None:
    found = suggest(sheet(*rows))
    assert found.mapping is None
    assert [column.meaning for column in found.columns] == [""] * (len(rows[0]) if rows else 0)


@pytest.mark.parametrize(
    ("days", "month_first"),
    [
        (["02/14/2003", "03/04/2003"], True),
        (["14-02-2003", "03-04-2003"], False),
        (["03.04.2003", "05.06.2003"], False),
        (["02/14/2003", "14/02/2003"], False),
        (["2003-02-14", "2003-12-31"], False),
        ([date(2003, 2, 14), None, "12/31/2027"], True),
    ],
)
def test_the_month_stands_first_only_where_nothing_else_can_be(days: list[Cell], month_first: bool) -> None:
    found = suggest(sheet(["NIM", "Nama", "Tgl Lahir"], *(["1", "A", day] for day in days))).mapping
    assert found is not None
    assert found.month_first is month_first


def test_figures_that_are_no_dates_say_nothing_about_dates() -> None:
    found = suggest(sheet(["NIM", "Nama", "Tgl Lahir", "Alamat"], ["1", "A", "03-04-2003", "02/14/2003"])).mapping
    assert found is not None
    assert not found.month_first


@pytest.mark.parametrize(
    ("cell", "text"), [(None, ""), ("x", "x"), (42, "42"), (10.5, "10.5"), (date(2015, 2, 4), "2015-02-04")]
)
def test_a_cell_as_text(cell: Cell, text: str) -> None:
    assert shown(cell) == text


def test_a_status_that_tells_who_somebody_is_is_the_type() -> None:
    people = suggest(sheet(["NIM", "Nama", "Status"], ["1", "A", "Dosen"], ["2", "B", "Mahasiswa"], ["3", "C", None]))
    held = suggest(sheet(["NIM", "Nama", "Status"], ["1", "A", "Aktif"], ["2", "B", "Mahasiswa"]))
    both = suggest(sheet(["NIM", "Nama", "Status", "Jenis Anggota"], ["1", "A", "Dosen", "Dosen"]))
    assert [dict(one.mapping.columns)[2] for one in (people, held, both) if one.mapping] == [
        "member_type",
        "member_status",
        "member_status",
    ]


def test_told_columns_are_found_by_name_before_place() -> None:
    told = ToldColumns((("jml", "notes"), ("2", "barcode")), ("3",))
    found = suggest(sheet(["Judul", "Kode", "Penerbit", "Jml", "2"], ["A", "B1", "x", "2", "z"]), told)
    assert found.mapping is not None
    assert dict(found.mapping.columns) == {0: "title", 1: "barcode", 3: "notes", 4: "barcode"}
    assert [one.ignored for one in found.columns] == [False, False, True, False, False]
    assert ToldColumns((("Jumlh", "copies"), ("9", "title")), ("Judul",)).not_in(found.columns) == ("Jumlh", "9")
    assert not ToldColumns()


HEADERS = {
    ITEMS: {"Judul": "title", "Kode Eksemplar": "barcode", "Pengarang": "author", "Thn Terbit": "year", "x": ""},
    MEMBERS: {"NIM": "member_no", "Nama Lengkap": "name", "Prodi": "institution", "No. WA": "phone", "y": ""},
}


@given(st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind), st.permutations(list(HEADERS[kind])))))
def test_columns_mean_the_same_in_any_order(drawn: tuple[str, list[str]]) -> None:
    kind, header = drawn
    found = suggest(sheet(list(header), ["1", "2", "3", "4", "5"]))
    assert found.mapping is not None
    assert found.mapping.kind == kind
    assert {one.header: one.meaning for one in found.columns} == HEADERS[kind]


CELL = st.none() | st.text(max_size=8) | st.integers(-9, 99) | st.dates() | st.sampled_from(["Judul", "NIM", "Nama"])


@given(st.lists(st.lists(CELL, max_size=5), max_size=15))
def test_any_cells_have_a_suggestion_or_none(rows: list[list[Cell]]) -> None:
    found = suggest(sheet(*rows))
    if found.mapping is not None:
        header = rows[found.mapping.header_rows - 1]
        assert all(meaning_of(shown(header[index]), found.mapping.kind) for index in found.mapping.columns)
        assert len(found.columns) == len(header)
