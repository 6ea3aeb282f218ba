"""Opens the store that a command is about, and finds the library and the desk it means."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.cli.paths import path_of
from app.ports import KnownError
from server.home import Home, default_home
from server.log.store import SqlLogStore, open_postgres, open_sqlite
from server.ports import DeskState, LibraryState, LogStore

DATABASE_VARIABLE = "MEJA_SERVER_DATABASE"


def now_ms() -> int:
    """The server's time."""
    return time.time_ns() // 1_000_000


def home_of(options: argparse.Namespace) -> Home:
    """The server's folder."""
    return Home(path_of(options.home) if options.home else default_home())


def database_of(options: argparse.Namespace) -> str:
    """The PostgreSQL address, "" for SQLite in the home. It may hold a password: nobody says or logs it."""
    return str(options.database) or os.environ.get(DATABASE_VARIABLE, "")


@contextmanager
def opened(options: argparse.Namespace, home: Home) -> Iterator[SqlLogStore]:
    """The store, closed at the end."""
    database = database_of(options)
    if database and not database.startswith(("postgresql://", "postgres://")):
        raise KnownError("server-database")
    store = open_postgres(database, now_ms()) if database else open_sqlite(home.store, home.key(), now_ms())
    try:
        yield store
    finally:
        store.close()


def library_of(store: LogStore, options: argparse.Namespace) -> LibraryState:
    """The library that is meant: the named one, or the only one. Raises KnownError."""
    libraries = store.libraries()
    if not libraries:
        raise KnownError("server-no-library")
    named = [one for one in libraries if one.library == options.library] if options.library else libraries
    if len(named) != 1:
        raise KnownError("server-which-library", {"libraries": ", ".join(one.library for one in libraries)})
    return named[0]


def desk_of(store: LogStore, library: LibraryState, said: str) -> DeskState:
    """The desk whose name, short code or fingerprint (or its beginning) was said. Raises KnownError."""
    desks = store.desks(library.library)
    exact = [desk for desk in desks if said in (desk.desk, desk.name, desk.code)]
    found = exact or [desk for desk in desks if len(said) >= 4 and desk.desk.startswith(said.lower())]
    if len(found) != 1:
        names = ", ".join(f"{desk.name} ({desk.desk[:8]})" for desk in desks)
        raise KnownError("server-which-desk", {"found": said, "desks": names})
    return found[0]


def out_of(text: str) -> Path | None:
    """Where something is written; None for standard output."""
    return path_of(text) if text else None
