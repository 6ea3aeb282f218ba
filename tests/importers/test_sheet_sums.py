"""The sum below a list is no record; a book that is called so is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.importers.rows import ItemRow, MemberRow, Noted, Refused, TitleRow
from app.importers.sheet_sums import is_sum
from app.importers.spreadsheet import read


@pytest.mark.parametrize(
    ("text", "others", "sums"),
    [("JUMLAH", (), True), (" Total : ", ("",), True), ("Total", ("Anwar",), False), ("Jumlahkan!", (), False)],
)
def test_what_is_a_sum(text: str, others: tuple[str, ...], sums: bool) -> None:
    assert is_sum(text, *others) is sums


def test_the_sum_of_a_list_of_books_is_refused_and_a_title_without_copies_is_told(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text(
        "Judul,Pengarang,No. Induk,Harga\nA,X,1,5\nA,X,2,5\nB,Y,1,7\nC,Z,,7\nTotal,Kasim,5,1\nJUMLAH,,,25\n",
        encoding="utf-8",
    )
    rows = list(read(path))
    assert [row.title for row in rows if isinstance(row, TitleRow)] == ["A", "B", "C", "Total"]
    assert [row.barcode for row in rows if isinstance(row, ItemRow)] == ["1", "2", "5"]
    refused = [(row.kind, row.reason) for row in rows if isinstance(row, Refused)]
    assert refused[-1] == ("title", "sum-row")
    bare = [(row.place.line, row.params["title"]) for row in rows if isinstance(row, Noted) and "copies" in row.note]
    assert bare == [(4, "B"), (5, "C")]


def test_the_sum_of_a_list_of_members_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("NIM,Nama,No HP\n1,Siti,8123456789\n2,Total,0812\n3,Total,\nJumlah,2,\n", encoding="utf-8")
    rows = list(read(path))
    members = [(row.member_no, row.phone) for row in rows if isinstance(row, MemberRow)]
    assert members == [("1", "08123456789"), ("2", "0812")]
    assert [row.reason for row in rows if isinstance(row, Refused)] == ["sum-row", "sum-row"]
