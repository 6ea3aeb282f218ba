"""Bringing a store up to this program's schema: a verified backup first, then peewee's migration runner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playhouse.migrations import Runner

from app.ports import KnownError
from db.connection import APPLICATION_ID, SCHEMA_VERSION, StoreDatabase

DIRECTORY = Path(__file__).parent / "migrations"


def schema_version(database: StoreDatabase) -> int:
    """The schema number the file carries; 0 for an empty file."""
    return int(database.execute_sql("PRAGMA user_version").fetchone()[0])


def bring_up(database: StoreDatabase, backup: Callable[[int], None], directory: Path = DIRECTORY) -> list[str]:
    """Apply what is missing and return the names applied.

    `backup(old version)` is called before the first step on a store that already holds something, and must raise
    when it could not make a copy that opens and checks; then nothing is changed. A newer store is refused.
    """
    found = schema_version(database)
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
