"""A library's name, its zone, and the files to bring in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.first_start.port import KEY, Port, press
from ui.first_start.window import FirstStart


def test_an_empty_library_wants_a_name_and_shows_its_key_once(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_3)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert window.form.fault.text()
    assert port.asked == []
    window.form.name.setText("Perpustakaan Coba")
    window.form.zone.setCurrentIndex(1)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page() is window.key)
    assert port.asked == [("empty", "Perpustakaan Coba", "Asia/Makassar")]
    assert window.key.key.text().replace(" – ", "-") == KEY
    with qtbot.waitSignal(window.finished) as ended:
        assert not port.is_kept
        press(window, "start.kept")
    assert ended.args == [True]
    assert port.is_kept


def test_an_import_wants_files(window: FirstStart, port: Port, qtbot: QtBot, tmp_path: Path) -> None:
    qtbot.keyClick(window, Qt.Key.Key_2)
    window.form.name.setText("Perpustakaan Coba")
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert port.asked == []
    window.form.take_files([tmp_path / "dump.sql"])
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page() is window.key)
    assert port.asked == [("import", "Perpustakaan Coba", "Asia/Jakarta", "dump.sql")]


def test_what_was_missing_is_no_longer_said_once_it_is_there(window: FirstStart, qtbot: QtBot, tmp_path: Path) -> None:
    qtbot.keyClick(window, Qt.Key.Key_2)
    window.form.name.setText("Perpustakaan Coba")
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert window.form.fault.text()
    window.form.take_files([tmp_path / "dump.sql"])
    assert not window.form.fault.text()


def test_what_went_wrong_is_said_and_can_be_tried_again(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    port.fault = OSError("disk")
    qtbot.keyClick(window, Qt.Key.Key_3)
    window.form.name.setText("Perpustakaan Coba")
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page() is window.form and bool(window.form.fault.text()))
    assert "OSError" in window.form.fault.text()
