"""The recovery key is shown once and must be kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.first_start.port import Port
from ui.first_start.window import FirstStart


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
    said = window.key.report.text().splitlines()
    assert len(said) == 3
    assert [number in line for number, line in zip(("120", "45", "2"), said, strict=True)] == [True] * 3
    assert "/lap/a.json" in said[2]
