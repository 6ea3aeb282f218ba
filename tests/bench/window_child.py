"""A process of its own with the real window over a library: types scans as a scanner would, says what each took.

`python -m tests.bench.window_child HOME ITEMS SCANS`; the last line it prints is one JSON object.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt

from app import wiring
from app.cli.window import desk_screen
from tests.bench.day import steps
from tests.bench.memory import resident_mb
from ui.app import application, open_window
from ui.selftest import _press, _until_ready

MS = 1000.0
MARKS = (0.5, 1.0)


class Painted(QObject):
    """Counts how often the widgets were painted that tell the outcome of a scan."""

    def __init__(self, *watched: QObject) -> None:
        super().__init__()
        self.count = 0
        for widget in watched:
            widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.Paint:
            self.count += 1
        return False


def measure(home: Path, items: int, scans: int) -> dict[str, object]:
    """Open the window, scan, and say milliseconds from Enter until painted, and megabytes on the way."""
    with wiring.opened(home) as store, wiring.followers(store, wiring.WINDOW_FIRST) as following:
        running = application()
        desk = desk_screen(store, following)
        window = open_window(desk, wiring.ui_settings(store))
        try:
            box = window.desk_screen.box.input
            ready = _until_ready(running, box)
            painted = Painted(window.desk_screen.banner)
            resident = [resident_mb()]
            marks = {max(round(scans * share), 1) for share in MARKS}
            told: list[tuple[str, float, float]] = []
            unpainted = 0
            for place, step in enumerate(steps(items, scans), 1):
                for letter in step.code:
                    _press(box, 0, letter)
                running.processEvents()
                before = painted.count
                began, busy = time.perf_counter(), time.thread_time()
                _press(box, Qt.Key.Key_Return, "\r")
                running.processEvents()
                told.append((step.kind, (time.perf_counter() - began) * MS, (time.thread_time() - busy) * MS))
                unpainted += painted.count == before
                if place in marks:
                    resident.append(resident_mb())
            with store.read() as facts:
                start = store.now() - 86_400_000
                returned, lent, _fines = facts.today(start, store.now() + 1)
        finally:
            window.close()
    if len(resident) < 3:
        resident.append(resident_mb())
    return {
        "ready": ready,
        "scans": told,
        "resident": resident,
        "unpainted": unpainted,
        "acts": returned + lent,
    }


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
