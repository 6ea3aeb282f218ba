"""SLiMS libraries out of dumps: the genuine sample, and invented ones with everything that goes wrong in real ones."""

from __future__ import annotations

import contextlib
import gzip
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.importers.problems import ImportProblem
from app.importers.rows import (
    Cancelled,
    ClosedDayRow,
    FineRow,
    HoldRow,
    ItemRow,
    LoanRow,
    LoanRuleRow,
    MemberRow,
    MemberTypeRow,
    Noted,
    Refused,
    Row,
    SettingRow,
    TitleRow,
    VisitRow,
)
from app.importers.slims_dump import read
from tests.importers.slims_dump_text import create, insert, record, write_dump, write_library

Kind = TypeVar("Kind")
Tables = list[tuple[str, Iterable[Sequence[object]]]]


def biblio(number: int, title: str = "Fikih Ibadah", **values: object) -> tuple[object, ...]:
    return record("biblio", biblio_id=number, title=title, frequency_id=0, opac_hide=0, **values)


def item(number: int, code: object, title: int = 1, **values: object) -> tuple[object, ...]:
    return record("item", item_id=number, biblio_id=title, item_code=code, source=0, **values)


def member(number: object, name: str = "Siti Rahma", **values: object) -> tuple[object, ...]:
    values = {"expire_date": "2028-01-01", "member_type_id": 1, "is_pending": 0, **values}
    return record("member", member_id=number, member_name=name, **values)


def loan(
    number: int | None, code: str, who: str, lent: str, back: str | None = None, **values: object
) -> tuple[object, ...]:
    usual = {
        "due_date": "2026-02-01",
        "renewed": 0,
        "loan_rules_id": 0,
        "is_lent": 1,
        "is_return": int(back is not None),
        "return_date": back,
    }
    return record("loan", loan_id=number, item_code=code, member_id=who, loan_date=lent, **{**usual, **values})


