"""Drives a real window with key events, as a scanner would: proves a build on a machine where nobody is looking."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.services.view import DeskPort
from ui.app import application, open_window
from ui.settings import UiSettings

READY_SECONDS = 20.0


def drive(desk: DeskPort, settings: UiSettings, scans: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Open the window, type each line and Enter into whatever has the keyboard, and say what the banner shows then.

    The first object tells whether the window became ready to scan.
    """
    running = application()
    window = open_window(desk, settings)
    try:
        box = window.desk_screen.box.input
        yield {"ready": _until_ready(running, box)}
        for line in scans:
            for letter in line:
                _press(box, 0, letter)
            _press(box, Qt.Key.Key_Return, "\r")
            running.processEvents()
            banner = desk.view().banner
            yield {
                "scan": line,
                "outcome": banner.code if banner else None,
                "facts": {key: str(value) for key, value in banner.params.items()} if banner else {},
            }
    finally:
        window.close()


def _until_ready(running: QApplication, box: QWidget) -> bool:
    """Let the window appear until its scan box has the keyboard."""
    limit = time.monotonic() + READY_SECONDS
    while time.monotonic() < limit:
        running.processEvents()
        if box.isVisible() and box.hasFocus():
            return True
    return False


def _press(box: QWidget, key: int, text: str) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QCoreApplication.sendEvent(box, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text))
