"""Windows for tests: shown, active, with a scripted desk, silent, still, without a ticking clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.services.view import DeskPort, DeskView, Sound
from tests.ui.fake_desk import FakeDesk
from tests.ui.keyboard import Keyboard
from ui.main_window import MainWindow
from ui.settings import UiSettings

OpenWindow = Callable[..., MainWindow]


class Faults(list[Exception]):
    """What the screen reported as faults of the program."""


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    return QApplication


@pytest.fixture
def keyboard() -> Keyboard:
    return Keyboard()


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[Sound]:
    """The sounds that were asked for."""
    heard: list[Sound] = []
    monkeypatch.setattr("ui.sounds.Sounds.play", lambda _self, sound: heard.append(sound))
    return heard


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """The words handed to the screen reader, and whether they break in."""
    said: list[tuple[str, bool]] = []
    monkeypatch.setattr("ui.desk.desk_screen.announce", lambda _widget, words, urgent: said.append((words, urgent)))
    return said


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def open_window(qtbot: QtBot, qapp: QApplication, played: list[Sound], faults: Faults) -> Iterator[OpenWindow]:
    """A function that opens a window of 1366 × 768 on a view or a scripted desk."""
    qapp.setStyle("Fusion")
    windows: list[MainWindow] = []

    def make(desk: DeskView | DeskPort, **settings: object) -> MainWindow:
        port = FakeDesk(desk) if isinstance(desk, DeskView) else desk
        values = {"theme": "light", "sounds": False, "motion": False, **settings}
        window = MainWindow(port, UiSettings(**values), faults.append, tick_ms=0)  # type: ignore[arg-type]
        window.resize(1366, 768)
        windows.append(window)
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        assert window.desk_screen.isVisible()
        return window

    yield make
    for window in windows:
        window.close()
    qapp.setLayoutDirection(qapp.layoutDirection().LeftToRight)
