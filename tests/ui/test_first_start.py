"""The first start: three beginnings by key, long work beside the window, a recovery key that must be kept."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from ui.first_start import Begun, FirstStart, Tell
from ui.settings import UiSettings

KEY = "23ER-4W1Y-7ZHV-F27X-RKBV-QY6W-CMX5-N177"


class Port:
    """Remembers what was asked; `hold` keeps a job running until it is released or stopped."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.fault: Exception | None = None
        self.hold = False
        self.running = threading.Event()

    def _work(self, tell: Tell) -> Begun:
        self.running.set()
        while self.hold:
            tell(1, 2)
        if self.fault is not None:
            raise self.fault
        return Begun(KEY)

    def demo(self, tell: Tell) -> Begun:
        self.asked.append(("demo",))
        self._work(tell)
        return Begun()

    def empty(self, name: str, zone: str, tell: Tell) -> Begun:
        self.asked.append(("empty", name, zone))
        return self._work(tell)

    def bring_in(self, name: str, zone: str, files: Sequence[Path], tell: Tell) -> Begun:
        self.asked.append(("import", name, zone, *(path.name for path in files)))
        return self._work(tell)

    def key_sheet(self, target: Path, name: str, recovery: str) -> None:
        target.write_text(recovery, encoding="ascii")


@pytest.fixture
def port() -> Port:
    return Port()


@pytest.fixture
def window(qtbot: QtBot, port: Port) -> FirstStart:
    made = FirstStart(port, UiSettings(theme="light"))
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_one_opens_the_demo_library(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.finished) as ended:
        qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier)
    assert port.asked == [("demo",)]
    assert ended.args == [True]


def test_an_empty_library_wants_a_name_and_shows_its_key_once(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_3)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert window.wrong.text()
    assert port.asked == []
    window.name.setText("Perpustakaan Coba")
    window.zone.setCurrentIndex(1)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.pages.currentIndex() == 3)
    assert port.asked == [("empty", "Perpustakaan Coba", "Asia/Makassar")]
    assert window.key.text().replace(" – ", "-") == KEY
    with qtbot.waitSignal(window.finished) as ended:
        buttons = window.pages.currentWidget().findChildren(QPushButton)
        buttons[-1].click()
    assert ended.args == [True]


def test_an_import_wants_files(window: FirstStart, port: Port, qtbot: QtBot, tmp_path: Path) -> None:
    qtbot.keyClick(window, Qt.Key.Key_2)
    window.name.setText("Perpustakaan Coba")
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert port.asked == []
    window.take_files([tmp_path / "dump.sql"])
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.pages.currentIndex() == 3)
    assert port.asked == [("import", "Perpustakaan Coba", "Asia/Jakarta", "dump.sql")]


def test_escape_stops_the_work_and_goes_back(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    port.hold = True
    qtbot.keyClick(window, Qt.Key.Key_1)
    assert port.running.wait(5)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.pages.currentIndex() == 0)


def test_what_went_wrong_is_said_and_can_be_tried_again(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    port.fault = OSError("disk")
    qtbot.keyClick(window, Qt.Key.Key_3)
    window.name.setText("Perpustakaan Coba")
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.pages.currentIndex() == 1 and bool(window.wrong.text()))
    assert "OSError" in window.wrong.text()


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
