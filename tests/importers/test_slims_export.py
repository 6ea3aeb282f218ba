"""The way back to SLiMS: what is written is read again as the same, and what SLiMS would damage is told."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.importers import slims_dump
from app.importers.rows import (
    ClosedDayRow,
    FineRow,
    HoldRow,
    ItemRow,
    LoanRow,
    MemberRow,
    Noted,
    Place,
    Refused,
    Row,
    TitleRow,
)
from app.importers.slims_csv import read_together
from app.importers.slims_export import ExportOptions, sql_text, write_items, write_members, write_sql, write_titles
from tests.importers.slims_dump_text import record, write_dump

HERE = Place("here")
OPTIONS = ExportOptions(datetime.fromisoformat("2026-11-20T09:30:00"))
TITLES = [
    TitleRow(
        "t1", HERE, 'Kamus "Arab-Indonesia"; edisi, revisi', ("Munawwir, A. W.", "عبد الله"), responsibility="A. W.",
        edition="Cet. 2", isbn="9786020000001", publisher="Pustaka", publish_place="Surabaya", year="1997",
        collation="xx, 1634 hlm.", series='Seri "Bahasa"', call_number="492.73 MUN k", classification="492.73",
        language="Indonesia", material="Text", subjects=("Bahasa Arab", "Kamus"), notes='baris "satu"\nbaris dua',
        cover="kamus.jpg",
    ),
    TitleRow("t2", HERE, "Fikih Ibadah", year="2001"),
]  # fmt: skip
ITEMS = [
    ItemRow("i1", HERE, "B00001", "t1", call_number="492.73 MUN k", inventory_no="INV/1", collection="Referensi",
            location="Pusat", shelf="Rak A", status="not-for-loan", price=75_000, source="bought",
            received_on=date(2024, 1, 2)),
    ItemRow("i2", HERE, "X0022/2016", "t1"),
    ItemRow("i3", HERE, "0007", "t2", status="repair"),
]  # fmt: skip
MEMBERS = [
    MemberRow("m1", HERE, "2023001", 'Budi "Bowo", S.Kom', "ty", "Dakwah", "m", date(2003, 4, 5),
              "Jl. Melati 5\nBangkalan", "budi@example.ac.id", "0812", date(2023, 8, 1), date(2027, 7, 31),
              notes="d'Artagnan", photo="budi.jpg"),
    MemberRow("m2", HERE, "2023002", "Siti", "ty", gender="f", expires_on=date(2027, 7, 31)),
]  # fmt: skip


def write_all(
    folder: Path, titles: list[TitleRow], items: list[ItemRow], members: list[MemberRow], header: bool
) -> list[Noted]:
    options = replace(OPTIONS, header=header)
    texts = {title.source_key: title.title for title in titles}
    held = [(title, [item.barcode for item in items if item.title_key == title.source_key]) for title in titles]
    with (folder / "b.csv").open("w", encoding="utf-8", newline="") as file:
        notes = write_titles(file, held, options)
    with (folder / "i.csv").open("w", encoding="utf-8", newline="") as file:
        notes += write_items(file, [(item, texts[item.title_key]) for item in items], options)
    with (folder / "m.csv").open("w", encoding="utf-8", newline="") as file:
        notes += write_members(file, [(member, "Mahasiswa") for member in members], options)
    return notes


def read_all(folder: Path) -> list[Row]:
    return list(read_together([folder / "i.csv", folder / "b.csv", folder / "m.csv"]))


def plain(rows: list[Row], titles: dict[str, str]) -> list[object]:
    """Rows without what a file cannot carry: keys, places, and what it has no word for."""
    out: list[object] = []
    for row in rows:
        if isinstance(row, TitleRow):
            out.append(replace(row, unsaid=(), source_key="", place=HERE))
        elif isinstance(row, ItemRow):
            out.append(
                replace(row, unsaid=(), source_key="", place=HERE, title_key="", title_text=titles[row.title_key])
            )
        elif isinstance(row, MemberRow):
            out.append(replace(row, unsaid=(), source_key="", place=HERE, member_type="Mahasiswa"))
    return out


@pytest.mark.parametrize("header", [False, True])
def test_our_files_are_read_again_as_the_same(tmp_path: Path, header: bool) -> None:
    assert write_all(tmp_path, TITLES, ITEMS, MEMBERS, header) == []
    rows = read_all(tmp_path)
    titles = {row.source_key: row.title for row in rows if isinstance(row, TitleRow)}
    wanted = plain([*TITLES, *ITEMS, *MEMBERS], {row.source_key: row.title for row in TITLES})
    assert plain(rows, titles) == wanted
    assert all(row.title_text == titles[row.title_key] for row in rows if isinstance(row, ItemRow))
    assert not [row for row in rows if isinstance(row, Refused)]


def php_rows(path: Path, longest: int) -> list[list[str]]:
    """What PHP's fgetcsv makes of a file: RFC 4180 as long as no backslash stands in it and no line is too long."""
    text = path.read_bytes().decode()
    assert "\\" not in text
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert all(len(",".join(f'"{value}"' for value in row).encode()) < longest for row in rows)
    return rows


def test_every_row_has_slims_number_of_columns(tmp_path: Path) -> None:
    write_all(tmp_path, TITLES, ITEMS, MEMBERS, header=True)
    for name, width in (("b.csv", 18), ("i.csv", 19), ("m.csv", 18)):
        assert {len(row) for row in php_rows(tmp_path / name, 100_000)} == {width}


