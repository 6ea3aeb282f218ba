"""Qt's own buttons speak the language of the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui import samples
from ui.main_window import MainWindow

OpenWindow = Callable[..., MainWindow]
Standard = QDialogButtonBox.StandardButton


def words_of_buttons(qtbot: QtBot) -> list[str]:
    box = QDialogButtonBox(Standard.Yes | Standard.Cancel | Standard.Save)
    qtbot.addWidget(box)
    return [box.button(which).text().replace("&", "") for which in (Standard.Yes, Standard.Cancel, Standard.Save)]


def test_buttons_are_indonesian(open_window: OpenWindow, qtbot: QtBot) -> None:
    open_window(samples.lend())
    assert words_of_buttons(qtbot) == ["Ya", "Batal", "Simpan"]


def test_what_has_no_indonesian_words_stays_as_qt_says_it(open_window: OpenWindow) -> None:
    open_window(samples.lend())
    assert QCoreApplication.translate("QDialogButtonBox", "No such words %1") == "No such words %1"


def test_buttons_are_english_again(open_window: OpenWindow, qtbot: QtBot) -> None:
    open_window(samples.lend(), language="en")
    assert words_of_buttons(qtbot) == ["Yes", "Cancel", "Save"]


def test_the_menu_of_a_field_is_indonesian(open_window: OpenWindow, qtbot: QtBot) -> None:
    open_window(samples.lend())
    edit = QLineEdit("x")
    qtbot.addWidget(edit)
    menu = edit.createStandardContextMenu()
    words = [action.text().replace("&", "").partition("\t")[0] for action in menu.actions() if action.text()]
    menu.deleteLater()
    assert {"Urungkan", "Salin", "Tempel", "Pilih semua"} <= set(words)
