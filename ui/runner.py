"""Long jobs beside the window: one job at a time on a thread of its own, its news brought back to the window's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal


class JobStopped(Exception):
    """The person stopped the job."""


class Job(QObject):
    """Runs `work(tell)` once. `tell(done, total)` reports and raises `JobStopped` after `stop()`.

    `told` gives (done, total), `ended` the result, `failed` the exception; all arrive on the window's thread.
    """

    told = Signal(object, object)
    ended = Signal(object)
    failed = Signal(object)

    def __init__(self, work: Callable[[Callable[[int, int], None]], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="job", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the job to stop at its next report."""
        self._stop.set()

    def wait(self) -> None:
        """Wait until the thread has ended."""
        self._thread.join()

    def _tell(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise JobStopped
        self.told.emit(done, total)

    def _run(self) -> None:
        try:
            result = self._work(self._tell)
        except Exception as fault:  # noqa: BLE001 - whatever went wrong is shown by the window's own thread
            self.failed.emit(fault)
        else:
            self.ended.emit(result)
