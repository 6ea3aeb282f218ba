"""How many cases wait, counted by a thread of its own: no scan waits for a look through the whole library."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

import apsw

from app.ports import KnownError
from db.cases import Cases
from db.errors import spoken
from db.sql import Reading

LEAST = 15.0
"""Seconds between two counts, at least."""
SHARE = 100
"""A count is made again only after this many times as long as it took: it stays a hundredth of the machine."""


class CaseCount:
    """The count of one home, made anew some time after anything was committed. `open_reader` gives the thread its own
    connection; it rests for `rest` seconds before it begins."""

    def __init__(
        self, open_reader: Callable[[], apsw.Connection], library: str, *, rest: float = 0.0, least: float = LEAST
    ) -> None:
        self._open_reader = open_reader
        self._library = library
        self._rest = rest
        self._least = least
        self._news = threading.Event()
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._run, name="case-count", daemon=True)
        self.count = 0
        """As it was last found."""
        self.counted = 0
        """How often it was counted."""

    def start(self) -> None:
        """Begin, with a first count."""
        self._news.set()
        self._thread.start()

    def nudge(self) -> None:
        """Something was committed, here or by the sync."""
        self._news.set()

    def stop(self) -> None:
        """End the thread."""
        self._leave.set()
        self._news.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        if self._leave.wait(self._rest):
            return
        # A store that cannot be read is said by the desk's own acts; the last count stands.
        with suppress(KnownError, apsw.Error):
            connection = self._open_reader()
            try:
                self._follow(connection)
            finally:
                connection.close()

    def _follow(self, connection: apsw.Connection) -> None:
        while not self._leave.is_set():
            self._news.wait()
            self._news.clear()
            if self._leave.is_set():
                return
            began = time.monotonic()
            self._count(connection)
            self._leave.wait(max(self._least, SHARE * (time.monotonic() - began)))

    def _count(self, connection: apsw.Connection) -> None:
        reading: Reading = connection
        with spoken():
            connection.execute("BEGIN")
            try:
                self.count = len(Cases(reading, self._library).every(closed=False))
            finally:
                connection.execute("COMMIT")
        self.counted += 1
