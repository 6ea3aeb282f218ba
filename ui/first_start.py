"""The first start: try the demo library, bring one in from a file, begin with an empty one, or restore a backup.

Every choice has a key; long work runs beside the window with a bar and can be cancelled. The recovery key is shown
once, and the window does not go on before the person said that it is kept; where it was closed instead, the next
start asks again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct
from PySide6.QtCore import QSize, QStandardPaths, Qt, QTranslator, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.verdict import Param
from app.ports import KnownError
from ui.app import application, ended_by_interrupt
from ui.fonts import load_fonts
from ui.look import Look, base_font, make_look
from ui.qt_words import qt_words
from ui.runner import Job, JobStopped
from ui.settings import UiSettings
from ui.theme import palette, stylesheet
from ui.widgets.drop_down import DropDown
from ui.widgets.labels import word_label

ZONES = (("Asia/Jakarta", "wib"), ("Asia/Makassar", "wita"), ("Asia/Jayapura", "wit"))
KINDS = ("demo", "import", "empty", "restore")
CHOICE, FORM, WORK, KEY, RESTORE, UNKEPT = range(6)
"""The pages."""
Tell = Callable[[int, int], None]

KEY_FILE = "kunci-pemulihan.pdf"
_USUAL, _LEAST = QSize(860, 600), QSize(560, 480)
_FRAME = 40
"""What a window's own frame takes of the screen's height, in pixels."""


class Begun(Struct, frozen=True):
    """What a choice made: the recovery key to keep ("" = none was made), lines about what came in, and the library's
    name where the person was not asked for it."""

    recovery: str = ""
    lines: tuple[tuple[str, Mapping[str, Param]], ...] = ()
    name: str = ""


class FirstStartPort(Protocol):
    """What the first start may ask; every call is long and runs beside the window. Raises errors with `code`."""

    def demo(self, tell: Tell) -> Begun: ...
    def empty(self, name: str, zone: str, tell: Tell) -> Begun: ...
    def bring_in(self, name: str, zone: str, files: Sequence[Path], tell: Tell) -> Begun: ...
    def newest(self, folder: Path) -> Path | None: ...
    def restore(self, source: Path, recovery: str, tell: Tell) -> Begun: ...
    def new_key(self, tell: Tell) -> Begun: ...
    def key_sheet(self, target: Path, name: str, recovery: str) -> None: ...
    def kept(self) -> None: ...
    def sentence(self, fault: Exception) -> str: ...


class FirstStart(QWidget):
    """The window of the first start. `finished` gives True when a library is ready, False when it was closed."""

    finished = Signal(bool)

    def __init__(self, port: FirstStartPort, settings: UiSettings) -> None:
        super().__init__()
        self._port = port
        self._look: Look = make_look(settings, load_fonts(), self._largest())
        self._job: Job | None = None
        self._begun: Begun | None = None
        self._kind = ""
        self._from = CHOICE
        self._words: QTranslator | None = None
        self._started = 0.0
        self._done = False
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dress()
        self._build()

    def _largest(self) -> float:
        """The largest text with which every page fits the screen."""
        screen = self.screen().availableSize()
        return max(1.0, min(screen.width() / _LEAST.width(), (screen.height() - _FRAME) / _LEAST.height()))

    def _dress(self) -> None:
        running = QApplication.instance()
        if isinstance(running, QApplication):
            running.setPalette(palette(self._look.tokens))
            running.setFont(base_font(self._look))
            self._words = qt_words(self._look.text.language, self)
            if self._words is not None:
                running.installTranslator(self._words)
        self.setFont(base_font(self._look))
        self.setStyleSheet(stylesheet(self._look.tokens, self._look.measure, self._look.fonts.mono))
        self.setWindowTitle(self._say("start.window"))
        self.resize((_USUAL * self._look.measure.scale).boundedTo(self.screen().availableSize() - QSize(0, _FRAME)))

    def _say(self, key: str, params: Mapping[str, Param] | None = None) -> str:
        return self._look.text.say(key, params)

    # --- pages --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        side = self._look.px(48)
        outer.setContentsMargins(side, self._look.px(36), side, self._look.px(36))
        self.pages = QStackedWidget(self)
        outer.addWidget(self.pages)
        pages = (self._choice_page, self._form_page, self._work_page, self._key_page, self._restore_page)
        for make in (*pages, self._unkept_page):
            self.pages.addWidget(make())

    def _page(self, title: str, line: str) -> tuple[QWidget, QVBoxLayout]:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._look.px(14))
        head = word_label("startTitle", page, wrap=True)
        head.setText(self._say(title))
        words = word_label("startLine", page, wrap=True)
        words.setText(self._say(line))
        column.addWidget(head)
        column.addWidget(words)
        return page, column

    def _choice_page(self) -> QWidget:
        page, column = self._page("start.welcome", "start.choose")
        self.choices: dict[str, QPushButton] = {}
        column.setSpacing(self._look.px(12))
        for number, kind in enumerate(KINDS, 1):
            button = QPushButton(self._say(f"start.{kind}", {"n": number}), page)
            button.setObjectName("startChoice")
            button.setAccessibleName(self._say(f"start.{kind}", {"n": number}))
            button.setMinimumHeight(self._look.px(50))
            button.clicked.connect(lambda _checked=False, kind=kind: self.choose(kind))
            line = word_label("startLine", page, wrap=True)
            line.setText(self._say(f"start.{kind}-line"))
            pair = QVBoxLayout()
            pair.setSpacing(self._look.px(3))
            pair.addWidget(button)
            pair.addWidget(line)
            column.addLayout(pair)
            self.choices[kind] = button
        self.choice_wrong = word_label("questionWrong", page, wrap=True)
        column.addWidget(self.choice_wrong)
        column.addStretch(1)
        return page

    def _form_page(self) -> QWidget:
        page, column = self._page("start.about", "start.about-line")
        self.name = QLineEdit(page)
        self._field(column, page, "start.name", self.name)
        self.name.setMaxLength(200)
        self.zone = DropDown(self._look, page)
        self._field(column, page, "start.zone", self.zone)
        for zone, code in ZONES:
            self.zone.addItem(self._say(f"start.{code}"), zone)
        self.files_label = word_label("startLine", page, wrap=True)
        self.files: list[Path] = []
        self.pick = self._picker(column, page, "start.pick-files", self._pick_files)
        column.addWidget(self.files_label)
        self.wrong = word_label("questionWrong", page, wrap=True)
        column.addWidget(self.wrong)
        column.addStretch(1)
        self.go = self._answers(column, page, ("start.go", self._go), ("start.back", self._back))
        return page

    def _restore_page(self) -> QWidget:
        page, column = self._page("start.restore-title", "start.restore-about")
        self.source: Path | None = None
        self._picker(column, page, "start.pick-backup", self._pick_backup)
        self.source_label = word_label("startLine", page, wrap=True)
        column.addWidget(self.source_label)
        self.paper = QLineEdit(page)
        self._field(column, page, "start.paper", self.paper)
        self.paper.setFont(self._look.code_font(15))
        self.paper.setMaxLength(100)
        self.restore_wrong = word_label("questionWrong", page, wrap=True)
        column.addWidget(self.restore_wrong)
        column.addStretch(1)
        self._answers(column, page, ("start.restore-go", self._go_restore), ("start.back", self._back))
        return page

    def _unkept_page(self) -> QWidget:
        page, column = self._page("start.unkept", "start.unkept-line")
        self.unkept_wrong = word_label("questionWrong", page, wrap=True)
        column.addWidget(self.unkept_wrong)
        column.addStretch(1)
        answers = (("start.new-key", self._make_key), ("start.kept-before", self._kept), ("start.later", self._finish))
        self._answers(column, page, *answers)
        return page

    def _work_page(self) -> QWidget:
        page, column = self._page("start.working", "start.working-line")
        self.bar = QProgressBar(page)
        self.bar.setAccessibleName(self._say("start.working"))
        self.bar.setTextVisible(False)
        self.left = word_label("startLine", page, wrap=True)
        column.addWidget(self.bar)
        column.addWidget(self.left)
        column.addStretch(1)
        self._answers(column, page, ("start.cancel", self._cancel))
        return page

    def _key_page(self) -> QWidget:
        page, column = self._page("start.key", "start.key-line")
        self.key = QLabel(page)
        self.key.setObjectName("startKey")
        by_key, by_mouse = Qt.TextInteractionFlag.TextSelectableByKeyboard, Qt.TextInteractionFlag.TextSelectableByMouse
        self.key.setTextInteractionFlags(by_key | by_mouse)
        self.key.setFont(self._look.code_font(21))
        self.key.setAccessibleName(self._say("start.key"))
        self.report = word_label("startLine", page, wrap=True)
        self.saved = word_label("startLine", page, wrap=True)
        column.addWidget(self.key)
        column.addWidget(self.saved)
        column.addWidget(self.report)
        column.addStretch(1)
        self._answers(column, page, ("start.save-key", self._save_key), ("start.kept", self._kept))
        return page

    def _picker(self, column: QVBoxLayout, page: QWidget, key: str, act: Callable[[], object]) -> QPushButton:
        """A button that opens a dialog of the system's."""
        button = QPushButton(self._say(key), page)
        button.setObjectName("answer")
        button.setMinimumHeight(self._look.px(38))
        button.setAccessibleName(self._say(key))
        button.clicked.connect(lambda _checked=False: act())
        row = QHBoxLayout()
        row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        return button

    def _field(self, column: QVBoxLayout, page: QWidget, key: str, widget: QWidget) -> None:
        label = word_label("startLine", page)
        label.setText(self._say(key))
        widget.setAccessibleName(self._say(key))
        widget.setObjectName("startField")
        widget.setFont(self._look.font(15))
        widget.setMinimumHeight(self._look.px(42))
        column.addWidget(label)
        column.addWidget(widget)

    def _answers(self, column: QVBoxLayout, page: QWidget, *answers: tuple[str, Callable[[], object]]) -> QPushButton:
        row = QHBoxLayout()
        row.setSpacing(self._look.px(10))
        first: QPushButton | None = None
        for key, act in answers:
            button = QPushButton(self._say(key), page)
            button.setObjectName("answer")
            button.setProperty("primary", "true" if first is None else "false")
            button.setMinimumHeight(self._look.px(38))
            button.setAccessibleName(self._say(key))
            button.clicked.connect(lambda _checked=False, act=act: act())
            row.addWidget(button)
            first = first or button
        row.addStretch(1)
        column.addLayout(row)
        assert first is not None
        return first

    # --- doing --------------------------------------------------------------------------------------------------

    def choose(self, kind: str) -> None:
        """A beginning was chosen."""
        self._kind = kind
        self.choice_wrong.setText("")
        if kind == "demo":
            self._work(self._port.demo)
            return
        if kind == "restore":
            self.restore_wrong.setText("")
            self.pages.setCurrentIndex(RESTORE)
            self.paper.setFocus()
            return
        self.pick.setVisible(kind == "import")
        self.files_label.setVisible(kind == "import")
        self.wrong.setText("")
        self.pages.setCurrentIndex(FORM)
        self.name.setFocus()

    def _pick_files(self) -> None:
        names, _kind = QFileDialog.getOpenFileNames(self, self._say("start.pick-files"), str(_documents()))
        if names:
            self.take_files([Path(name) for name in names])

    def take_files(self, files: Sequence[Path]) -> None:
        """The files to bring in."""
        self.files = list(files)
        self.wrong.setText("")
        self.files_label.setText(", ".join(self._look.text.data(path.name) for path in self.files))

    def _pick_backup(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self._say("start.pick-backup"), str(_documents()))
        if name:
            self.take_backup(Path(name))

    def take_backup(self, folder: Path) -> None:
        """The folder to restore from: a backup, a second copy, or one that holds several of them."""
        self.source = self._port.newest(folder)
        self.restore_wrong.setText("")
        shown = self._look.text.data(str(self.source or folder))
        self.source_label.setText(self._say("start.backup" if self.source else "start.no-backup", {"folder": shown}))
        self.paper.setFocus()

    def _go_restore(self) -> None:
        source, paper = self.source, self.paper.text().strip()
        if source is None:
            self.restore_wrong.setText(self._say("start.backup-missing"))
            return
        self._work(lambda tell: self._port.restore(source, paper, tell))

    def _make_key(self) -> None:
        self._work(self._port.new_key)

    def _go(self) -> None:
        name = self.name.text().strip()
        zone = str(self.zone.currentData())
        if not name:
            self.wrong.setText(self._say("start.name-missing"))
            self.name.setFocus()
            return
        if self._kind == "import" and not self.files:
            self.wrong.setText(self._say("start.files-missing"))
            return
        if self._kind == "import":
            files = list(self.files)
            self._work(lambda tell: self._port.bring_in(name, zone, files, tell))
        else:
            self._work(lambda tell: self._port.empty(name, zone, tell))

    def _work(self, work: Callable[[Tell], Begun]) -> None:
        self._from = self.pages.currentIndex()
        self.pages.setCurrentIndex(WORK)
        self.bar.reset()
        self.bar.setRange(0, 0)
        self.left.setText("")
        self._started = time.monotonic()
        self._job = Job(work, self)
        self._job.told.connect(self._told)
        self._job.ended.connect(self._ended)
        self._job.failed.connect(self._failed)
        self._job.start()

    def _told(self, done: int, total: int) -> None:
        if total <= 0:
            return
        self.bar.setRange(0, 1000)
        self.bar.setValue(max(self.bar.value(), min(1000, 1000 * done // total)))
        spent = time.monotonic() - self._started
        if done and spent > 2:
            self.left.setText(self._say("start.left", {"n": max(1, round(spent * (total - done) / done))}))

    def _ended(self, begun: Begun) -> None:
        self._begun = begun
        if not begun.recovery:
            self._finish()
            return
        self.key.setText(begun.recovery.replace("-", " – "))
        self.report.setText("\n".join(self._say(f"start.{code}", params) for code, params in begun.lines))
        self.pages.setCurrentIndex(KEY)

    def _failed(self, fault: Exception) -> None:
        if isinstance(fault, JobStopped):
            self._back()
            return
        code = str(getattr(fault, "code", type(fault).__name__))
        said = self._port.sentence(fault)
        words = self._look.text.data(said) if said else self._say("start.failed", {"code": code})
        wrong = {CHOICE: self.choice_wrong, RESTORE: self.restore_wrong, UNKEPT: self.unkept_wrong}
        wrong.get(self._from, self.wrong).setText(words)
        self.pages.setCurrentIndex(self._from)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.stop()

    def _save_key(self) -> None:
        proposed = str(_documents() / KEY_FILE)
        target, _kind = QFileDialog.getSaveFileName(self, self._say("start.save-key"), proposed, "PDF (*.pdf)")
        if target and self._begun is not None:
            try:
                name = self._begun.name or self.name.text().strip()
                self._port.key_sheet(Path(target), name, self._begun.recovery)
            except (OSError, KnownError):
                self.saved.setText(self._say("start.not-saved"))
            else:
                self._port.kept()
                place = Path(target)
                self.saved.setText(self._say("start.saved", {"file": place.name, "folder": str(place.parent)}))

    def _back(self) -> None:
        self.pages.setCurrentIndex(UNKEPT if self._from == UNKEPT else CHOICE)
        self.choices["demo"].setFocus()

    def ask_about_key(self) -> None:
        """Begin with the recovery key of a library that is here already: nobody said yet that it is kept."""
        self._from = UNKEPT
        self.pages.setCurrentIndex(UNKEPT)

    def _kept(self) -> None:
        self._port.kept()
        self._finish()

    def _finish(self) -> None:
        self._done = True
        self.finished.emit(True)
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The numbers choose; Enter goes on; Esc goes back."""
        page, text = self.pages.currentIndex(), event.text()
        goes_on = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if page == CHOICE and text in ("1", "2", "3", "4"):
            self.choose(KINDS[int(text) - 1])
        elif goes_on and page == FORM:
            self._go()
        elif goes_on and page == RESTORE:
            self._go_restore()
        elif event.key() == Qt.Key.Key_Escape and page in (FORM, RESTORE):
            self._back()
        elif event.key() == Qt.Key.Key_Escape and page == WORK:
            self._cancel()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: object) -> None:
        """Closing in the middle of a job stops it first."""
        if self._job is not None:
            self._job.stop()
            self._job.wait()
        running = QApplication.instance()
        if running is not None and self._words is not None:
            running.removeTranslator(self._words)
            self._words = None
        if not self._done:
            self.finished.emit(False)


def _documents() -> Path:
    """Where this account keeps its papers; the program's own folder is no place for them."""
    said = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(said) if said and Path(said).is_dir() else Path.home()


def run(port: FirstStartPort, settings: UiSettings | None = None) -> bool:
    """Show the first start until a library is ready (True) or the window was closed (False)."""
    return _shown(port, settings, asks=False)


def ask_about_key(port: FirstStartPort, settings: UiSettings | None = None) -> bool:
    """Ask about a recovery key that nobody kept; False when the window was closed instead of answered."""
    return _shown(port, settings, asks=True)


def _shown(port: FirstStartPort, settings: UiSettings | None, *, asks: bool) -> bool:
    running = application()
    window = FirstStart(port, settings or UiSettings())
    answer: list[bool] = []
    window.finished.connect(answer.append)
    if asks:
        window.ask_about_key()
    window.show()
    window.choices["demo"].setFocus()
    with ended_by_interrupt(running) as interrupted:
        running.exec()
    if interrupted:
        window.close()
        raise KeyboardInterrupt
    return bool(answer and answer[0])
