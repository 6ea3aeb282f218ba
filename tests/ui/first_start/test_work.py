"""Long work has a bar and can be stopped."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.first_start.port import Port
from ui.first_start.window import FirstStart


def test_escape_stops_the_work_and_goes_back(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    port.hold = True
    qtbot.keyClick(window, Qt.Key.Key_1)
    assert port.running.wait(5)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.page() is window.choice)


def test_the_bar_never_goes_back(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    port.steps = ((5, 10), (3, 10), (6, 10))
    shown: list[int] = []
    window.work.bar.valueChanged.connect(shown.append)
    qtbot.keyClick(window, Qt.Key.Key_1)
    with qtbot.waitSignal(window.finished):
        pass
    assert [value for value in shown if value > 0] == [500, 600]
