"""The print spool: slips wait here until a printer took them; a dead printer never blocks a loan."""

from __future__ import annotations

import json
from typing import Any

import apsw
from msgspec import Struct

from db.errors import spoken
from db.sql import Reading

_HANDED_OVER = "handed-over"
"""Stands in `problem` from the moment a job goes to the printer until it is known what became of it."""


class PrintJob(Struct, frozen=True):
    """One thing to print. `maybe_printed`: an earlier try may have put it on paper, and nobody could note it."""

    n: int
    kind: str
    body: dict[str, Any]
    attempts: int
    maybe_printed: bool


class Spool:
    """The spool over a connection of its own; used by the printer thread only."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._db = connection

    def next(self) -> PrintJob | None:
        """The oldest waiting job."""
        reading: Reading = self._db
        with spoken():
            row = reading.execute(
                "SELECT n, kind, body, attempts, problem FROM print_job WHERE state = 'waiting' ORDER BY n LIMIT 1"
            ).fetchone()
        if row is None:
            return None
        return PrintJob(row[0], row[1], json.loads(row[2]), row[3], row[4].startswith(_HANDED_OVER))

    def waiting(self) -> int:
        """How many jobs wait."""
        reading: Reading = self._db
        with spoken():
            return int(reading.execute("SELECT count(*) FROM print_job WHERE state = 'waiting'").fetchone()[0])

    def begun(self, n: int) -> bool:
        """A job goes to the printer now, unless the desk has withdrawn it meanwhile (False). Nothing is printed without
        this note: after a cut nobody else knows of it."""
        return self._write("UPDATE print_job SET problem = ? WHERE n = ? AND state = 'waiting'", (_HANDED_OVER, n)) > 0

    def done(self, n: int, now: int) -> None:
        """A job is on paper."""
        self._write("UPDATE print_job SET state = 'done', done_at = ?, problem = '' WHERE n = ?", (now, n))

    def failed(self, n: int, problem: str, *, maybe_printed: bool) -> None:
        """A job could not be printed now, or not surely; it stays in the queue."""
        noted = f"{_HANDED_OVER} {problem}" if maybe_printed else problem
        self._write("UPDATE print_job SET attempts = attempts + 1, problem = ? WHERE n = ?", (noted[:200], n))

    def drop(self, n: int, problem: str) -> None:
        """A job that can never be printed is put away with its reason."""
        self._write("UPDATE print_job SET state = 'dropped', problem = ? WHERE n = ?", (problem[:200], n))

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _write(self, statement: str, values: tuple[Any, ...]) -> int:
        """How many jobs a statement changed."""
        with spoken():
            with self._db:
                self._db.execute(statement, values)
            return self._db.changes()
