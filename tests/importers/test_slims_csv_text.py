"""Records out of SLiMS's CSV text: dialect, signs and header found out, every way of quoting, damage kept small."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.importers.archives import Limits
from app.importers.problems import ImportProblem
from app.importers.slims_csv_text import (
    BIBLIO,
    COLUMNS,
    ITEM,
    LONGEST_LINE,
    MEMBER,
    MOST_LINES,
    Record,
    open_csv,
    sniff,
)
from tests.importers.slims_csv_file import biblio, item, member, write


def records(
    path: Path, dialect: str = "", separator: str = "", encloser: str = "", header: bool | None = None
) -> list[Record]:
    return list(open_csv(path, dialect, separator, encloser, Limits()).records(header, None))


def titles(found: list[Record]) -> list[str]:
    return [record.get("title") for record in found if not record.fault]


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("senayan_biblio_export.csv", (BIBLIO, ",", '"', False)),
        ("senayan_item_export_header.csv", (ITEM, ",", '"', True)),
        ("senayan_member_export.csv", (MEMBER, ",", '"', False)),
        ("member_sample_import.csv", (MEMBER, ",", '"', True)),
    ],
)
def test_the_genuine_files_are_seen_for_what_they_are(
    shared_data: Path, name: str, seen: tuple[str, str, str, bool]
) -> None:
    shape = open_csv(shared_data / "slims_exports" / name, "", "", "", Limits())
    assert (shape.dialect, shape.separator, shape.encloser, shape.has_header) == seen


@pytest.mark.parametrize(
    ("separator", "mark"), [(",", '"'), (";", '"'), ("\t", "'"), ("|", "~"), (";", "`"), (",", "")]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separator_and_encloser_are_found_out(tmp_path: Path, separator: str, mark: str, end: str) -> None:
    rows = [member("M1", "Siti Rahma" if not mark else "Siti, Rahma; M.Pd"), member("M2", "Budi")]
    found = records(write(tmp_path / "m.csv", rows, separator, mark, end))
    assert [(one.get("member_id"), one.get("member_name"), one.line) for one in found] == [
        ("M1", rows[0][1], 1),
        ("M2", "Budi", 2),
    ]


def test_what_is_given_is_not_questioned(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", [member("M1", "Siti")], "+", "%")
    assert records(path, MEMBER, "+", "%", False)[0].get("member_id") == "M1"
    # Told that a header stands there, the first row is no record, whatever it holds.
    assert records(path, MEMBER, "+", "%", True) == []


@pytest.mark.parametrize(("kind", "row"), [(BIBLIO, biblio("T")), (ITEM, item("B", "T")), (MEMBER, member("M", "N"))])
def test_a_dialect_is_known_by_its_header_and_by_what_its_values_look_like(kind: str, row: list[str]) -> None:
    header = ",".join(f'"{name}"' for name in COLUMNS[kind])
    line = ",".join(f'"{value}"' for value in row)
    assert sniff(f"{header}\n{line}\n") == (kind, ",", '"', True)
    assert sniff(f"{line}\n") == (kind, ",", '"', False)
    assert sniff(f"\n{line}\n{line}\n\n") == (kind, ",", '"', False)


def test_a_header_may_stand_in_another_order_and_case(tmp_path: Path) -> None:
    names = [*(name.upper() for name in reversed(COLUMNS[MEMBER][:18])), ""]
    values = [*reversed(member("M1", "Siti")), ""]
    (record,) = records(write(tmp_path / "m.csv", [names, values]))
    assert (record.get("member_id"), record.get("member_name"), record.get("mpasswd")) == ("M1", "Siti", "")


@pytest.mark.parametrize(
    "content", [b"name,age\nSiti,20\n", b"\n\n", b"\x00\x01\x02", b'"a","b"\n' * 30, b"SELECT 1;\n" * 5]
)
def test_another_file_is_refused_as_a_whole(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(ImportProblem, match="not-slims-csv"):
        records(path)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ('Kamus ""Arab""; edisi', 'Kamus "Arab"; edisi'),
        ('Kamus "Arab"; edisi', 'Kamus "Arab"; edisi'),
        ('"Arab" kamus', '"Arab" kamus'),
        ('kamus "Arab"', 'kamus "Arab"'),
        ("satu\\ndua", "satu\\ndua"),
        ("satu\ndua\n\ntiga", "satu\ndua\n\ntiga"),
        ("a, b; c\td", "a, b; c\td"),
        ('""', '"'),
    ],
)
def test_quoting_of_slims_9_and_8_is_read(tmp_path: Path, written: str, title: str) -> None:
    path = write(tmp_path / "b.csv", [biblio(written, "<B1><B2>"), biblio("Lain")])
    assert titles(records(path)) == [title, "Lain"]


@pytest.mark.parametrize(
    ("written", "notes"),
    [
        (r"baris satu\nbaris \"dua\" \\", 'baris satu\nbaris "dua" \\'),
        ('baris ""dua""', 'baris "dua"'),
        ('baris "dua"', 'baris "dua"'),
        (r"d\'Artagnan\0", "d'Artagnan"),
    ],
)
def test_backslashes_of_the_member_file_are_undone(tmp_path: Path, written: str, notes: str) -> None:
    path = write(tmp_path / "m.csv", [member("M1", "Siti", member_notes=written), member("M2", "Budi")])
    assert [record.get("member_notes") for record in records(path)] == [notes, ""]


@pytest.mark.parametrize("title", ['Kamus "Arab"', '"Arab"', 'a "," b', 'x","y', "polos"])
def test_unescaped_titles_of_copies_are_read(tmp_path: Path, title: str) -> None:
    path = write(tmp_path / "i.csv", [item("B1", title), item("B2", "Lain", site="Rak AnLantai 2")])
    assert titles(records(path)) == [title, "Lain"]


def test_a_record_of_several_lines_begins_on_its_first(tmp_path: Path) -> None:
    rows = [member("M1", "Siti", member_address="Jl. Raya\nBangkalan\n69162"), member("M2", "Budi")]
    assert [record.line for record in records(write(tmp_path / "m.csv", rows))] == [1, 4]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_in_which_every_record_has_several_lines_is_seen_for_what_it_is(tmp_path: Path, end: str) -> None:
    rows = [member(f"M{n}", "Siti", member_address=f"Jl. Raya{end}RT 1{end}{end}Bangkalan") for n in range(60)]
    found = records(write(tmp_path / "m.csv", rows, end=end))
    assert [record.get("member_id") for record in found] == [f"M{n}" for n in range(60)]
    assert {record.get("member_address") for record in found} == {"Jl. Raya\nRT 1\n\nBangkalan"}


def test_one_broken_row_costs_itself_only(tmp_path: Path) -> None:
    rows = [member("M1", "Siti"), ["M2", "kurang"], member("M3", "Budi"), ["M4"]]
    found = records(write(tmp_path / "m.csv", rows))
    assert [(one.line, one.fault) for one in found] == [(1, ""), (2, "columns-wrong"), (3, ""), (4, "columns-wrong")]
    assert [one.excerpt for one in found] == ["M1 | Siti | 1", "M2 | kurang", "M3 | Budi | 1", "M4"]


def test_a_mark_that_is_never_closed_costs_no_more_than_its_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "m.csv", [member(f"M{number}", "Ani") for number in range(6)])
    lines = path.read_text().splitlines(keepends=True)
    torn = '"M9","tak ditutup\n' + "baris\n" * (2 * MOST_LINES)
    path.write_text("".join([*lines[:3], torn, *lines[3:]]))
    found = records(path)
    assert [one.get("member_id") for one in found if not one.fault] == [f"M{number}" for number in range(6)]
    assert [one.line for one in found if one.fault] == [4, 4 + MOST_LINES, 4 + 2 * MOST_LINES]


def test_an_overlong_line_comes_in_pieces_that_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "b.csv", [biblio("Satu"), biblio("x" * (2 * LONGEST_LINE)), biblio("Dua")])
    found = records(path)
    assert titles(found) == ["Satu", "Dua"]
    assert {one.fault for one in found} == {"", "columns-wrong"}


def test_old_letters_are_told_for_their_row(tmp_path: Path) -> None:
    path = write(tmp_path / "m.csv", [member("M1", "Rene"), member("M2", "Budi")])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"Rene", b"Ren\xe9"))
    assert [(one.get("member_id"), one.get("member_name"), one.notes) for one in records(path)] == [
        ("M1", "René", ("letters-guessed",)),
        ("M2", "Budi", ()),
    ]


def test_the_label_names_a_record_in_a_note(tmp_path: Path) -> None:
    found = {
        open_csv(write(tmp_path / "x.csv", [row]), kind, "", "", Limits()).label
        for kind, row in ((BIBLIO, biblio("T")), (ITEM, item("B", "T")), (MEMBER, member("M", "N")))
    }
    assert found == {"title", "item_code", "member_id"}


VALUE = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters='"\\\ufeff'))
ROWS = {BIBLIO: biblio, ITEM: item, MEMBER: member}


@settings(deadline=None)
@given(st.sampled_from(sorted(ROWS)), st.lists(st.tuples(VALUE, VALUE), min_size=1, max_size=5))
def test_what_slims_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, kind: str, drawn: list[tuple[str, str]]
) -> None:
    rows = [ROWS[kind](first.strip() or "x", second) for first, second in drawn]
    path = write(tmp_path_factory.getbasetemp() / "test_slims_csv_text-x.csv", rows)
    found = records(path, kind, ",", '"', False)
    assert [list(one.values) for one in found] == rows
    assert all(not one.fault and not one.notes for one in found)
