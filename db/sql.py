"""How the room looks at a connection: rows are plain tuples whose column types the statement's writer knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol


class Rows(Protocol):
    """The rows of one statement."""

    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Reading(Protocol):
    """A connection as the readers use it."""

    def execute(self, statements: str, bindings: Any = None, /) -> Rows: ...
