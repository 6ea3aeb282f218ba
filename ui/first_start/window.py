"""The window of the first start: try the demo library, bring one in from a file, begin with an empty one, or restore
a backup.

Every choice has a key; long work runs beside the window with a bar and can be cancelled. The recovery key is shown
once, and the window does not go on before the person said that it is kept; where it was closed instead, the next
start asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTranslator, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.services.import_columns import Assigned, UnknownList
from ui.app import application, ended_by_interrupt
from ui.first_start.choice import ChoicePage
from ui.first_start.columns import ColumnsPage
from ui.first_start.form import FormPage
from ui.first_start.key import KeyPage
from ui.first_start.libraries import LibrariesPage
from ui.first_start.page import StartPage
from ui.first_start.port import Begun, FirstStartPort, SeveralLibraries, Sources, Tell
from ui.first_start.ready import ReadyPage
from ui.first_start.restore import RestorePage
from ui.first_start.unkept import UnkeptPage
from ui.first_start.work import WorkPage
from ui.fonts import load_fonts
from ui.look import Look, base_font, make_look
from ui.qt_words import qt_words
from ui.runner import Job, JobStopped
from ui.settings import UiSettings
from ui.theme import palette, stylesheet

_USUAL, _LEAST = QSize(860, 600), QSize(560, 480)
_FRAME = 40
"""What a window's own frame takes of the screen's height, in pixels."""


class FirstStart(QWidget):
    """The pages and what leads from one to the next. `finished` gives True when a library is ready, False when the
    window was closed."""

    finished = Signal(bool)

    def __init__(self, port: FirstStartPort, settings: UiSettings) -> None:
        super().__init__()
        self._port = port
        self._look: Look = make_look(settings, load_fonts(), self._largest())
        self._job: Job | None = None
        self._words: QTranslator | None = None
        self._done = False
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dress()
        self._build()
        self._kind = ""
        self._told: Mapping[Path, Assigned] = {}
        self._from: StartPage = self.choice

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
        self.setWindowTitle(self._look.text.say("start.window"))
        self.resize((_USUAL * self._look.measure.scale).boundedTo(self.screen().availableSize() - QSize(0, _FRAME)))

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        side = self._look.px(48)
        outer.setContentsMargins(side, self._look.px(36), side, self._look.px(36))
        self.pages = QStackedWidget(self)
        outer.addWidget(self.pages)
        self.choice = ChoicePage(self._look, self)
        self.form = FormPage(self._look, self)
        self.columns = ColumnsPage(self._look, self)
        self.libraries = LibrariesPage(self._look, self)
        self.work = WorkPage(self._look, self)
        self.key = KeyPage(self._look, self._port, self)
        self.restore = RestorePage(self._look, self._port.newest, self)
        self.unkept = UnkeptPage(self._look, self)
        self.ready = ReadyPage(self._look, self)
        asked = (self.choice, self.form, self.columns, self.libraries, self.restore, self.unkept)
        for page in (*asked, self.work, self.key, self.ready):
            self.pages.addWidget(page)
        for page in (self.form, self.restore):
            page.back.connect(lambda: self._turn_to(self.choice))
        for page in (self.columns, self.libraries):
            page.back.connect(lambda: self._turn_to(self.form))
        self.choice.chosen.connect(self._choose)
        self.columns.assigned.connect(self._explained)
        self.libraries.chosen.connect(self._bring_in)
        self.form.filled.connect(self._begin)
        self.work.cancelled.connect(self._cancel)
        self.key.kept.connect(self._kept)
        self.ready.read.connect(self._finish)
        self.restore.asked.connect(self._restore)
        self.unkept.wants_new.connect(lambda: self._work(self._port.new_key))
        self.unkept.kept.connect(self._kept)
        self.unkept.later.connect(self._finish)

    def page(self) -> StartPage:
        """The page that is shown."""
        shown = self.pages.currentWidget()
        assert isinstance(shown, StartPage)
        return shown

    def _turn_to(self, page: StartPage) -> None:
        self.pages.setCurrentWidget(page)
        page.enter()

    # --- from page to page --------------------------------------------------------------------------------------

    def _choose(self, kind: str) -> None:
        self._kind = kind
        if kind == "demo":
            self._work(self._port.demo)
        elif kind == "restore":
            self.restore.wrong("")
            self._turn_to(self.restore)
        else:
            self.form.ask(files=kind == "import")
            self._turn_to(self.form)

    def _begin(self) -> None:
        name, zone = self.form.library()
        files = list(self.form.files)
        if self._kind == "import":
            self._work(lambda tell: self._port.columns(files, tell), self._ask_about_columns)
        else:
            self._work(lambda tell: self._port.empty(name, zone, tell))

    def _ask_about_columns(self, unknown: tuple[UnknownList, ...]) -> None:
        self._told = {}
        if unknown:
            self.columns.ask(unknown)
            self._turn_to(self.columns)
        else:
            self._bring_in("")

    def _explained(self, told: Mapping[Path, Assigned]) -> None:
        self._told = told
        self._bring_in("")

    def _bring_in(self, library: str) -> None:
        name, zone = self.form.library()
        sources = Sources(tuple(self.form.files), self._told, library)
        self._work(lambda tell: self._port.bring_in(name, zone, sources, tell))

    def _restore(self, source: Path, paper: str) -> None:
        self._work(lambda tell: self._port.restore(source, paper, tell))

    def ask_about_key(self) -> None:
        """Begin with the recovery key of a library that is here already: nobody said yet that it is kept."""
        self._from = self.unkept
        self._turn_to(self.unkept)

    def _kept(self) -> None:
        self._port.kept()
        self._finish()

    def _finish(self) -> None:
        self._done = True
        self.finished.emit(True)
        self.close()

    # --- long work ----------------------------------------------------------------------------------------------

    def _work(self, work: Callable[[Tell], Any], then: Callable[[Any], None] | None = None) -> None:
        """Run `work` beside the window and give what came of it to `then`, or take it for a beginning."""
        if self.page() is not self.work:
            self._from = self.page()
        self.work.begin()
        self._turn_to(self.work)
        self._job = Job(work, self)
        self._job.told.connect(self.work.told)
        self._job.ended.connect(then or self._ended)
        self._job.failed.connect(self._failed)
        self._job.start()

    def _ended(self, begun: Begun) -> None:
        if begun.recovery:
            self.key.show_key(begun, begun.name or self.form.library()[0])
            self._turn_to(self.key)
        elif begun.lines:
            self.ready.show_lines(begun)
            self._turn_to(self.ready)
        else:
            self._finish()

    def _failed(self, fault: Exception) -> None:
        if isinstance(fault, JobStopped):
            self._turn_to(self._from)
            return
        if isinstance(fault, SeveralLibraries):
            self.libraries.ask(fault.names)
            self._turn_to(self.libraries)
            return
        code = str(getattr(fault, "code", type(fault).__name__))
        said = self._port.sentence(fault)
        words = self._look.text
        self._from.wrong(words.data(said) if said else words.say("start.failed", {"code": code}))
        self.pages.setCurrentWidget(self._from)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.stop()

    # --- the window itself --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard or goes on, Esc goes back, and a page has keys of its own."""
        page, held = self.page(), self.focusWidget()
        if page.typed(event.text()):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if isinstance(held, QPushButton):
                held.click()
            else:
                page.go_on()
        elif event.key() == Qt.Key.Key_Escape:
            page.go_back()
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
    window.page().enter()
    with ended_by_interrupt(running) as interrupted:
        running.exec()
    if interrupted:
        window.close()
        raise KeyboardInterrupt
    return bool(answer and answer[0])
