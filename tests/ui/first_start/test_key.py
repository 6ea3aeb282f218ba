"""The recovery key is shown once and must be kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.first_start.port import Port
from ui.first_start.window import FirstStart
from ui.text import Text


def test_closing_on_the_key_s_page_does_not_say_that_it_is_kept(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_3)
    window.form.name.setText("Perpustakaan Coba")
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page() is window.key)
    with qtbot.waitSignal(window.finished) as ended:
        window.close()
    assert (ended.args, port.is_kept) == ([False], False)


def test_the_last_page_of_an_import_says_what_came_in(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    port.lines = (
        ("came-in-title", {"n": 120}),
        ("came-in-member", {"n": 45}),
        ("refused", {"n": 2, "file": "/lap/a.json"}),
    )
    qtbot.keyClick(window, Qt.Key.Key_2)
    window.form.name.setText("Perpustakaan Coba")
    window.form.take_files([Path("buku.csv")])
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page() is window.key)
    said = window.key.report.label.text().splitlines()
    assert len(said) == 3
    assert [number in line for number, line in zip(("120", "45", "2"), said, strict=True)] == [True] * 3
    assert "/lap/a.json" in said[2]


def test_enter_presses_the_button_that_somebody_moved_to_and_none_before(
    window: FirstStart, port: Port, qtbot: QtBot
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_3)
    window.form.name.setText("Perpustakaan Coba")
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page() is window.key)
    press_where_it_is(window, qtbot, Qt.Key.Key_Return)
    assert window.page() is window.key
    while not on_button(window, "start.kept"):
        press_where_it_is(window, qtbot, Qt.Key.Key_Tab)
    with qtbot.waitSignal(window.finished) as ended:
        press_where_it_is(window, qtbot, Qt.Key.Key_Return)
    assert (ended.args, port.is_kept) == ([True], True)


def test_many_lines_leave_the_key_and_the_buttons_in_sight(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    port.lines = tuple(("notice", {"text": f"Hal {number} " + "perlu diperhatikan " * 12}) for number in range(12))
    qtbot.keyClick(window, Qt.Key.Key_2)
    window.form.name.setText("Perpustakaan Coba")
    window.form.take_files([Path("buku.csv")])
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page() is window.key)
    window.resize(860, 600)
    QApplication.processEvents()
    assert window.height() == 600
    key = window.key
    for shown in (key.key, *key.findChildren(QPushButton)):
        assert key.rect().contains(shown.geometry())
        assert shown.height() >= shown.sizeHint().height()
    lines = key.report
    assert lines.verticalScrollBar().maximum() > 0
    lines.setFocus()
    press_where_it_is(window, qtbot, Qt.Key.Key_PageDown)
    assert lines.verticalScrollBar().value() > 0


def press_where_it_is(window: FirstStart, qtbot: QtBot, pressed: Qt.Key) -> None:
    """A key, to whatever has the keyboard."""
    qtbot.keyClick(window.focusWidget() or window, pressed)


def on_button(window: FirstStart, word: str) -> bool:
    """Whether the button with this word has the keyboard."""
    held = window.focusWidget()
    return isinstance(held, QPushButton) and held.accessibleName() == Text("id").say(word)
