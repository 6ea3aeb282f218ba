"""Opening a store: only with the right SQLite, only with the key, only as what it is."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from app.ports import KnownError
from db.connection import SCHEMA_VERSION, check_schema, check_sqlite, connect, raw_key_pragma
from tests.builders import Library

KEY = bytes(range(32))


@pytest.mark.parametrize("version", ["3.51.2", "3.50.99", "3.8.0", "2.99.99"])
def test_an_sqlite_that_can_damage_the_store_is_refused(version: str) -> None:
    with pytest.raises(KnownError) as error:
        check_sqlite(version)
    assert error.value.code == "sqlite-too-old"
    assert error.value.params == {"found": version, "needed": "3.51.3"}


@pytest.mark.parametrize("version", ["", "3.51.3", "3.52.0", "4.0.0"])
def test_a_mended_sqlite_is_taken(version: str) -> None:
    check_sqlite(version)


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_has_32_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        raw_key_pragma(b"x" * size)


def test_without_the_key_the_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    connection = connect(path, KEY, create=True)
    connection.execute("CREATE TABLE secret (words)")
    connection.execute("INSERT INTO secret VALUES ('Ahmad Fauzi')")
    connection.close()
    assert not path.read_bytes().startswith(b"SQLite format 3")
    assert b"Ahmad" not in path.read_bytes()
    for key in (bytes(32), KEY[::-1]):
        with pytest.raises(KnownError) as error:
            connect(path, key)
        assert error.value.code == "store-not-readable"
    plain = apsw.Connection(str(path))
    with pytest.raises(apsw.NotADBError):
        plain.execute("SELECT * FROM secret")
    plain.close()


def test_no_file_is_made_unless_it_is_wanted(tmp_path: Path) -> None:
    for read_only in (True, False):
        with pytest.raises(KnownError) as error:
            connect(tmp_path / "none.db", KEY, read_only=read_only)
        assert error.value.code == "store-not-found"
    assert list(tmp_path.iterdir()) == []


def test_a_reader_cannot_write(library: Library) -> None:
    beside = connect(library.home.store, library.store.key, read_only=True)
    with pytest.raises(apsw.ReadOnlyError):
        beside.execute("UPDATE meta SET value = 1")
    beside.close()


@pytest.mark.parametrize(
    ("schema", "code"), [(SCHEMA_VERSION + 1, "store-too-new"), (SCHEMA_VERSION - 1, "store-too-old")]
)
def test_a_schema_of_another_program_is_not_read(library: Library, schema: int, code: str) -> None:
    check_schema(library.store.connection)
    library.store.connection.execute(f"PRAGMA user_version = {schema}")
    with pytest.raises(KnownError) as error:
        check_schema(library.store.connection)
    assert error.value.code == code
