"""Bringing a store up to this program's schema: a verified backup first, then peewee's migration runner.

Imported only when there is something to bring up: peewee is not on the way to the window.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import apsw
from playhouse.apsw_ext import APSWDatabase
from playhouse.migrations import Runner

from app.ports import KnownError
from db.connection import APPLICATION_ID, SCHEMA_VERSION, connect, schema_of

DIRECTORY = Path(__file__).parent / "migrations"


class StoreDatabase(APSWDatabase):  # type: ignore[misc]
    """peewee's database over the prepared connection: migrations and the tables' model classes use it."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._key = key
        super().__init__(str(path))

    def _connect(self) -> apsw.Connection:
        connection = connect(Path(self.database), self._key, create=True)
        # peewee's migration history writes a datetime, which SQLite has no type for.
        connection.convert_binding = lambda _connection, _place, value: str(value)
        return connection


def bring_up(database: StoreDatabase, backup: Callable[[int], None], directory: Path = DIRECTORY) -> list[str]:
    """Apply what is missing and return the names applied.

    `backup(old version)` is called before the first step on a store that already holds something, and must raise
    when it could not make a copy that opens and checks; then nothing is changed. A newer store is refused.
    """
    found = schema_of(database.connection())
    runner = Runner(database, str(directory))
    newest = max(migration.idx for migration in runner.migrations())
    if found > newest:
        raise KnownError("store-too-new", {"found": found, "known": newest})
    if found == newest:
        return []
    if found:
        backup(found)
    applied = list(runner.up())
    database.execute_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    database.execute_sql(f"PRAGMA user_version = {newest}")
    assert newest == SCHEMA_VERSION or directory != DIRECTORY
    return applied
