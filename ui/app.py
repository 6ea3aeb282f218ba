"""Opens the window on a desk and runs it until it is closed."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QApplication

from app.services.view import DeskPort
from ui.cases.port import CasesPort
from ui.main_window import MainWindow
from ui.settings import UiSettings

INTERRUPTED = 130
_LISTEN_MS = 500
_USUAL_SIZE = QSize(1366, 768)


def application() -> QApplication:
    """The one QApplication, in the style whose every part the stylesheet knows."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    # As an argument: `setStyle` gives the style back, and its class brings 8 ms of enumerations to every start.
    made = QApplication([*sys.argv[:1], "-style", "Fusion"])
    made.setApplicationName("Meja")
    made.setDesktopFileName("meja")
    return made


@contextmanager
def ended_by_interrupt(running: QApplication) -> Iterator[list[int]]:
    """Ctrl+C in the terminal ends the event loop as closing the window does; the list then holds the signal.

    Python hears of a signal only when its code runs, so a timer lets it. Without it the signal would come up in
    whatever slot runs next, as a fault of the program.
    """
    heard: list[int] = []

    def end(number: int, _frame: object) -> None:
        heard.append(number)
        running.exit(INTERRUPTED)

    before = signal.signal(signal.SIGINT, end)
    listen = QTimer()
    listen.timeout.connect(lambda: None)
    listen.start(_LISTEN_MS)
    try:
        yield heard
    finally:
        listen.stop()
        signal.signal(signal.SIGINT, before)


def open_window(
    desk: DeskPort,
    settings: UiSettings | None = None,
    *,
    on_bug: Callable[[Exception], object] | None = None,
    on_settings: Callable[[UiSettings], object] | None = None,
    cases: CasesPort | None = None,
) -> MainWindow:
    """Build and show the window; the caller runs the event loop and keeps the window.

    `on_bug` gets what the session raised (a fault of the program; the screen already says so and stays usable);
    without it the fault goes to `sys.excepthook`. `on_settings` gets every change of the window's settings.
    """
    application()
    window = MainWindow(desk, settings or UiSettings(), on_bug or _to_excepthook, cases=cases)
    if on_settings is not None:
        window.settings_changed.connect(on_settings)
    screen = window.screen().availableGeometry().size()
    wanted = _USUAL_SIZE * max(1.0, window.look.measure.scale)
    window.resize(screen.boundedTo(wanted))
    # The size is what the window goes back to; a desk is worked at in the whole screen.
    window.showMaximized()
    return window


def run(
    desk: DeskPort,
    settings: UiSettings | None = None,
    *,
    on_bug: Callable[[Exception], object] | None = None,
    on_settings: Callable[[UiSettings], object] | None = None,
    cases: CasesPort | None = None,
) -> int:
    """Show the window on `desk` and run until it is closed; the process's exit code."""
    running = application()
    window = open_window(desk, settings, on_bug=on_bug, on_settings=on_settings, cases=cases)
    with ended_by_interrupt(running):
        code = running.exec()
    window.close()
    return code


def _to_excepthook(fault: Exception) -> None:
    sys.excepthook(type(fault), fault, fault.__traceback__)
