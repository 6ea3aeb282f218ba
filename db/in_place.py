"""Whether an open store still lies where it was opened.

A file that was removed, moved or put over under a running desk goes on taking acts that nobody finds again: what counts
is what lies at the path. Windows lets nobody do that to an open file.
"""

from __future__ import annotations

import os

from app.ports import KnownError

_PARTS = ("", "-wal", "-shm")


class InPlace:
    """Remembers which files an open store in WAL mode consists of, by device and number."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._names = [path + part for part in _PARTS] if os.name == "posix" else []
        self._opened = self._now()

    def check(self) -> None:
        """`KnownError("store-moved")` when the path holds other files than the opened ones; costs microseconds."""
        if self._now() != self._opened:
            raise KnownError("store-moved", {"path": self._path})

    def _now(self) -> list[tuple[int, int]]:
        try:
            return [(found.st_dev, found.st_ino) for found in map(os.stat, self._names)]
        except OSError:
            return []
