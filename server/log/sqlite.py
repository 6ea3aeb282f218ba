"""The log in one SQLite file: one writer, any number of readers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import apsw

from server.log.schema import TABLES, VERSION, creation
from server.log.sql import Row, Sql
from server.ports import StoreFault

_BUSY_MS = 10_000
_APPLICATION_ID = 0x6D656A73  # "mejs"
_KEPT_READERS = 8
# What a push looks at again, and what a page does; the system keeps the file itself at hand.
_WRITER_KB, _READER_KB = 8000, 1000


class SqliteSql:
    """A transaction on one connection."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._db = connection

    def all(self, statement: str, *values: Any) -> list[Row]:
        return self._db.execute(_translated(statement), _bound(values)).fetchall()

    def one(self, statement: str, *values: Any) -> Row | None:
        row: Row | None = self._db.execute(_translated(statement), _bound(values)).fetchone()
        return row

    def run(self, statement: str, *values: Any) -> int:
        self._db.execute(_translated(statement), _bound(values))
        return self._db.changes()

    def add(self, table: str, rows: Sequence[Row]) -> None:
        self._db.executemany(_adding(table), rows)

    def put(self, table: str, rows: Sequence[Row]) -> None:
        self._db.executemany(_putting(table), rows)


@lru_cache(maxsize=256)
def _translated(statement: str) -> str:
    return statement.replace("IN (??)", "IN (SELECT value FROM json_each(?))").replace(" FOR UPDATE", "")


def _bound(values: Sequence[Any]) -> Sequence[Any]:
    return [json.dumps(value) if isinstance(value, list) else value for value in values]


@lru_cache(maxsize=64)
def _adding(table: str) -> str:
    names = TABLES[table].names
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


@lru_cache(maxsize=64)
def _putting(table: str) -> str:
    found = TABLES[table]
    changes = ", ".join(f"{name} = excluded.{name}" for name in found.names if name not in found.key)
    return f"{_adding(table)} ON CONFLICT ({', '.join(found.key)}) DO UPDATE SET {changes}"


class SqliteDatabase:
    """One file. `key` encrypts it (32 raw bytes; None = as it is)."""

    def __init__(self, path: Path, key: bytes | None = None) -> None:
        self.path = path
        self._key = key
        self._lock = threading.Lock()
        self._lock_of_idle = threading.Lock()
        self._idle: list[apsw.Connection] = []
        self._closed = False
        with _told():
            self._writer = self._connect(_WRITER_KB)
            try:
                self._bring_up()
            except BaseException:
                self._writer.close()
                raise

    def _connect(self, cache_kb: int) -> apsw.Connection:
        connection = apsw.Connection(str(self.path))
        try:
            if self._key is not None:
                connection.execute(f"PRAGMA key = 'raw:{self._key.hex()}'")
            connection.set_busy_timeout(_BUSY_MS)
            connection.execute("PRAGMA journal_mode = wal")
            connection.execute("PRAGMA synchronous = full")
            connection.execute(f"PRAGMA cache_size = -{cache_kb}")
            connection.execute("PRAGMA temp_store = memory")
            connection.execute("PRAGMA trusted_schema = off")
            connection.execute("PRAGMA wal_autocheckpoint = 4000")
        except BaseException:
            connection.close()
            raise
        return connection

    def _bring_up(self) -> None:
        row: Row | None = self._writer.execute("PRAGMA user_version").fetchone()
        found = row[0] if row else 0
        if found > VERSION:
            raise StoreFault("store-too-new", str(found))
        if found == 0:
            with self._writer:
                for statement in creation(postgres=False):
                    self._writer.execute(statement)
                self._writer.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                self._writer.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def write(self) -> Iterator[Sql]:
        with _told(), self._lock:
            if self._closed:
                raise StoreFault("store-closed")
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteSql(self._writer)
                self._writer.execute("COMMIT")
            except BaseException:
                if not self._writer.get_autocommit():
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def read(self) -> Iterator[Sql]:
        with _told():
            connection = self._take()
            try:
                connection.execute("BEGIN")
                yield SqliteSql(connection)
            finally:
                if not connection.get_autocommit():
                    connection.execute("ROLLBACK")
                self._give_back(connection)

    def _take(self) -> apsw.Connection:
        with self._lock_of_idle:
            if self._closed:
                raise StoreFault("store-closed")
            if self._idle:
                return self._idle.pop()
        return self._connect(_READER_KB)

    def _give_back(self, connection: apsw.Connection) -> None:
        with self._lock_of_idle:
            if not self._closed and len(self._idle) < _KEPT_READERS:
                self._idle.append(connection)
                return
        connection.close()

    def copy_to(self, target: Path) -> None:
        """A whole copy of the file as it is now, with the same key."""
        with _told():
            source, copy = self._take(), apsw.Connection(str(target))
            try:
                if self._key is not None:
                    copy.execute(f"PRAGMA key = 'raw:{self._key.hex()}'")
                with copy.backup("main", source, "main") as backup:
                    while not backup.done:
                        backup.step(2000)
                copy.execute("PRAGMA journal_mode = delete")
            finally:
                copy.close()
                self._give_back(source)

    def close(self) -> None:
        with self._lock, self._lock_of_idle:
            self._closed = True
            for connection in (*self._idle, self._writer):
                connection.close()
            self._idle.clear()


@contextmanager
def _told() -> Iterator[None]:
    """Say a database's own errors in the store's words."""
    try:
        yield
    except (apsw.BusyError, apsw.LockedError) as error:
        raise StoreFault("busy", str(error)) from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise StoreFault("store-damaged", str(error)) from error
    except apsw.FullError as error:
        raise StoreFault("disk-full", str(error)) from error
    except (apsw.IOError, apsw.CantOpenError, apsw.ReadOnlyError) as error:
        raise StoreFault("store-not-readable", str(error)) from error
