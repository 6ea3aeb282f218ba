"""What is to be known of a library before its desk opens."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ui.first_start.port import Begun
from ui.first_start.window import FirstStart


def test_it_says_its_lines_and_goes_on(window: FirstStart, qtbot: QtBot) -> None:
    page = window.ready
    page.show_lines(Begun(lines=(("came-in-member", {"n": 45}), ("copy-home", {}))))
    assert page.told.label.text().startswith("45 ")
    (button,) = page.findChildren(QPushButton)
    with qtbot.waitSignal(page.read):
        button.click()
