"""SLiMS's three CSV dialects: its genuine files, and what people and older versions make of them."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.importers.problems import ImportProblem
from app.importers.rows import Cancelled, ItemRow, MemberRow, Noted, Refused, Row, TitleRow
from app.importers.slims_csv import SlimsCsvOptions, read, read_together
from tests.importers.slims_csv_file import biblio, item, member, write

Kind = TypeVar("Kind")


def of(rows: Iterable[Row], kind: type[Kind]) -> list[Kind]:
    return [row for row in rows if isinstance(row, kind)]


@pytest.mark.parametrize("ending", ["", "_header"])
def test_the_genuine_files_come_whole(shared_data: Path, ending: str) -> None:
    folder = shared_data / "slims_exports"
    paths = [folder / f"senayan_{kind}_export{ending}.csv" for kind in ("member", "item", "biblio")]
    rows = list(read_together(paths))
    counted = Counter(type(row) for row in rows)
    assert [counted[kind] for kind in (TitleRow, ItemRow, MemberRow, Refused)] == [15, 10, 4, 0]
    titles = {row.source_key: row for row in of(rows, TitleRow)}
    copies = of(rows, ItemRow)
    assert {row.barcode: titles[row.title_key].title for row in copies} == {
        row.barcode: row.title_text for row in copies
    }
    assert titles[copies[0].title_key].title == 'Kamus "Arab-Indonesia"; edisi, revisi'
    assert (copies[0].price, copies[0].source, copies[4].price, copies[4].source) == (500_000, "bought", None, "gift")
    people = {row.member_no: row for row in of(rows, MemberRow)}
    assert people["M0002"].name == 'Budi "Bowo" Santoso, S.Kom'
    assert people["M0002"].address == "Jl. Raya No. 5\nBangkalan"
    assert people["M0002"].notes == "d'Artagnan \\ backslash"
    assert [row.note for row in of(rows, Noted)] == ["pending-not-in-file"]
    assert next(row.notes for row in titles.values() if row.isbn == "9780132272674") == "baris satu\nbaris dua"


@pytest.mark.parametrize(
    "name", ["biblio_sample_import.csv", "biblio_item_sample_import.csv", "member_sample_import.csv"]
)
def test_samples_with_names_only_have_no_rows(shared_data: Path, name: str) -> None:
    assert list(read(shared_data / "slims_exports" / name)) == []


def test_titles_alone_bring_bare_copies(shared_data: Path) -> None:
    rows = list(read(shared_data / "slims_exports" / "senayan_biblio_export.csv"))
    assert len(of(rows, ItemRow)) == 10
    assert all(row.title_key for row in of(rows, ItemRow))


def test_copies_alone_are_linked_by_text_only(shared_data: Path) -> None:
    rows = of(read(shared_data / "slims_exports" / "senayan_item_export.csv"), ItemRow)
    assert len(rows) == 10
    assert all(row.title_text and not row.title_key for row in rows)


def test_reading_twice_gives_the_same_keys(shared_data: Path) -> None:
    path = shared_data / "slims_exports" / "senayan_biblio_export.csv"
    keys = [[row.source_key for row in read(path) if isinstance(row, TitleRow | ItemRow)] for _ in range(2)]
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == 25


def test_quoting_of_titles_and_lists_of_names_go_together(tmp_path: Path) -> None:
    path = write(tmp_path / "b.csv", [biblio('Kamus ""Arab""; edisi', "<B1><B2>", authors="<A, B><C>"), biblio("Lain")])
    rows = list(read(path))
    assert [(row.title, row.authors) for row in of(rows, TitleRow)] == [
        ('Kamus "Arab"; edisi', ("A, B", "C")),
        ("Lain", ()),
    ]
    assert [row.barcode for row in of(rows, ItemRow)] == ["B1", "B2"]


def test_line_breaks_in_a_title_are_joined(tmp_path: Path) -> None:
    path = write(tmp_path / "b.csv", [biblio("satu\\ndua"), biblio("tiga\nempat")])
    assert [row.title for row in of(read(path), TitleRow)] == ["satu dua", "tiga empat"]


def test_what_is_given_is_not_questioned(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("+".join(f"%{value}%" for value in member("M1", "Siti")) + "\n")
    options = SlimsCsvOptions(dialect="member", separator="+", encloser="%", header=False)
    assert [row.member_no for row in of(read(path, options), MemberRow)] == ["M1"]


def test_one_broken_row_costs_itself_only(tmp_path: Path) -> None:
    path = write(tmp_path / "m.csv", [member("M1", "Siti"), ["M2", "kurang"], member("M3", "Budi")])
    rows = list(read(path))
    assert [row.member_no for row in of(rows, MemberRow)] == ["M1", "M3"]
    (refused,) = of(rows, Refused)
    assert (refused.reason, refused.place.line, refused.excerpt) == ("columns-wrong", 2, "M2 | kurang")


def test_copies_find_titles_by_code_then_by_text(tmp_path: Path) -> None:
    titles = write(
        tmp_path / "b.csv", [biblio("Sama", "<b1>", edition="1"), biblio("Sama", "<B2>", edition="2"), biblio("Beda")]
    )
    told = {"B1": "Sama", "B2": "Sama", "B3": "Sama", "B4": "Beda", "B5": "Tiada"}
    items = write(tmp_path / "i.csv", [item(code, text) for code, text in told.items()])
    rows = list(read_together([items, titles]))
    edition = {row.source_key: row.edition or row.title for row in of(rows, TitleRow)}
    linked = {row.barcode: edition.get(row.title_key, "") for row in of(rows, ItemRow)}
    assert linked == {"B1": "1", "B2": "2", "B3": "1", "B4": "Beda", "B5": ""}
    notes = {row.note: row.params["item_code"] for row in of(rows, Noted) if row.kind == "item"}
    assert notes == {"title-ambiguous": "B3", "title-not-found": "B5"}


def test_repeats_are_refused_or_noted(tmp_path: Path) -> None:
    titles = write(tmp_path / "b.csv", [biblio("Satu", "<B1><B2>"), biblio("Satu", "<b1>"), biblio("")])
    items = write(
        tmp_path / "i.csv",
        [item("B2", "Satu"), item("b2", "Satu"), item("", "Satu"), item("B7B8", ""), item("B0001B0002", "x")],
    )
    members = write(
        tmp_path / "m.csv", [member("M1", "Siti"), member("m1", "Lain"), member("", "X"), member("\u200bB1", "")]
    )
    rows = list(read_together([titles, items, members]))
    assert sorted((row.kind, row.reason) for row in of(rows, Refused)) == [
        ("item", "barcode-missing"), ("item", "barcode-on-two-titles"), ("item", "barcode-repeated"),
        ("item", "codes-run-together"), ("item", "title-missing"), ("member", "member-number-missing"),
        ("member", "member-number-repeated"), ("title", "title-missing"),
    ]  # fmt: skip
    keys = [row.source_key for row in of(rows, TitleRow)]
    assert len(set(keys)) == 2
    assert {row.note for row in of(rows, Noted)} == {
        "title-repeated", "code-cleaned", "number-as-name", "number-is-also-a-barcode", "pending-not-in-file",
    }  # fmt: skip
    assert sorted(row.barcode for row in of(rows, ItemRow)) == ["B1", "B2"]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("", "available"), ("Repair", "repair"), ("No Loan", "not-for-loan"), ("Missing", "missing"),
        ("Tersedia", "available"), ("Aneh", "not-for-loan"),
    ],
)  # fmt: skip
def test_status_names_are_understood(tmp_path: Path, name: str, status: str) -> None:
    path = write(tmp_path / "i.csv", [item("B1", "T", item_status_name=name)])
    assert of(read(path), ItemRow)[0].status == status


def test_old_letters_are_told(tmp_path: Path) -> None:
    path = write(tmp_path / "m.csv", [member("M1", "Rene"), member("M2", "Budi")])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"Rene", b"Ren\xe9"))
    rows = list(read(path))
    assert [row.name for row in of(rows, MemberRow)] == ["René", "Budi"]
    assert [row.note for row in of(rows, Noted)] == ["letters-guessed", "pending-not-in-file"]


def test_progress_covers_all_files_and_can_stop(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{n}.csv", [member(f"M{n}", "Siti")]) for n in range(3)]
    told: list[tuple[int, int]] = []
    list(read_together(paths, progress=lambda done, total: told.append((done, total))))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] == sum(path.stat().st_size for path in paths)

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        list(read_together(paths, progress=stop))


_PIECES = st.sampled_from(
    [
        '"',
        '","',
        '"\n"',
        ",",
        ";",
        "\\",
        '\\"',
        '""',
        "<",
        "><",
        ">",
        "\n",
        "\r",
        "M1",
        "2026-01-01",
        '"' + '","' * 17 + '"\n',
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["biblio", "item", "member"]), st.lists(st.one_of(_PIECES, st.text(max_size=5)), max_size=40))
def test_any_text_becomes_rows_or_refusals(
    tmp_path_factory: pytest.TempPathFactory, dialect: str, pieces: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "test_slims_csv-x.csv"
    path.write_bytes("".join(pieces).encode("utf-8", "replace"))
    for options in (SlimsCsvOptions(), SlimsCsvOptions(dialect=dialect, separator=",", encloser='"')):
        with contextlib.suppress(ImportProblem):
            list(read(path, options))
