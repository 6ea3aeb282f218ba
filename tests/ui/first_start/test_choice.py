"""The first page: a number for every beginning, and nothing by accident."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.ports import KnownError
from tests.ui.first_start.port import Port
from ui.first_start.window import FirstStart


def test_one_opens_the_demo_library(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.finished) as ended:
        qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier)
    assert port.asked == [("demo",)]
    assert ended.args == [True]


def test_a_demo_that_fails_says_so_where_it_was_chosen(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    port.fault = KnownError("disk-full")
    qtbot.keyClick(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: bool(window.choice.fault.text()))
    assert window.page() is window.choice
    assert window.choice.fault.text() == "Kunci pemulihan salah."
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert port.asked == [("demo",)], "Enter makes no library that nobody chose"
    qtbot.keyClick(window, Qt.Key.Key_3)
    assert not window.choice.fault.text()