TYPES = ("mst_member_type", [(1, "Mahasiswa", 3, 7, 1, 2, 365, 1, 500, 0, None, None)])
SMALL: Tables = [
    ("biblio", [biblio(1), biblio(2, "Sejarah Nusantara")]),
    ("item", [item(1, "P001"), item(2, "P002", 2)]),
    ("member", [member("M1"), member("M2", "Budi")]),
    TYPES,
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.sql"


def small_with(**tables: Iterable[Sequence[object]]) -> Tables:
    named = {**dict(SMALL), **tables}
    return sorted(named.items())


def of(rows: Iterable[Row], kind: type[Kind]) -> list[Kind]:
    return [row for row in rows if isinstance(row, kind)]


def refused(rows: Iterable[Row]) -> list[tuple[str, str]]:
    return [(row.kind, row.reason) for row in rows if isinstance(row, Refused)]


def noted(rows: Iterable[Row]) -> set[tuple[str, str]]:
    return {(row.kind, row.note) for row in rows if isinstance(row, Noted)}


@pytest.mark.parametrize("name", ["senayan_mysqldump.sql", "backup_20261124_004658.sql.tar.gz"])
def test_the_genuine_sample_comes_whole(shared_data: Path, name: str) -> None:
    rows = list(read(shared_data / "slims_exports" / name))
    counted = Counter(type(row) for row in rows)
    assert [counted[kind] for kind in (TitleRow, ItemRow, MemberRow, LoanRow, VisitRow)] == [15, 10, 4, 200, 4]
    assert refused(rows) == []
    title = next(row for row in of(rows, TitleRow) if row.source_key == "slims:biblio:8")
    assert title.title == 'Kamus "Arab-Indonesia"; edisi, revisi'
    assert (title.authors, title.subjects) == (("Woychowsky, Edmond",), ("Programming", "Website"))
    assert (title.publisher, title.language, title.material) == ("Prentice Hall", "English", "Text")
    assert title.notes == "baris satu\nbaris dua"
    assert "ÃƒÂ¢Ã¢â€šÂ¬" in title.series  # damaged before it came: kept, neither mended nor damaged more
    copy = of(rows, ItemRow)[0]
    assert (copy.barcode, copy.title_key, copy.collection) == ("B00001", "slims:biblio:8", "Reference")
    assert (copy.location, copy.price, copy.shelf) == ("My Library", 500_000, "Rak A Lantai 2")
    people = {row.member_no: row for row in of(rows, MemberRow)}
    assert [people[number].blocked for number in ("M0001", "M0004")] == [False, True]
    assert people["M0002"].name == 'Budi "Bowo" Santoso, S.Kom'
    assert people["M0002"].notes == "d'Artagnan \\ backslash"
    assert {row.key: row.value for row in of(rows, SettingRow)}["library_name"] == "Senayan"
    assert {row.key: row.value for row in of(rows, SettingRow)}["slims_version"] == "v9.7.0"
    terms = of(rows, MemberTypeRow)[0]
    assert (terms.loan_limit, terms.loan_days, terms.fine_per_day, terms.holds_allowed) == (5, 7, 500, True)


def test_dump_and_backup_say_the_same(shared_data: Path) -> None:
    folder = shared_data / "slims_exports"
    both = [
        {(row.source_key, row.member_no, row.barcode, row.returned_on) for row in of(read(folder / name), LoanRow)}
        for name in ("senayan_mysqldump.sql", "backup_20261124_004658.sql.tar.gz")
    ]
    assert both[0] == both[1]
    assert len(both[0]) == 200


def test_the_installation_files_are_read(shared_data: Path) -> None:
    rows = list(read(shared_data / "slims9" / "sampledata.sql"))
    assert (len(of(rows, TitleRow)), len(of(rows, ItemRow)), refused(rows)) == (15, 10, [])
    assert of(rows, TitleRow)[0].publish_place == "Hoboken, NJ"
    rows = list(read(shared_data / "slims9" / "senayan.sql"))
    assert len(of(rows, ClosedDayRow)) == 6
    assert of(rows, MemberTypeRow)[0].loan_limit == 2


def test_a_whole_library_comes_in_the_order_in_which_nothing_refers_ahead(path: Path) -> None:
    rows = list(read(write_library(path, items=300, loans=500, members=40)))
    kinds = list(dict.fromkeys(type(row) for row in rows if not isinstance(row, Noted)))
    assert kinds == [
        SettingRow, MemberTypeRow, ClosedDayRow, TitleRow, ItemRow, MemberRow, LoanRow, FineRow, VisitRow,
    ]  # fmt: skip
    counted = Counter(type(row) for row in rows)
    assert [counted[kind] for kind in (TitleRow, ItemRow, MemberRow, VisitRow)] == [150, 300, 40, 250]
    assert counted[LoanRow] + len(refused(rows)) == 500 + sum(kind != "loan" for kind, _ in refused(rows))
    title = of(rows, TitleRow)[4]
    assert title.publisher == "Penerbit 6"
    assert len(title.authors) == 2
    assert title.notes.endswith('\nTanda "petik".')
    assert [row.weekday for row in of(rows, ClosedDayRow)] == [6, None]
    assert of(rows, ClosedDayRow)[1].on == date(2026, 8, 17)
    assert {row.key: row.value for row in of(rows, SettingRow)} == {
        "library_name": "Perpustakaan Melati",
        "ignore_holidays_fine_calc": "1",
    }


def test_packed_and_plain_are_the_same(path: Path) -> None:
    write_library(path, items=50, loans=80, members=10)
    packed = path.with_name("library.sql.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    keys = [[row.source_key for row in read(file) if hasattr(row, "source_key")] for file in (path, packed)]
    assert keys[0] == keys[1]


def test_digits_run_together_are_noted_when_both_codes_exist(path: Path) -> None:
    items = [item(1, "00001"), item(2, "00002"), item(3, "0000100002"), item(4, "9999988888")]
    rows = list(read(write_dump(path, small_with(item=items))))
    doubtful = [row for row in of(rows, Noted) if row.note == "codes-run-together"]
    assert [row.params for row in doubtful] == [{"barcode": "0000100002", "first": "00001", "second": "00002"}]


def test_authors_stand_by_their_level_and_unknown_ones_are_noted(path: Path) -> None:
    tables = small_with(
        biblio_author=[(1, 1, 3), (1, 2, 1), (1, 3, 2), (2, 9, 1), (1, None, 1)],
        mst_author=[(n, name, None, "p", None, None, None) for n, name in enumerate(("Ali", "Budi", "Citra"), 1)],
    )
    rows = list(read(write_dump(path, tables)))
    assert [row.authors for row in of(rows, TitleRow)] == [("Budi", "Citra", "Ali"), ()]
    assert noted(rows) == {("title", "author-unknown")}


@pytest.mark.parametrize(
    ("status", "meant"),
    [
        ("0", "available"), ("", "available"), (None, "available"), ("R", "repair"), ("nl", "not-for-loan"),
        ("MIS", "missing"), ("H", "lost"), ("RS", "damaged"), ("RF", "reference"), ("X", "not-for-loan"),
        ("OK", "available"), ("??", "available"),
    ],
)  # fmt: skip
def test_item_statuses_mean_what_the_library_calls_them(path: Path, status: str | None, meant: str) -> None:
    statuses = [
        ("R", "Repair", None, 1, 0, None, None), ("NL", "No Loan", None, 1, 0, None, None),
        ("MIS", "Missing", None, 1, 1, None, None), ("H", "Hilang", None, 1, 1, None, None),
        ("RS", "Rusak", None, 1, 0, None, None), ("RF", "Koleksi Referensi", None, 1, 0, None, None),
        ("X", "Ruang Dekan", None, 1, 0, None, None), ("OK", "Baru", None, 0, 0, None, None),
    ]  # fmt: skip
    tables = small_with(item=[item(1, "P1", item_status_id=status)], mst_item_status=statuses)
    rows = list(read(write_dump(path, tables)))
    assert of(rows, ItemRow)[0].status == meant
    assert (("item", "status-unknown") in noted(rows)) is (status == "??")


def test_rules_keep_their_order_and_name_what_they_are_for(path: Path) -> None:
    rules = [
        (7, 1, 2, 0, 2, 3, 1, 1000, 0, None, None), (3, 1, None, 1, 1, 1, 0, 500, 2, None, None),
        (4, 9, 0, 0, 1, 1, 0, 0, 0, None, None), (5, 1, 8, 0, 1, 1, 0, 0, 0, None, None),
    ]  # fmt: skip
    tables = small_with(
        mst_loan_rules=rules,
        mst_coll_type=[(2, "Buku Teks", None, None)],
        mst_gmd=[(1, "TE", "Text", None, None, None)],
    )
    rows = list(read(write_dump(path, tables)))
    taken = of(rows, LoanRuleRow)
    assert [(row.source_key, row.collection, row.material) for row in taken] == [
        ("slims:rule:7", "Buku Teks", ""),
        ("slims:rule:3", "", "Text"),
    ]
    assert (taken[0].loan_limit, taken[0].loan_days, taken[0].fine_per_day) == (2, 3, 1000)
    assert refused(rows) == [("rule", "member-type-unknown"), ("rule", "collection-unknown")]


def test_what_happened_comes_from_its_tables_past_loans_first(path: Path) -> None:
    history = record(
        "loan_history", loan_id=3, item_code="P002", member_id="M2", loan_date="2025-04-24", due_date="2025-05-01",
        renewed=0, is_lent=1, is_return=1, return_date="2025-05-01",
    )  # fmt: skip
    tables = small_with(
        loan=[loan(1, "P001", "M1", "2026-01-05"), loan(2, "P002", "M1", "2025-01-05", "2025-01-06")],
        loan_history=[history],
        fines=[(1, "2026-01-02", "M1", 1500, None, "Terlambat")],
        reserve=[(1, "M2", 1, "P001", "2026-01-02 09:30:00")],
        visitor_count=[(1, "M1", "Siti", "Dakwah", "R1", "2026-01-02 08:00:00")],
        mst_visitor_room=[(1, "Ruang Baca", "R1", None, None)],
    )
    rows = list(read(write_dump(path, tables)))
    assert [row.source_key for row in of(rows, LoanRow)] == ["slims:loan:2", "slims:loan:3", "slims:loan:1"]
    assert [row.charged for row in of(rows, FineRow)] == [1500]
    assert [(row.member_no, row.barcode) for row in of(rows, HoldRow)] == [("M2", "P001")]
    assert [row.room for row in of(rows, VisitRow)] == ["Ruang Baca"]
    assert noted(rows) == {("loan", "from-loan-history")}


def test_settings_are_read_and_nothing_is_made_of_objects(path: Path) -> None:
    settings_rows = [
        (1, "library_name", 's:14:"Perpus Ñandú";'), (2, "loan_limit_override", "b:1;"),
        (3, "library_subname", 'O:1:"X":0:{}'),
        (4, "time_visitor_limitation", "i:60;"), (5, "other", "b:1;"), (6, "ignore_holidays_fine_calc", "N;"),
    ]  # fmt: skip
    rows = list(read(write_dump(path, small_with(setting=settings_rows))))
    assert {row.key: row.value for row in of(rows, SettingRow)} == {
        "library_name": "Perpus Ñandú", "loan_limit_override": "1", "library_subname": "",
        "time_visitor_limitation": "60", "ignore_holidays_fine_calc": "",
    }  # fmt: skip


def test_old_letters_are_read_and_told(path: Path) -> None:
    write_dump(path, small_with())
    path.write_bytes(path.read_bytes().replace(b"Fikih Ibadah", b"Fikih caf\xe9"))
    rows = list(read(path))
    assert of(rows, TitleRow)[0].title == "Fikih café"
    assert noted(rows) == {("title", "letters-guessed")}


def test_a_dump_cut_off_gives_what_it_has_and_says_so(path: Path) -> None:
    write_dump(path, small_with())
    text = path.read_text()
    path.write_text(text[: text.index("Budi") + 2])
    rows = list(read(path))
    assert ("dump", "dump-cut-off") in noted(rows)
    assert refused(rows) == [("member", "row-unreadable")]
    assert len(of(rows, ItemRow)) == 2


def test_tables_nothing_is_taken_from_are_named(path: Path) -> None:
    path.write_text(
        "".join(create("item")) + "INSERT INTO `stock_take` VALUES (1,'x');\nINSERT INTO `user` VALUES (1);\n"
    )
    assert [row.params for row in of(read(path), Noted)] == [{"table": "stock_take"}]


def test_a_dump_without_columns_is_read_in_slims_own_order(path: Path) -> None:
    path.write_text("".join(text for table, rows in SMALL for text in insert(table, rows)))
    rows = list(read(path))
    assert [row.title for row in of(rows, TitleRow)] == ["Fikih Ibadah", "Sejarah Nusantara"]
    assert len(of(rows, MemberRow)) == 2


def test_a_foreign_dump_is_refused_as_a_whole(path: Path) -> None:
    path.write_text("CREATE TABLE `wp_posts` (`id` int);\nINSERT INTO `wp_posts` VALUES (1);\n")
    with pytest.raises(ImportProblem, match="not-slims"):
        list(read(path))


def test_progress_rises_to_the_end_and_can_stop(path: Path) -> None:
    write_library(path, items=1500, loans=2500, members=100)
    told: list[tuple[int, int]] = []
    list(read(path, progress=lambda done, total: told.append((done, total))))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
    assert len(told) > 3

    def stop(done: int, total: int) -> None:
        if done > total * 0.7:
            raise Cancelled

    with pytest.raises(Cancelled):
        list(read(path, progress=stop))


_VALUES = st.one_of(
    st.none(),
    st.integers(-3, 4),
    st.sampled_from(["", "0", "P001", "M1", "0000-00-00", "2026-01-05"]),
    st.text(max_size=6),
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_rows_become_rows_or_refusals(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.getbasetemp() / "test_slims_dump-d.sql"
    tables = small_with()
    for table in (
        "biblio",
        "item",
        "member",
        "loan",
        "fines",
        "reserve",
        "holiday",
        "mst_loan_rules",
        "visitor_count",
        "setting",
    ):
        width = len(record(table))
        rows = data.draw(st.lists(st.lists(_VALUES, min_size=width, max_size=width), max_size=2))
        tables.append(
            (table, [[v.encode("utf-8", "replace").decode() if isinstance(v, str) else v for v in row] for row in rows])
        )
    write_dump(path, tables)
    keys = Counter(row.source_key for row in read(path) if isinstance(row, TitleRow | ItemRow | MemberRow | LoanRow))
    assert all(count == 1 for count in keys.values())


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 4000), st.binary(max_size=12), st.integers(0, 40))
def test_a_damaged_dump_raises_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, at: int, bytes_in: bytes, lost: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "test_slims_dump-d.sql"
    write_dump(path, small_with(loan=[loan(1, "P001", "M1", "2026-01-05")]))
    good = path.read_bytes()
    path.write_bytes(good[:at] + bytes_in + good[at + lost :])
    with contextlib.suppress(ImportProblem):
        list(read(path))
