"""Rows out of the text of dumps, in all the ways MySQL's tools write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.importers import mysql_text
from app.importers.archives import open_packed
from app.importers.mysql_text import DumpIndex, SqlRow, index_dump, table_rows
from app.importers.problems import ImportProblem
from tests.importers.slims_dump_text import quoted

CREATE = "CREATE TABLE `t` (\n  `a` int(11) NOT NULL,\n  `b` text COMMENT 'x, (y)',\n  PRIMARY KEY (`a`)\n);\n"


def rows_of(path: Path, text: str | bytes, table: str = "t", wanted: tuple[str, ...] = ("a", "b")) -> list[SqlRow]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    packed = open_packed(path)
    return list(table_rows(packed, index_dump(packed), table, wanted))


def values_of(path: Path, text: str | bytes, wanted: tuple[str, ...] = ("a", "b")) -> list[list[str | None]]:
    return [row.values for row in rows_of(path, text, wanted=wanted)]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    return tmp_path / "dump.sql"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("'it''s'", "it's"),
        (r"'it\'s'", "it's"),
        (r"'a\\b'", r"a\b"),
        (r"'ends with it\\'", "ends with it\\"),
        (r"'\''", "'"),
        ("'''first and last'''", "'first and last'"),
        ("'5, (x'", "5, (x"),
        (r"'line\r\nbreak'", "line\r\nbreak"),
        ("'line\nbreak'", "line\nbreak"),
        (r"'\0\Z\t\%\_'", "\0\x1a\t\\%\\_"),
        (r"'Kamus \"Arab\"; edisi, (revisi)'", 'Kamus "Arab"; edisi, (revisi)'),
        ("'),(9,''x'", "),(9,'x"),
        ('"double ""quoted"" it\'s"', 'double "quoted" it\'s'),
        ("NULL", None),
        ("null", None),
        ("'NULL'", "NULL"),
        ("-12.50", "-12.50"),
        ("TRUE", "1"),
        ("0x4869C3A9", "Hié"),
        ("0xD8A8D8A7D8A8", "باب"),
        ("X'4869'", "Hi"),
        ("_binary 'bytes'", "bytes"),
        ("_utf8mb4'letters'", "letters"),
        ("N'letters'", "letters"),
        ("DATE(NOW())", None),
        ("CONCAT('a', ')', 'b')", None),
        ("''", ""),
        ("'كتاب 📚'", "كتاب 📚"),
        ("'DeveloperÃƒÂ¢s'", "DeveloperÃƒÂ¢s"),
    ],
)
def test_a_value_is_read_as_it_was_meant(dump: Path, written: str, read: str | None) -> None:
    assert values_of(dump, f"{CREATE}INSERT INTO `t` VALUES (1,{written}),(2,'next');\n") == [
        ["1", read],
        ["2", "next"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{CREATE}INSERT INTO `t` VALUES (1,'x'),(2,'y');",
        f"{CREATE}INSERT INTO `t` VALUES\n(1,'x'),\n(2,'y');\n",
        f"{CREATE}INSERT INTO `t` VALUES (1,'x');\nINSERT INTO `t` VALUES (2,'y');\n",
        f"{CREATE}INSERT IGNORE INTO t VALUES (1, 'x') , (2, 'y')",
        "INSERT INTO `t` (`b`, `a`) VALUES ('x', 1),\n ('y', 2);",
        "replace into `lib`.`t` (b,a) values ('x',1),('y',2) ON DUPLICATE KEY UPDATE b='z;z';",
        f"{CREATE}LOCK TABLES `t` WRITE;\n/*!40000 ALTER TABLE `t` DISABLE KEYS */;\n"
        "INSERT INTO `t` VALUES (1,'x'),(2,'y');\n"
        "/*!40000 ALTER TABLE `t` ENABLE KEYS */;\nUNLOCK TABLES;\n",
        f"-- it's a comment; INSERT INTO `t` VALUES (7,'no');\n# another 'one\n{CREATE}/* and; ' a third */"
        "INSERT INTO `t` VALUES (1,'x'),(2,'y');",
        f"{CREATE}DELIMITER ;;\nCREATE TRIGGER i AFTER INSERT ON `t` FOR EACH ROW BEGIN\n"
        " INSERT INTO `t` VALUES (7,'no');\nEND;;\nDELIMITER ;\nINSERT INTO `t` VALUES (1,'x'),(2,'y');\n",
        f"\ufeff{CREATE.replace(chr(10), chr(13) + chr(10))}INSERT INTO `t` VALUES (1,'x'),\r\n(2,'y');\r\n",
    ],
)
def test_every_way_to_write_the_same_rows_gives_the_same(dump: Path, text: str) -> None:
    assert values_of(dump, text) == [["1", "x"], ["2", "y"]]


def test_utf16_of_powershell_is_read(dump: Path) -> None:
    text = f"{CREATE}INSERT INTO `t` VALUES (1,'é'),(2,'y');\n"
    assert values_of(dump, text.encode("utf-16")) == [["1", "é"], ["2", "y"]]


def test_letters_that_are_no_utf8_are_read_as_windows_and_told(dump: Path) -> None:
    (row, other) = rows_of(dump, CREATE.encode() + b"INSERT INTO `t` VALUES (1,'caf\xe9 \x93q\x94'),(2,'caf\xc3\xa9');")
    assert (row.values, row.guessed) == (["1", "café “q”"], True)
    assert (other.values, other.guessed) == (["2", "café"], False)


def test_rows_know_their_lines(dump: Path) -> None:
    rows = rows_of(
        dump, f"{CREATE}INSERT INTO `t` VALUES\n(1,'x\ny'),\n(2,'y');\n-- c\nINSERT INTO `t` VALUES (3,'z');"
    )
    assert [row.line for row in rows] == [7, 9, 11]


def test_unwanted_columns_are_left_and_missing_ones_are_unknown(dump: Path) -> None:
    text = "INSERT INTO `t` (a,b,c) VALUES (1,'x',3);"
    assert values_of(dump, text, ("c", "nowhere", "a")) == [["3", None, "1"]]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("INSERT INTO `t` VALUES (1,'x');", ["columns-unknown"]),
        (f"{CREATE}INSERT INTO `t` VALUES (1,'x',3),(2,'y');", ["value-count-wrong", ""]),
        (f"{CREATE}INSERT INTO `t` VALUES (1,'x'", ["row-unreadable"]),
        (f"{CREATE}INSERT INTO `t` VALUES (1,'x);", ["row-unreadable"]),
    ],
)
def test_what_cannot_be_read_is_told(dump: Path, text: str, faults: list[str]) -> None:
    assert [row.fault for row in rows_of(dump, text)] == faults


def test_a_row_beyond_all_measure_costs_only_its_statement(dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mysql_text, "LONGEST_ROW", 1 << 20)
    long = "x;'" * 2_000_000
    text = f"{CREATE}INSERT INTO `t` VALUES (1,{quoted(long)});\nINSERT INTO `t` VALUES (2,'y');"
    rows = rows_of(dump, text)
    assert [(row.fault, row.values) for row in rows] == [("row-too-long", []), ("", ["2", "y"])]


def test_a_long_unwanted_statement_is_stepped_over(dump: Path) -> None:
    text = f"INSERT INTO `blob` VALUES ({quoted('a;b' + chr(39) * 3_000_001)},0x{'00' * 2_000_000});\n{CREATE}"
    assert values_of(dump, text + "INSERT INTO `t` VALUES (1,'x');") == [["1", "x"]]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (f"{CREATE}INSERT INTO `t` VALUES (1,'x');\n-- Dump completed", True),
        (f"{CREATE}INSERT INTO `t` VALUES (1,'x'),(2,'", False),
        (f"{CREATE}INSERT INTO `t` VALUES (1,'x'", False),
        ("/* open comment", False),
        ("DELIMITER ;;\nCREATE TRIGGER", False),
    ],
)
def test_a_dump_that_was_cut_off_is_seen(dump: Path, text: str, whole: bool) -> None:
    dump.write_text(text)
    assert index_dump(open_packed(dump)).whole is whole


def test_blocks_that_end_anywhere_change_nothing(dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [
        f"({n},{quoted(chr(39) * (n % 5) + 'é' * (n % 3) + chr(92) * (n % 4) + ';--' + str(n))})" for n in range(60)
    ]
    text = f"{CREATE}# it's\nINSERT INTO `t` VALUES {','.join(parts)};\n/* ' */INSERT INTO `u` VALUES ('it''s;');\n"
    whole = rows_of(dump, text * 2)
    for size in (1, 2, 3, 7, 64, 100):
        monkeypatch.setattr(mysql_text, "CHUNK", size)
        assert rows_of(dump, text * 2) == whole, size
    assert len(whole) == 120


def test_tables_may_be_scattered(dump: Path) -> None:
    text = CREATE + "".join(f"INSERT INTO `t` VALUES ({n},'x');INSERT INTO `u` VALUES ({n});" for n in range(200))
    assert len(values_of(dump, text)) == 200


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**9), st.one_of(st.none(), st.text(max_size=30))), max_size=8))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str | None]]) -> None:
    rows = [(n, None if b is None else b.encode("utf-8", "replace").decode()) for n, b in rows]
    path = tmp_path_factory.getbasetemp() / "test_mysql_text-d.sql"
    text = CREATE + "".join(f"INSERT INTO `t` VALUES ({n},{quoted(b)});\n" for n, b in rows)
    assert values_of(path, text) == [[str(n), b] for n, b in rows]


_PIECES = st.sampled_from(
    [b"INSERT INTO `t` VALUES ", b"(1,'x')", b"'", b'"', b"\\", b";", b"/*", b"*/", b"--", b"#", b"\n",
     b"DELIMITER ;;\n", b"CREATE TABLE `t` (", b"`", b",", b"(", b")", b"\xff", b"NULL", b"0x1", b"X'",
     b"/", b"-", b"ON "]
)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(st.lists(st.one_of(_PIECES, st.binary(max_size=6)), max_size=25))
def test_no_bytes_do_harm(tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]) -> None:
    path = tmp_path_factory.getbasetemp() / "test_mysql_text-d.sql"
    path.write_bytes(b"".join(pieces))
    try:
        packed = open_packed(path)
        index = index_dump(packed)
        for table in index.extents:
            list(table_rows(packed, index, table, ("a", "b")))
    except ImportProblem:
        pass


def test_an_unknown_table_has_no_rows(dump: Path) -> None:
    dump.write_text("SELECT 1;")
    assert list(table_rows(open_packed(dump), DumpIndex(), "t", ("a",))) == []
