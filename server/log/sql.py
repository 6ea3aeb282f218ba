"""The one seam between the log's logic and a database: statements with `?`, and rows in batches.

A statement may ask for many names at once by `column IN (??)`; what is bound there is a list of texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = tuple[Any, ...]


class Sql(Protocol):
    """One transaction."""

    def all(self, statement: str, *values: Any) -> list[Row]:
        """All rows."""

    def one(self, statement: str, *values: Any) -> Row | None:
        """The first row."""

    def run(self, statement: str, *values: Any) -> int:
        """Change rows; how many."""

    def add(self, table: str, rows: Sequence[Row]) -> None:
        """New rows with all columns of a table in their order."""

    def put(self, table: str, rows: Sequence[Row]) -> None:
        """Rows that replace those of the same key; no key twice in one call."""


class Database(Protocol):
    """Where transactions come from. Any thread may ask."""

    def read(self) -> AbstractContextManager[Sql]:
        """A transaction that sees one moment and changes nothing."""

    def write(self) -> AbstractContextManager[Sql]:
        """A transaction that is committed when its block ends, and taken back by an exception. Writers of one library
        wait for each other at `LOCK`."""

    def close(self) -> None:
        """Let go of every connection."""


LIBRARY = "SELECT lib, id, zone, epoch, head, safe, hash, state, fold FROM library WHERE "