def test_what_slims_would_damage_is_changed_and_told(tmp_path: Path) -> None:
    titles = [replace(TITLES[0], title="C:\\", authors=("a<b>", "x\\"), notes="n" * 200_000, edition="e" * 60)]
    items = [replace(ITEMS[0], status="lost"), replace(ITEMS[1], barcode="B" * 21)]
    members = [replace(MEMBERS[0], notes='"' * 9000, blocked=True, expires_on=None)]
    told = {(note.kind, note.note) for note in write_all(tmp_path, titles, items, members, header=False)}
    assert told == {
        ("title", "backslash-replaced"), ("title", "brackets-replaced"), ("title", "text-cut"),
        ("title", "code-too-long-for-slims"), ("item", "status-coarser-in-slims"), ("item", "code-too-long-for-slims"),
        ("item", "backslash-replaced"), ("member", "text-cut"), ("member", "blocked-needs-sql"),
    }  # fmt: skip
    (title,) = php_rows(tmp_path / "b.csv", 102_400)
    assert title[0] == "C:/"
    assert title[15] == "<a(b)><x/>"
    (person,) = php_rows(tmp_path / "m.csv", 4096)
    assert person[15] == "0000-00-00"
    assert set(person[17]) == {'"'}


LOANS = [
    LoanRow("slims:loan:7", HERE, "B00001", "2023001", date(2026, 11, 1), date(2026, 11, 8), renewals=1,
            rule_key="slims:rule:3"),
    LoanRow("journal:x", HERE, "0007", "2023002", date(2026, 10, 1), date(2026, 10, 8), date(2026, 10, 5), open=False),
]  # fmt: skip
FINES = [FineRow("slims:fine:4", HERE, "2023001", date(2026, 11, 9), 1500, 500, "Terlambat 'B00001'\\ 3 hari")]
HOLDS = [HoldRow("h", HERE, "2023002", "", "B00001", datetime.fromisoformat("2026-11-10T08:00:00"))]
DAYS = [ClosedDayRow("d1", HERE, weekday=6, description="Minggu"), ClosedDayRow("d2", HERE, on=date(2026, 8, 17))]


def test_our_sql_is_read_again_as_the_same(tmp_path: Path) -> None:
    path = tmp_path / "library.sql"
    items = [record("item", item_id=n, biblio_id=1, item_code=row.barcode) for n, row in enumerate(ITEMS, 1)]
    people = [record("member", member_id=row.member_no, member_name=row.name, member_type_id=1) for row in MEMBERS]
    kinds = [(1, "Mahasiswa", 3, 7, 1, 2, 365, 1, 500, 0, None, None)]
    write_dump(
        path,
        [
            ("biblio", [record("biblio", biblio_id=1, title="Kamus")]), ("item", items), ("member", people),
            ("mst_member_type", kinds), ("loan", []), ("fines", []), ("reserve", []), ("holiday", []),
        ],
    )  # fmt: skip
    sql = io.StringIO()
    write_sql(sql, LOANS, FINES, HOLDS, DAYS, ["2023002"], [("B00001", "catatan; 'x'\\\n")], OPTIONS)
    path.write_text(path.read_text() + sql.getvalue())
    rows = list(slims_dump.read(path))
    assert not [row for row in rows if isinstance(row, Refused)]
    loans = {row.barcode: replace(row, place=HERE) for row in rows if isinstance(row, LoanRow)}
    assert loans["B00001"] == LOANS[0]
    assert replace(loans["0007"], source_key="journal:x") == LOANS[1]
    assert loans["0007"].source_key == "slims:loan:0007~2023002~2026-10-01"
    assert [replace(row, place=HERE) for row in rows if isinstance(row, FineRow)] == FINES
    assert [replace(row, place=HERE, source_key="h") for row in rows if isinstance(row, HoldRow)] == HOLDS
    days = [row for row in rows if isinstance(row, ClosedDayRow)]
    assert [(row.weekday, row.on, row.description) for row in days] == [
        (6, None, "Minggu"),
        (None, date(2026, 8, 17), ""),
    ]
    assert "UPDATE `member` SET `is_pending`=1 WHERE `member_id`='2023002';" in sql.getvalue()


_TEXT = st.text(
    st.characters(exclude_characters="\\<>\0", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=25
).map(str.strip)
_NAME = _TEXT.filter(lambda text: text.strip("\ufeff") != "" and bool(text))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_NAME, _TEXT, st.lists(_NAME, max_size=3, unique=True)), min_size=1, max_size=4))
def test_any_titles_come_back(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[str, str, list[str]]]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    titles = [
        TitleRow("", HERE, title, tuple(authors), notes=notes, responsibility=notes, unsaid=())
        for title, notes, authors in drawn
    ]
    with (folder / "b.csv").open("w", encoding="utf-8", newline="") as file:
        assert write_titles(file, [(title, ()) for title in titles], replace(OPTIONS, header=True)) == []
    back = [row for row in read_together([folder / "b.csv"]) if isinstance(row, TitleRow)]
    assert [replace(row, unsaid=(), source_key="", place=HERE) for row in back] == titles


@given(st.text(max_size=40))
def test_sql_text_never_ends_early(text: str) -> None:
    written = sql_text(text)
    inside = written[1:-1].replace("\\\\", "").replace("\\'", "")
    assert "'" not in inside
    assert not inside.endswith("\\")
