"""A preview for a person: the columns of a list as a table, never an object."""

from __future__ import annotations

from pathlib import Path

from app.cli.preview_words import lines
from app.services.import_preview import preview
from app.services.import_sources import Reading
from tests.flows.moving_in import SlimsLibrary


def told(folder: Path, text: str) -> list[str]:
    """The lines about one list."""
    path = folder / "buku.csv"
    path.write_text(text, encoding="utf-8")
    return [line for one in lines(preview([path], Reading()), ["buku.csv"]) for line in one.splitlines()]


def test_every_column_has_its_number_header_meaning_and_three_examples(tmp_path: Path) -> None:
    said = told(tmp_path, "Judul,No Barcode,Sponsor\nA,B1,x\nB,B2,y\nC,B3,\nD,B4,\n")
    assert said[0] == "buku.csv: daftar buku; baris di atas datanya: 1."
    rows = [[cell for cell in line.split("  ") if cell.strip()] for line in said if line.startswith("  ")]
    assert [cell.strip() for cell in rows[0]] == ["Kolom", "Judul kolom", "Arti", "Contoh"]
    assert [cell.strip() for cell in rows[2]] == ["2", "No Barcode", "barcode: Barcode eksemplar", "B1 | B2 | B3"]
    assert [cell.strip() for cell in rows[3]] == ["3", "Sponsor", "-", "x | y"]
    assert "Sponsor" in said[-1]


def test_the_table_stays_narrow(tmp_path: Path) -> None:
    said = told(tmp_path, f"Judul,No Barcode\n{'panjang ' * 200},B1\nB,B2\n")
    assert max(map(len, said)) < 140


def test_a_list_that_is_not_known_is_guessed_and_a_line_to_type_is_given(tmp_path: Path) -> None:
    said = told(tmp_path, "Kode,Nama,L/P\n1,Siti,P\n2,Ani,P\n")
    assert "daftar anggota; baris di atas datanya: 1" in said[0]
    assert any("name: Nama" in line for line in said)
    assert any("--column 1=member_no --column 2=name" in line for line in said)


def test_another_system_s_file_shows_a_line_for_each_of_its_first_rows(tmp_path: Path) -> None:
    path = SlimsLibrary().write(tmp_path / "a.sql")
    said = list(lines(preview([path], Reading()), ["a.sql"]))
    assert "slims-dump" in said[0]
    assert any(line.strip().startswith("title: ") for line in said)
    assert all("{" not in line for line in said)
