"""The log in a PostgreSQL database (15 or newer), any number of server processes beside each other."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import errors

from server.log.schema import TABLES, VERSION, creation
from server.log.sql import Row, Sql
from server.ports import StoreFault

_OLDEST = 150000
_KEPT = 8
# Any number that no other program in this database uses for its own lock.
_MAKING = 0x6D656A61
_ARRAYS = {"int": "bigint[]", "text": "text[]", "blob": "bytea[]"}


class PostgresSql:
    """A transaction on one connection."""

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._db = connection

    def all(self, statement: str, *values: Any) -> list[Row]:
        return self._db.execute(_translated(statement), values).fetchall()

    def one(self, statement: str, *values: Any) -> Row | None:
        return self._db.execute(_translated(statement), values).fetchone()

    def run(self, statement: str, *values: Any) -> int:
        return self._db.execute(_translated(statement), values).rowcount

    def add(self, table: str, rows: Sequence[Row]) -> None:
        if not rows:
            return
        with self._db.cursor() as cursor, cursor.copy(_copying(table)) as copy:
            for row in rows:
                copy.write_row(row)

    def put(self, table: str, rows: Sequence[Row]) -> None:
        if rows:
            self._db.execute(_putting(table), [list(column) for column in zip(*rows, strict=True)])


@lru_cache(maxsize=256)
def _translated(statement: str) -> Any:
    return statement.replace("IN (??)", "= ANY (%b)").replace("?", "%s")


@lru_cache(maxsize=64)
def _copying(table: str) -> Any:
    return f"COPY {table} ({', '.join(TABLES[table].names)}) FROM STDIN"


@lru_cache(maxsize=64)
def _putting(table: str) -> Any:
    found = TABLES[table]
    arrays = ", ".join(f"%b::{_ARRAYS[found.kind(name)]}" for name in found.names)
    changes = ", ".join(f"{name} = excluded.{name}" for name in found.names if name not in found.key)
    return (
        f"INSERT INTO {table} ({', '.join(found.names)}) SELECT * FROM unnest({arrays})"
        f" ON CONFLICT ({', '.join(found.key)}) DO UPDATE SET {changes}"
    )


class PostgresDatabase:
    """One database, named by a connection string. `schema` holds the tables ("" = the connection's own)."""

    def __init__(self, conninfo: str, schema: str = "") -> None:
        self._conninfo = conninfo
        self._schema = schema
        self._lock = threading.Lock()
        self._idle: list[psycopg.Connection[Row]] = []
        self._closed = False
        with _told():
            connection = self._connect()
            try:
                self._bring_up(connection)
            except BaseException:
                connection.close()
                raise
            self._give_back(connection)

    def _connect(self) -> psycopg.Connection[Row]:
        # Begin and end are said here, so that a reader can ask for one moment and a writer cannot forget its end.
        connection = psycopg.connect(self._conninfo, autocommit=True, application_name="meja")
        try:
            if connection.info.server_version < _OLDEST:
                raise StoreFault("database-too-old", str(connection.info.server_version))
            # A write that was answered has reached the disk, whatever the cluster's default.
            connection.execute("SET synchronous_commit = on")
            if self._schema:
                connection.execute("SELECT set_config('search_path', %s, false)", (self._schema,))
        except BaseException:
            connection.close()
            raise
        return connection

    def _bring_up(self, connection: psycopg.Connection[Row]) -> None:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MAKING,))
            row = connection.execute("SELECT to_regclass('meta')::text").fetchone()
            if row is None or row[0] is None:
                for statement in creation(postgres=True):
                    connection.execute(statement)
                connection.execute("INSERT INTO meta (key, value) VALUES ('schema', %s)", (str(VERSION).encode(),))
                return
            found = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
        if found is None or int(bytes(found[0])) > VERSION:
            raise StoreFault("store-too-new", bytes(found[0]).decode() if found else "")

    @contextmanager
    def write(self) -> Iterator[Sql]:
        with self._transaction("BEGIN") as connection:
            yield PostgresSql(connection)

    @contextmanager
    def read(self) -> Iterator[Sql]:
        with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as connection:
            yield PostgresSql(connection)

    @contextmanager
    def _transaction(self, begin: Any) -> Iterator[psycopg.Connection[Row]]:
        with _told():
            connection = self._begun(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if not connection.closed:
                    connection.execute("ROLLBACK") if not connection.broken else connection.close()
                raise
            finally:
                self._give_back(connection)

    def _begun(self, begin: Any) -> psycopg.Connection[Row]:
        """A connection inside a transaction; one that died while it lay idle is replaced."""
        while (connection := self._take()) is not None:
            try:
                connection.execute(begin)
            except psycopg.OperationalError:
                connection.close()
            else:
                return connection
        connection = self._connect()
        connection.execute(begin)
        return connection

    def _take(self) -> psycopg.Connection[Row] | None:
        with self._lock:
            if self._closed:
                raise StoreFault("store-closed")
            return self._idle.pop() if self._idle else None

    def _give_back(self, connection: psycopg.Connection[Row]) -> None:
        with self._lock:
            if not self._closed and not connection.closed and len(self._idle) < _KEPT:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


@contextmanager
def _told() -> Iterator[None]:
    """Say a database's own errors in the store's words. What it was asked may hold data, so only its kind is told."""
    try:
        yield
    except (errors.DiskFull, errors.OutOfMemory) as error:
        raise StoreFault("disk-full", type(error).__name__) from error
    except (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure) as error:
        raise StoreFault("busy", type(error).__name__) from error
    except (errors.DataCorrupted, errors.IndexCorrupted) as error:
        raise StoreFault("store-damaged", type(error).__name__) from error
    except psycopg.OperationalError as error:
        raise StoreFault("store-not-readable", type(error).__name__) from error
