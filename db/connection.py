"""Opening the store: the right SQLite, the key first, then the promises (WAL, FULL) every act stands on."""

from __future__ import annotations

import os
from pathlib import Path

import apsw

from app.ports import KnownError
from db.errors import known
from db.sql import Reading

# Below this, SQLite may corrupt a WAL file when two connections write or checkpoint at once (mended in 3.51.3).
OLDEST_SQLITE = (3, 51, 3)
SCHEMA_VERSION = 3
APPLICATION_ID = 0x6D656A61  # "meja"
BUSY_MS = 5000
WRITE_BACK_PAGES = 4000
PAGE_BYTES = 4096


def check_sqlite(version: str = "") -> None:
    """Refuse an SQLite library that can damage the store."""
    found = version or apsw.sqlite_lib_version()
    if tuple(int(part) for part in found.split(".")[:3]) < OLDEST_SQLITE:
        raise KnownError("sqlite-too-old", {"found": found, "needed": ".".join(str(part) for part in OLDEST_SQLITE)})


def raw_key_pragma(key: bytes) -> str:
    """The key as sqlite3mc takes a raw one: no key derivation, so that opening costs milliseconds."""
    if len(key) != 32:
        raise ValueError("a store key has 32 bytes")
    return f"'raw:{key.hex()}'"


def connect(path: Path, key: bytes, *, read_only: bool = False, create: bool = False) -> apsw.Connection:
    """A bare connection to an encrypted store; `KnownError` when the file or the key is not right."""
    flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE
    if create:
        flags |= apsw.SQLITE_OPEN_CREATE
    name = str(path)
    if read_only and _is_write_protected(path):
        # Beside a store on a write-protected disk no shared memory can be made; nobody else can write it either.
        name, flags = f"{path.absolute().as_uri()}?immutable=1", flags | apsw.SQLITE_OPEN_URI
    try:
        connection = apsw.Connection(name, flags=flags)
        try:
            prepare(connection, key, read_only=read_only)
            if _is_torn(path):
                raise KnownError("store-damaged", {"detail": "torn page"})
        except BaseException:
            connection.close()
            raise
    except apsw.Error as error:
        raise known(error) from error
    return connection


def _is_write_protected(path: Path) -> bool:
    """True when nothing can be written beside a store that was closed in order (no log lies beside it)."""
    return path.exists() and not path.with_name(path.name + "-wal").exists() and not os.access(path.parent, os.W_OK)


def _is_torn(path: Path) -> bool:
    """True when the file ends inside a page and no log is there to complete it.

    The cipher proves every whole page, but hands out a cut one as it lies on the disk.
    """
    try:
        if path.stat().st_size % PAGE_BYTES == 0:
            return False
        log = path.with_name(path.name + "-wal")
        return not (log.exists() and log.stat().st_size)
    except OSError:
        return False


def prepare(connection: apsw.Connection, key: bytes, *, read_only: bool = False) -> None:
    """Give a fresh connection the key and the store's settings."""
    connection.execute(f"PRAGMA key = {raw_key_pragma(key)}")
    connection.set_busy_timeout(BUSY_MS)
    connection.execute("SELECT count(*) FROM sqlite_master")
    connection.execute("PRAGMA cache_size = -16000")
    connection.execute("PRAGMA temp_store = memory")
    connection.execute("PRAGMA trusted_schema = off")
    if read_only:
        connection.execute("PRAGMA query_only = on")
    else:
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute("PRAGMA synchronous = full")
        # A running desk's second copy writes the log back long before; this is for whoever has none.
        connection.execute(f"PRAGMA wal_autocheckpoint = {WRITE_BACK_PAGES}")
        connection.execute("PRAGMA journal_size_limit = 16777216")


def schema_of(connection: Reading) -> int:
    """The schema number the file carries; 0 for an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check_schema(connection: apsw.Connection) -> None:
    """Refuse to read a store whose schema is not this program's: a newer one is not understood, an older one must be
    brought up by the desk first."""
    found = schema_of(connection)
    if found != SCHEMA_VERSION:
        code = "store-too-new" if found > SCHEMA_VERSION else "store-too-old"
        raise KnownError(code, {"found": found, "known": SCHEMA_VERSION})
