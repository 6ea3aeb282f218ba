"""The window of the first start as a whole."""

from __future__ import annotations

import signal

import pytest
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.first_start.port import Port
from ui.first_start.window import FirstStart, run
from ui.settings import UiSettings


def test_an_interrupt_in_the_terminal_ends_the_window_plainly(qtbot: QtBot, port: Port) -> None:
    QTimer.singleShot(50, lambda: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        run(port, UiSettings(theme="light"))


def test_closing_without_a_choice_says_no(window: FirstStart, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.finished) as ended:
        window.close()
    assert ended.args == [False]


def test_every_control_has_a_name(window: FirstStart) -> None:
    controls = [*window.findChildren(QPushButton), *window.findChildren(QLineEdit)]
    assert controls
    assert not [control for control in controls if not control.accessibleName()]


@pytest.mark.parametrize("scale", [1.0, 1.5, 3.0])
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_fits_the_screen_at_every_text_size(qtbot: QtBot, port: Port, scale: float, language: str) -> None:
    made = FirstStart(port, UiSettings(theme="light", scale=scale, language=language))
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    screen = made.screen().availableSize()
    for number in range(made.pages.count()):
        made.pages.setCurrentIndex(number)
        assert made.minimumSizeHint().width() <= made.width() <= screen.width()
        assert made.minimumSizeHint().height() <= made.height() <= screen.height()


def test_its_words_for_qt_s_buttons_go_with_it(window: FirstStart) -> None:
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Batal"
    window.close()
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"
