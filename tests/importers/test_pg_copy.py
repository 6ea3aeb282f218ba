"""PostgreSQL's COPY text: blocks found among other statements, values as they were before they were escaped."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.importers.pg_copy import CopyRow, rows, sections
from app.importers.problems import ImportProblem

ESCAPES = (("\\", "\\\\"), ("\b", "\\b"), ("\f", "\\f"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"), ("\v", "\\v"))


def escaped(value: str | None) -> str:
    """A value as PostgreSQL's COPY writes it."""
    if value is None:
        return "\\N"
    for letter, code in ESCAPES:
        value = value.replace(letter, code)
    return value


def block(table: str, columns: str, *lines: str, end: str = "\\.\n") -> str:
    return f"COPY {table} ({columns}) FROM stdin;\n" + "".join(line + "\n" for line in lines) + end


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    return tmp_path / "dump.sql"


def read(path: Path, table: str = "public.t") -> list[tuple[int, CopyRow | None]]:
    return [row for section in sections([path], {table}) for row in rows(section)]


def test_blocks_are_found_among_other_statements(dump: Path) -> None:
    dump.write_text(
        "SET client_encoding = 'UTF8';\n"
        + block("public.t", "id, name", "1\tSatu", "2\tDua")
        + "CREATE FUNCTION copies() ...\n"
        + block("other.t", "id", "COPY public.t (id, name) FROM stdin;", "9")
        + block('public."t"', 'id, "name"', "3\tTiga")
    )
    found = sections([dump], {"public.t"})
    assert [(section.columns, section.line) for section in found] == [(("id", "name"), 3), (("id", "name"), 12)]
    assert read(dump) == [
        (3, {"id": "1", "name": "Satu"}),
        (4, {"id": "2", "name": "Dua"}),
        (12, {"id": "3", "name": "Tiga"}),
    ]


def test_several_files_are_one_dump(dump: Path) -> None:
    other = dump.with_name("more.sql")
    dump.write_text(block("public.t", "id", "1"))
    other.write_text("\n" + block("public.t", "id", "2"))
    assert [section.path.name for section in sections([dump, other], ["public.t"])] == ["dump.sql", "more.sql"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (r"Siti\tA.\nB\\", "Siti\tA.\nB\\"),
        (r"\N", None),
        (r"\\N", "\\N"),
        ("", ""),
        (r"a\b\f\r\v", "a\b\f\r\v"),
        (r"\q\é", "qé"),
        (r"\101\x42\x4g", "AB\x04g"),
        (r"caf\303\251 caf\xc3\xa9", "café café"),
        (r"\377", "\ufffd"),
        ("x\\", "x\\"),
        ("الفقه", "الفقه"),
    ],
)
def test_a_value_is_what_it_was(dump: Path, written: str, value: str | None) -> None:
    dump.write_text(block("public.t", "a, b", f"1\t{written}"))
    assert read(dump) == [(2, {"a": "1", "b": value})]


def test_windows_line_ends_are_no_part_of_a_value(dump: Path) -> None:
    dump.write_bytes(block("public.t", "a, b", "1\tx", "2\ty").replace("\n", "\r\n").encode())
    assert [row for _, row in read(dump)] == [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]


def test_a_torn_row_is_told_by_its_line(dump: Path) -> None:
    dump.write_text(block("public.t", "a, b", "1\tx", "torn", "3\ty\tz", "4\tw"))
    assert read(dump) == [(2, {"a": "1", "b": "x"}), (3, None), (4, None), (5, {"a": "4", "b": "w"})]


def test_letters_that_are_no_utf8_are_seen(dump: Path) -> None:
    dump.write_bytes(b"COPY public.t (a) FROM stdin;\ncaf\xe9\n\\.\n")
    assert read(dump) == [(2, {"a": "caf\ufffd"})]


def test_a_block_that_the_files_end_cut_off_gives_what_is_there(dump: Path) -> None:
    dump.write_text(block("public.t", "a", "1", "2", end="3"))
    (section,) = sections([dump], {"public.t"})
    assert section.size == len("1\n2\n3")
    assert [row for _, row in rows(section)] == [{"a": "1"}, {"a": "2"}, {"a": "3"}]


def test_progress_is_told_to_the_last_byte(dump: Path) -> None:
    dump.write_text(block("public.t", "a", *map(str, range(1200))))
    (section,) = sections([dump], {"public.t"})
    told: list[int] = []
    assert len(list(rows(section, told.append))) == 1200
    assert told == sorted(told)
    assert len(told) == 3
    assert told[-1] == section.size == sum(len(str(number)) + 1 for number in range(1200)) + len("\\.\n")


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="file-missing"):
        sections([tmp_path / "none.sql"], {"public.t"})
    with pytest.raises(ImportProblem, match="file-unreadable"):
        sections([tmp_path], {"public.t"})


VALUE = st.none() | st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace").decode())


@given(st.lists(st.tuples(VALUE, VALUE), max_size=6))
def test_what_postgresql_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[str | None, str | None]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "test_pg_copy-d.sql"
    lines = ["\t".join(map(escaped, pair)) for pair in values]
    path.write_bytes(block("public.t", "a, b", *lines).encode())
    assert [row for _, row in read(path)] == [{"a": a, "b": b} for a, b in values]


PIECES = st.sampled_from([b"COPY public.t (a, b) FROM stdin;\n", b"\\.\n", b"\\", b"\t", b"\n", b"\\N", b"\\x", b"\\8"])


@given(st.lists(PIECES | st.binary(max_size=6), max_size=20).map(b"".join))
def test_any_bytes_are_rows_of_the_right_width_or_none(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "test_pg_copy-d.sql"
    path.write_bytes(data)
    assert all(row is None or set(row) <= {"a", "b"} for _, row in read(path))
