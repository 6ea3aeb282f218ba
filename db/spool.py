"""The print spool: slips wait here until a printer took them; a dead printer never blocks a loan."""

from __future__ import annotations

import json
from typing import Any

import apsw
from msgspec import Struct

from db.errors import spoken
from db.sql import Reading

TRIES = 1000


class PrintJob(Struct, frozen=True):
    """One thing to print."""

    n: int
    kind: str
    body: dict[str, Any]
    attempts: int


class Spool:
    """The spool over a connection of its own; used by the printer thread only."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._db = connection

    def next(self) -> PrintJob | None:
        """The oldest waiting job."""
        reading: Reading = self._db
        with spoken():
            row = reading.execute(
                "SELECT n, kind, body, attempts FROM print_job WHERE state = 'waiting' ORDER BY n LIMIT 1"
            ).fetchone()
        return PrintJob(row[0], row[1], json.loads(row[2]), row[3]) if row else None

    def waiting(self) -> int:
        """How many jobs wait."""
        reading: Reading = self._db
        with spoken():
            return int(reading.execute("SELECT count(*) FROM print_job WHERE state = 'waiting'").fetchone()[0])

    def done(self, n: int, now: int) -> None:
        """A job is on paper."""
        self._write("UPDATE print_job SET state = 'done', done_at = ?, problem = '' WHERE n = ?", (now, n))

    def failed(self, n: int, problem: str) -> None:
        """A job could not be printed now; it stays in the queue."""
        self._write("UPDATE print_job SET attempts = attempts + 1, problem = ? WHERE n = ?", (problem[:200], n))

    def drop(self, n: int, problem: str) -> None:
        """A job that can never be printed is put away with its reason."""
        self._write("UPDATE print_job SET state = 'dropped', problem = ? WHERE n = ?", (problem[:200], n))

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _write(self, statement: str, values: tuple[Any, ...]) -> None:
        with spoken(), self._db:
            self._db.execute(statement, values)
