"""Copies and readers as they were last read, as long as nobody has written since: one scan reads no fact twice.

A scan looks a code up, the act that follows decides from the same facts inside its own transaction, and the screen
shows them. SQLite tells whether anything was written in between, by this connection or by another; only then is
reading again worth its pages.
"""

from __future__ import annotations

from typing import TypeVar, cast

import apsw

Value = TypeVar("Value")
MOST = 256
"""A day of searching reads much and writes nothing."""


class Seen:
    """What one connection has read since the last write. Ask it inside a transaction only."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._state = (-1, -1)
        self._values: dict[tuple[type[object], str], object] = {}

    def get(self, kind: type[Value], key: str) -> Value | None:
        """What was kept of this kind under this key, if the store is still as it was then."""
        self._renew()
        return cast("Value | None", self._values.get((kind, key)))

    def keep(self, key: str, value: Value) -> Value:
        """Keep what was just read; gives it back."""
        self._renew()
        if len(self._values) >= MOST:
            self._values.clear()
        self._values[type(value), key] = value
        return value

    def forget(self) -> None:
        """Forget all: what was read in a transaction that was rolled back was never true."""
        self._values.clear()

    def _renew(self) -> None:
        version = self._connection.execute("PRAGMA data_version").fetchone()
        state = (self._connection.total_changes(), int(version[0]) if version else -1)
        if state != self._state:
            self._state = state
            self._values.clear()
