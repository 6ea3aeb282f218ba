"""Lines that may be more than the page has room for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.first_start.told import ToldLines
from ui.look import make_look
from ui.settings import UiSettings


def test_only_lines_beyond_their_room_take_the_keyboard(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(400, 120)
    lines = ToldLines(make_look(UiSettings(theme="light")), page)
    lines.resize(400, 120)
    page.show()
    qtbot.waitExposed(page)
    lines.tell([("came-in-title", {"n": 120})])
    qtbot.waitUntil(lambda: "120" in lines.label.text())
    assert lines.focusPolicy() is Qt.FocusPolicy.NoFocus
    lines.tell([("came-in-title", {"n": number}) for number in range(30)])
    qtbot.waitUntil(lambda: lines.focusPolicy() is Qt.FocusPolicy.TabFocus)
    assert lines.accessibleName().count("\n") == 29
