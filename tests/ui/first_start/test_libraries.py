"""A file with several libraries: one is chosen by keyboard, none by accident."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.first_start.port import Port
from ui.first_start.window import FirstStart


@pytest.fixture
def asked(window: FirstStart, port: Port, qtbot: QtBot) -> FirstStart:
    """The window where it asks which."""
    port.libraries = ("slims", "slims_coba & lama", "-")
    qtbot.keyClick(window, Qt.Key.Key_2)
    window.form.name.setText("Perpustakaan Coba")
    window.form.take_files([Path("dump.sql")])
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page() is window.libraries)
    return window


def key(qtbot: QtBot, pressed: Qt.Key) -> None:
    """A key, wherever the keyboard is."""
    where = QApplication.focusWidget()
    assert where is not None
    qtbot.keyClick(where, pressed)


def test_a_number_chooses(asked: FirstStart, port: Port, qtbot: QtBot) -> None:
    assert [button.accessibleName()[4:] for button in asked.libraries.buttons[:2]] == ["slims", "slims_coba & lama"]
    key(qtbot, Qt.Key.Key_9)
    assert asked.page() is asked.libraries
    key(qtbot, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: asked.page() is asked.key)
    assert port.sources.library == "slims_coba & lama"


def test_enter_takes_what_somebody_moved_to_and_nothing_before(asked: FirstStart, port: Port, qtbot: QtBot) -> None:
    key(qtbot, Qt.Key.Key_Return)
    assert asked.page() is asked.libraries
    key(qtbot, Qt.Key.Key_Tab)
    key(qtbot, Qt.Key.Key_Down)
    key(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: asked.page() is asked.key)
    assert port.sources.library == "slims_coba & lama"


def test_escape_takes_none(asked: FirstStart, port: Port, qtbot: QtBot) -> None:
    key(qtbot, Qt.Key.Key_Escape)
    assert asked.page() is asked.form
    assert port.sources.library == ""
