"""Numbers are given in commit order: a reader who has seen number n never meets a smaller one later.

The usual way, a sequence of the database, loses events as soon as two writers are at work at once: the second commits
first, the reader moves past both, and the first one's events are never read. Both are tried here on PostgreSQL.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from server.log.store import SqlLogStore, open_postgres
from tests.server.log.conftest import fresh_schema
from tests.server.log.lives import LIBRARY, NOW, Writer, push, with_desks

WRITERS, RUNS = 8, 12


@pytest.fixture
def schema(postgres: str) -> str:
    return fresh_schema(postgres)


def naive(conninfo: str, schema: str) -> psycopg.Connection[tuple[int, ...]]:
    """A connection to the log as it is usually made."""
    connection = psycopg.connect(conninfo, autocommit=True)
    connection.execute(f"SET search_path = {schema}".encode())
    connection.execute(
        "CREATE TABLE IF NOT EXISTS log (gsn BIGSERIAL PRIMARY KEY, writer INT NOT NULL, number INT NOT NULL)"
    )
    return connection


def test_a_sequence_loses_what_was_committed_late(postgres: str, schema: str) -> None:
    slow, quick, reader = (naive(postgres, schema) for _ in range(3))
    with slow, quick, reader:
        slow.execute("BEGIN")
        slow.execute("INSERT INTO log (writer, number) VALUES (1, 1)")
        quick.execute("INSERT INTO log (writer, number) VALUES (2, 1)")
        cursor = max(gsn for (gsn,) in reader.execute("SELECT gsn FROM log"))
        slow.execute("COMMIT")
        assert reader.execute("SELECT count(*) FROM log WHERE gsn > %s", (cursor,)).fetchone() == (0,)
        assert reader.execute("SELECT count(*) FROM log").fetchone() == (2,)
        assert cursor == 2


def read_beside(writing: Callable[[], None], read: Callable[[int], list[int]]) -> list[int]:
    """What a reader gets who follows a log by its cursor while it is written, and once more afterwards."""
    done = threading.Event()
    seen: list[int] = []

    def follow() -> None:
        while True:
            ended = done.is_set()
            found = read(seen[-1] if seen else 0)
            seen.extend(found)
            if ended and not found:
                return

    with ThreadPoolExecutor(1) as reader:
        following = reader.submit(follow)
        try:
            writing()
        finally:
            done.set()
        following.result()
    return seen


def test_eight_writers_lose_nothing(postgres: str, schema: str) -> None:
    writers = [Writer(f"writer {number}") for number in range(WRITERS)]
    for writer in writers:
        for number in range(RUNS * 3):
            writer.lend(number % 5) if number % 2 else writer.bring(number % 5)
    store = with_desks(open_postgres(postgres, NOW, schema), *writers)
    hashes = [""]

    def write(writer: Writer) -> None:
        # A store of its own for each, as with several server processes.
        mine = open_postgres(postgres, NOW, schema)
        try:
            for number in range(RUNS):
                assert push(mine, writer.run(number * 3 + 1, number * 3 + 3)).runs[0].status == "stored"
        finally:
            mine.close()

    def write_all() -> None:
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(write, writers))

    def read(cursor: int) -> list[int]:
        page = store.pull(LIBRARY, "", cursor, hashes[-1], 50, own_whole=True, now=NOW)
        assert not page.moved
        hashes.append(page.hash)
        return [entry.gsn + n for entry in page.entries if entry.run for n in range(len(entry.run.rows))]

    try:
        seen = read_beside(write_all, read)
        assert seen == list(range(1, WRITERS * RUNS * 3 + 1))
        assert list(store.check(LIBRARY)) == []
    finally:
        store.close()


@pytest.mark.slow
def test_eight_writers_with_a_sequence_lose_events(postgres: str, schema: str) -> None:
    naive(postgres, schema).close()

    def write(writer: int) -> None:
        with naive(postgres, schema) as connection:
            for number in range(RUNS * 10):
                with connection.transaction():
                    connection.execute("INSERT INTO log (writer, number) VALUES (%s, %s)", (writer, number))
                    connection.execute("SELECT pg_sleep(random() / 500)")

    def write_all() -> None:
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(write, range(WRITERS)))

    reader = naive(postgres, schema)

    def read(cursor: int) -> list[int]:
        return [gsn for (gsn,) in reader.execute("SELECT gsn FROM log WHERE gsn > %s ORDER BY gsn", (cursor,))]

    try:
        seen = read_beside(write_all, read)
    finally:
        reader.close()
    assert len(seen) < WRITERS * RUNS * 10


def test_eight_writers_lose_nothing_in_sqlite_either(store: SqlLogStore) -> None:
    writers = [Writer(f"writer {number}") for number in range(WRITERS)]
    for writer in writers:
        for number in range(RUNS):
            writer.bring(number % 5)
    with_desks(store, *writers)

    def write(writer: Writer) -> None:
        for number in range(RUNS):
            push(store, writer.run(number + 1, number + 1))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, writers))
    assert store.head(LIBRARY, NOW).head == WRITERS * RUNS
    assert list(store.check(LIBRARY)) == []
