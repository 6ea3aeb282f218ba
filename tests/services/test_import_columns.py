"""Lists whose columns nobody knows: shown in every way they can be taken, and read as a person says."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.importers.rows import ItemRow, MemberRow, Row, TitleRow
from app.ports import KnownError
from app.services.import_columns import Assigned, Way, fault_of, offered, unknown_lists
from app.services.import_sources import Reading, look, rows_of

BARE = "B001,Tafsir al-Jalalain,Al-Mahalli\nB002,Fiqih Sunnah,Sayyid Sabiq\nB003,Riyadhus Shalihin,An-Nawawi\n"
NAMED = "Kd,Nm Kitab,Krgn\n" + BARE


def kept(folder: Path, name: str, text: str) -> Path:
    """A list in a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path, told: Assigned, *others: Path) -> list[Row]:
    """The rows of some lists, one of which a person explained."""
    reading = Reading(sheets={path: told.told()})
    return [row for rows in rows_of(look([path, *others]), reading, lambda _done, _total: None) for row in rows]


def test_a_list_without_header_keeps_its_first_row(tmp_path: Path) -> None:
    path = kept(tmp_path, "buku.csv", BARE)
    (found,) = unknown_lists([path])
    assert found.likely == Way("items", 0)
    assert found.ways[found.likely][1].examples == ("Tafsir al-Jalalain", "Fiqih Sunnah", "Riyadhus Shalihin")
    rows = read(path, Assigned(found.likely, ("barcode", "title", "author")))
    assert next(row.title for row in rows if isinstance(row, TitleRow)) == "Tafsir al-Jalalain"
    assert [row.barcode for row in rows if isinstance(row, ItemRow)] == ["B001", "B002", "B003"]


def test_names_of_columns_that_nobody_knows_are_no_book(tmp_path: Path) -> None:
    path = kept(tmp_path, "buku.csv", NAMED)
    (found,) = unknown_lists([path])
    assert found.likely == Way("items", 1)
    assert [column.header for column in found.ways[found.likely]] == ["Kd", "Nm Kitab", "Krgn"]
    rows = read(path, Assigned(found.likely, ("barcode", "title", "")))
    assert next(row.title for row in rows if isinstance(row, TitleRow)) == "Tafsir al-Jalalain"
    assert not [row for row in rows if isinstance(row, TitleRow) and row.authors], "what is left out stays out"


def test_a_heading_above_the_names_is_seen_when_one_name_is_known(tmp_path: Path) -> None:
    path = kept(tmp_path, "anggota.csv", "DAFTAR SANTRI,,\n,,\nStb,Nm,Alamat\n0012,Ahmad,Metro\n0013,Siti,Kotabumi\n")
    (found,) = unknown_lists([path])
    assert found.likely.header_rows == 3
    assert [column.meaning for column in found.ways[Way("members", 3)]] == ["", "", "address"]
    rows = read(path, Assigned(Way("members", 3), ("member_no", "name", "address")))
    assert [row.member_no for row in rows if isinstance(row, MemberRow)] == ["0012", "0013"]


def test_a_heading_above_names_that_nobody_knows_is_no_row_of_data(tmp_path: Path) -> None:
    path = kept(tmp_path, "anggota.csv", "DAFTAR SANTRI 2026,,\n,,\nStb,Nm,Almt\n0012,Ahmad,Metro\n0013,Siti,Metro\n")
    (found,) = unknown_lists([path])
    assert found.likely.header_rows == 3


def test_what_is_said_of_one_list_is_not_said_of_another(tmp_path: Path) -> None:
    path = kept(tmp_path, "buku.csv", BARE)
    other = kept(tmp_path, "anggota.csv", "NIM,Nama,Prodi\n21,Ahmad,PAI\n22,Siti,PGMI\n")
    assert [one.path for one in unknown_lists([path, other])] == [path]
    rows = read(path, Assigned(Way("items", 0), ("barcode", "title", "author")), other)
    assert [row.name for row in rows if isinstance(row, MemberRow)] == ["Ahmad", "Siti"]


@pytest.mark.parametrize(
    ("kind", "meanings", "fault"),
    [
        ("items", ("barcode", ""), ("column-missing", "title")),
        ("members", ("member_no", ""), ("column-missing", "name")),
        ("items", ("title", "barcode", "barcode"), ("column-twice", "barcode")),
        ("items", ("title", "author", "author"), None),
        ("members", ("name", "member_no"), None),
    ],
)
def test_an_answer_has_what_such_a_list_needs(
    kind: str, meanings: tuple[str, ...], fault: tuple[str, str] | None
) -> None:
    assert fault_of(Assigned(Way(kind, 0), meanings)) == fault


def test_what_every_list_has_is_offered_first() -> None:
    assert offered("items")[0] == "title"
    assert offered("members")[:2] == ("member_no", "name")
    assert len(set(offered("items"))) == len(offered("items"))


def test_files_that_are_no_lists_are_not_asked_about(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "slims_exports"
    assert not unknown_lists([folder / "senayan_mysqldump.sql", folder / "senayan_member_export.csv"])
    kept(tmp_path, "x", "")
    with pytest.raises(KnownError, match="import"):
        unknown_lists([tmp_path / "x"])
