"""A dump of several databases: tables of one name are never taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.importers.archives import open_packed
from app.importers.mysql_databases import choose_database
from app.importers.mysql_text import MOST_EXTENTS, DumpIndex, index_dump, table_rows
from app.importers.problems import ImportProblem

MARKS = {"biblio": frozenset({"biblio_id"}), "member": frozenset({"member_id"})}


def table(name: str, columns: str, *rows: str) -> str:
    body = ",".join(f"`{one}` text" for one in columns.split())
    return f"CREATE TABLE `{name}` ({body});\n" + "".join(f"INSERT INTO `{name}` VALUES {row};\n" for row in rows)


def read(path: Path, text: str, wanted: str = "", columns: tuple[str, ...] = ("member_id", "name")) -> list[list[str]]:
    """The readers of the chosen database."""
    path.write_text(text, encoding="utf-8")
    packed = open_packed(path)
    index = index_dump(packed)
    choose_database(index, wanted, MARKS, path.name)
    return [row.values or [row.fault] for row in table_rows(packed, index, "member", columns)]  # type: ignore[misc]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """Where the dump stands."""
    return tmp_path / "all.sql"


LIBRARY = table("member", "member_id name", "('M1','Ahmad')")
TRIAL = table("member", "name member_id", "('Uji','X1')")
SYSTEM = "CREATE DATABASE `mysql`;\nUSE `mysql`;\n" + table("user", "Host User", "('localhost','root')")


def test_of_two_libraries_none_is_taken_unasked(dump: Path) -> None:
    text = f"{SYSTEM}USE `slims`;\n{LIBRARY}use slims_uji ;\n{TRIAL}"
    with pytest.raises(ImportProblem) as refused:
        read(dump, text)
    assert refused.value.reason == "databases-several"
    assert refused.value.params["databases"] == "slims, slims_uji"
    assert read(dump, text, "slims") == [["M1", "Ahmad"]]
    # Columns stand otherwise in the trial database, and its own say how.
    assert read(dump, text, "slims_uji") == [["X1", "Uji"]]
    with pytest.raises(ImportProblem) as unknown:
        read(dump, text, "mysql")
    assert unknown.value.reason == "database-not-found"


@pytest.mark.parametrize("wanted", ["", "slims"])
def test_one_library_beside_system_databases_is_taken(dump: Path, wanted: str) -> None:
    other = "USE `koperasi`;\n" + table("member", "id saldo", "(1, 50000)")
    text = f"{SYSTEM}USE `slims`;\n{LIBRARY}USE `sys`;\n{table('item', 'x', '(1)')}{other}"
    assert read(dump, text, wanted) == [["M1", "Ahmad"]]


def test_an_empty_trial_library_is_not_asked_about(dump: Path) -> None:
    assert read(dump, f"USE `uji`;\n{table('member', 'member_id name')}USE `slims`;\n{LIBRARY}") == [["M1", "Ahmad"]]


def test_names_with_their_database(dump: Path) -> None:
    text = LIBRARY.replace("`member`", "`slims`.`member`") + TRIAL.replace("`member`", "`uji` . `member`")
    assert read(dump, text, "slims") == [["M1", "Ahmad"]]
    assert read(dump, text, "uji") == [["X1", "Uji"]]
    # Created without a name, filled under one.
    assert read(dump, table("member", "name member_id") + "INSERT INTO `slims`.`member` VALUES ('Ahmad','M1');") == [
        ["M1", "Ahmad"]
    ]


def test_tables_without_a_database_are_called_by_a_sign(dump: Path) -> None:
    text = f"{LIBRARY}USE `uji`;\n{TRIAL}"
    with pytest.raises(ImportProblem) as refused:
        read(dump, text)
    assert refused.value.params["databases"] == "-, uji"
    assert read(dump, text, "-") == [["M1", "Ahmad"]]


def test_databases_that_take_turns_stay_apart(dump: Path) -> None:
    turns = MOST_EXTENTS + 20
    text = f"USE a;\n{table('member', 'member_id name')}USE b;\n{table('member', 'name member_id')}"
    for n in range(turns):
        text += f"USE a;\nINSERT INTO member VALUES ('A{n}','a');\nINSERT INTO b.member VALUES ('b','B{n}');\nUSE b;\n"
        text += f"INSERT INTO `member` VALUES ('c','C{n}');\n"
    assert read(dump, text, "a") == [[f"A{n}", "a"] for n in range(turns)]
    rows = read(dump, text, "b")
    assert sorted(rows) == sorted([[f"B{n}", "b"] for n in range(turns)] + [[f"C{n}", "c"] for n in range(turns)])


def test_a_dump_with_nothing_of_the_system_is_left_to_its_reader() -> None:
    index = DumpIndex()
    choose_database(index, "", MARKS, "x.sql")
    assert not index.extents
