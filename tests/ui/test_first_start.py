"""The first start: three beginnings by key, long work beside the window, a recovery key that must be kept."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.domain.verdict import Param
from app.ports import KnownError
from ui.first_start import CHOICE, RESTORE, Begun, FirstStart, Tell, run
from ui.first_start import KEY as KEY_PAGE
from ui.settings import UiSettings
from ui.text import Text

KEY = "23ER-4W1Y-7ZHV-F27X-RKBV-QY6W-CMX5-N177"


class Port:
    """Remembers what was asked; `hold` keeps a job running until it is released or stopped."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.fault: Exception | None = None
        self.hold = False
        self.is_kept = False
        self.copy: Path | None = None
        self.running = threading.Event()
        self.lines: tuple[tuple[str, Mapping[str, Param]], ...] = ()
        self.steps: tuple[tuple[int, int], ...] = ()

    def _work(self, tell: Tell) -> Begun:
        self.running.set()
        while self.hold:
            tell(1, 2)
        for done, total in self.steps:
            tell(done, total)
        if self.fault is not None:
            raise self.fault
        return Begun(KEY, self.lines)

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

    def newest(self, folder: Path) -> Path | None:
        return self.copy

    def restore(self, source: Path, recovery: str, tell: Tell) -> Begun:
        self.asked.append(("restore", source.name, recovery))
        self._work(tell)
        return Begun()

    def new_key(self, tell: Tell) -> Begun:
        self.asked.append(("new key",))
        self._work(tell)
        return Begun(KEY, name="Perpustakaan Lama")

    def kept(self) -> None:
        self.is_kept = True

    def sentence(self, fault: Exception) -> str:
        return "Kunci pemulihan salah." if isinstance(fault, KnownError) else ""

    def key_sheet(self, target: Path, name: str, recovery: str) -> None:
        target.write_text(f"{name} {recovery}", encoding="ascii")


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


def press(window: FirstStart, word: str) -> None:
    """Click the button with this word on the page that is shown."""
    buttons = window.pages.currentWidget().findChildren(QPushButton)
    next(button for button in buttons if button.accessibleName() == Text("id").say(word)).click()


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
        assert not port.is_kept
        press(window, "start.kept")
    assert ended.args == [True]
    assert port.is_kept


def test_an_import_wants_files(window: FirstStart, port: Port, qtbot: QtBot, tmp_path: Path) -> None:
    qtbot.keyClick(window, Qt.Key.Key_2)
    window.name.setText("Perpustakaan Coba")
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert port.asked == []
    window.take_files([tmp_path / "dump.sql"])
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.pages.currentIndex() == 3)
    assert port.asked == [("import", "Perpustakaan Coba", "Asia/Jakarta", "dump.sql")]


def test_what_was_missing_is_no_longer_said_once_it_is_there(window: FirstStart, qtbot: QtBot, tmp_path: Path) -> None:
    qtbot.keyClick(window, Qt.Key.Key_2)
    window.name.setText("Perpustakaan Coba")
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert window.wrong.text()
    window.take_files([tmp_path / "dump.sql"])
    assert not window.wrong.text()


def test_a_backup_is_restored_with_its_paper(window: FirstStart, port: Port, qtbot: QtBot, tmp_path: Path) -> None:
    qtbot.keyClick(window, Qt.Key.Key_4)
    window.take_backup(tmp_path)
    assert str(tmp_path) in window.source_label.text()
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert window.restore_wrong.text()
    port.copy = tmp_path / "meja-20261124"
    window.take_backup(tmp_path)
    assert "meja-20261124" in window.source_label.text()
    port.fault = KnownError("recovery-key-wrong")
    window.paper.setText(" 23ER ")
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.restore_wrong.text() == "Kunci pemulihan salah.")
    assert window.pages.currentIndex() == RESTORE
    port.fault = None
    with qtbot.waitSignal(window.finished) as ended:
        qtbot.keyClick(window, Qt.Key.Key_Return)
    assert ended.args == [True]
    assert port.asked == [("restore", "meja-20261124", "23ER")] * 2


def test_closing_on_the_key_s_page_does_not_say_that_it_is_kept(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_3)
    window.name.setText("Perpustakaan Coba")
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.pages.currentIndex() == KEY_PAGE)
    with qtbot.waitSignal(window.finished) as ended:
        window.close()
    assert (ended.args, port.is_kept) == ([False], False)


def test_a_key_nobody_kept_is_made_anew_and_saved(
    window: FirstStart, port: Port, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.ask_about_key()
    press(window, "start.new-key")
    qtbot.waitUntil(lambda: window.pages.currentIndex() == KEY_PAGE)
    assert window.key.text().replace(" – ", "-") == KEY
    proposed: list[str] = []

    def answer(_parent: QWidget, _title: str, place: str, _kinds: str) -> tuple[str, str]:
        proposed.append(place)
        return str(tmp_path / "kunci.pdf"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    press(window, "start.save-key")
    assert (tmp_path / "kunci.pdf").read_text(encoding="ascii") == f"Perpustakaan Lama {KEY}"
    assert port.is_kept
    assert str(tmp_path) in window.saved.text()
    assert not Path(proposed[0]).is_relative_to(Path(__file__).parents[2]), "never into the program's own folder"


@pytest.mark.parametrize(("word", "kept"), [("start.kept-before", True), ("start.later", False)])
def test_a_key_written_down_before_is_not_asked_about_again(
    window: FirstStart, port: Port, qtbot: QtBot, word: str, kept: bool
) -> None:
    window.ask_about_key()
    with qtbot.waitSignal(window.finished) as ended:
        press(window, word)
    assert (ended.args, port.is_kept) == ([True], kept)


def test_an_interrupt_in_the_terminal_ends_the_window_plainly(qtbot: QtBot, port: Port) -> None:
    QTimer.singleShot(50, lambda: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        run(port, UiSettings(theme="light"))


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


def test_a_demo_that_fails_says_so_where_it_was_chosen(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    port.fault = KnownError("disk-full")
    qtbot.keyClick(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: bool(window.choice_wrong.text()))
    assert window.pages.currentIndex() == CHOICE
    assert window.choice_wrong.text() == "Kunci pemulihan salah."
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert port.asked == [("demo",)], "Enter makes no library that nobody chose"
    qtbot.keyClick(window, Qt.Key.Key_3)
    assert not window.choice_wrong.text()


def test_the_last_page_of_an_import_says_what_came_in(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    port.lines = (
        ("came-in-title", {"n": 120}),
        ("came-in-member", {"n": 45}),
        ("refused", {"n": 2, "file": "/lap/a.json"}),
    )
    qtbot.keyClick(window, Qt.Key.Key_2)
    window.name.setText("Perpustakaan Coba")
    window.take_files([Path("buku.csv")])
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.pages.currentIndex() == KEY_PAGE)
    said = window.report.text().splitlines()
    assert len(said) == 3
    assert [number in line for number, line in zip(("120", "45", "2"), said, strict=True)] == [True] * 3
    assert "/lap/a.json" in said[2]


def test_the_bar_never_goes_back(window: FirstStart, port: Port, qtbot: QtBot) -> None:
    port.steps = ((5, 10), (3, 10), (6, 10))
    shown: list[int] = []
    window.bar.valueChanged.connect(shown.append)
    qtbot.keyClick(window, Qt.Key.Key_1)
    with qtbot.waitSignal(window.finished):
        pass
    assert [value for value in shown if value > 0] == [500, 600]


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
