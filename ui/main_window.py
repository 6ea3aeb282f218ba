"""The window: rail, circulation screen, title, colours. Thin; it knows how things look, not what they mean."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, QTranslator, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QWidget
from shiboken6 import isValid

from app.services.view import DeskPort, DeskView, Sound
from ui.cases.cases_screen import CasesScreen
from ui.cases.port import CasesPort
from ui.desk.appearance import chosen
from ui.desk.desk_screen import TICK_MS, DeskScreen
from ui.fonts import load_fonts
from ui.look import Look, base_font, make_look
from ui.qt_words import qt_words
from ui.room import largest_scale, room_for
from ui.settings import UiSettings
from ui.sounds import Sounds
from ui.theme import palette, stylesheet
from ui.widgets.rail import Rail

SMALLEST = QSize(1100, 640)
SETTINGS_KEY = "Ctrl+S"
_WORKING_PLACES = frozenset({"circulation", "settings"})
_COUNT_MS = 15_000
"""How often the badge asks how many cases wait."""


class MainWindow(QMainWindow):
    """One window for one desk. A change of language, colours or text size builds the screen anew on the same desk.

    `on_bug` gets what the session raised; `tick_ms` 0 = the desk is not asked for news by itself.
    """

    settings_changed = Signal(object)

    def __init__(
        self,
        desk: DeskPort,
        settings: UiSettings,
        on_bug: Callable[[Exception], object],
        tick_ms: int = TICK_MS,
        cases: CasesPort | None = None,
    ) -> None:
        super().__init__()
        self._desk = desk
        self._cases = cases
        self._works = _WORKING_PLACES | ({"cases"} if cases is not None else frozenset())
        self.cases_screen: CasesScreen | None = None
        self._on_bug = on_bug
        self._tick_ms = tick_ms
        self._fonts = load_fonts()
        self._qt_words: QTranslator | None = None
        self._stale = False
        self.settings = settings
        self.sounds = Sounds(settings.sounds, settings.volume)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(SMALLEST)
        self.look: Look = make_look(settings, self._fonts)
        self.rail, self.desk_screen = self._build()
        self._counting = QTimer(self)
        self._counting.setInterval(_COUNT_MS)
        self._counting.timeout.connect(self._count_cases)
        if cases is not None and tick_ms:
            self._counting.start()
        QApplication.styleHints().colorSchemeChanged.connect(self._system_colours_changed)

    def _build(self) -> tuple[Rail, DeskScreen]:
        """Make rail and screen in the present look."""
        self._dress(self.look)
        holder = QWidget(self)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        rail = Rail(self.look, self._works, holder)
        rail.chosen.connect(self._go)
        screen = DeskScreen(self._desk, self.look, self.settings, self._sound, self._on_bug, holder, self._tick_ms)
        screen.rendered.connect(self._rendered)
        screen.ready.connect(self._show_title)
        screen.settings_chosen.connect(lambda choice_id: self.use(chosen(self.settings, choice_id)))
        row.addWidget(rail)
        row.addWidget(screen, 1)
        screen.cases_wanted.connect(self.open_cases)
        self._row = row
        self.cases_screen = None
        self.rail, self.desk_screen = rail, screen
        self._fit()
        self.setCentralWidget(holder)
        if self.isVisible():
            holder.show()
        if screen.view is not None:
            self._rendered(screen.view)
        return rail, screen

    def _fit(self) -> None:
        """Fold or unfold the parts as the window's size and the text's size leave room."""
        room = room_for(self.width(), self.height(), self.look.measure)
        self.rail.fit(room)
        self.desk_screen.fit(room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._check_letters()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._check_letters()

    def _check_letters(self) -> None:
        """Letters larger than the window can carry would push the answers out of it: take the largest that it can."""
        if not self.isVisible():
            return
        wanted = make_look(self.settings, self._fonts, largest_scale(self.width(), self.height()))
        if wanted.measure != self.look.measure:
            QTimer.singleShot(0, self, self._look_again)

    def _look_again(self) -> None:
        """Build the screen anew as it should look now, but not in the middle of a question."""
        if self.desk_screen.asking():
            self._stale = True
        else:
            self._rebuild()

    def _dress(self, look: Look) -> None:
        application = QApplication.instance()
        if not isinstance(application, QApplication):
            return
        direction = Qt.LayoutDirection.RightToLeft if look.text.right_to_left else Qt.LayoutDirection.LeftToRight
        application.setLayoutDirection(direction)
        application.setPalette(palette(look.tokens))
        application.setFont(base_font(look))
        self.setStyleSheet(stylesheet(look.tokens, look.measure, look.fonts.mono))
        if self._qt_words is not None:
            application.removeTranslator(self._qt_words)
        self._qt_words = qt_words(look.text.language, self)
        if self._qt_words is not None:
            application.installTranslator(self._qt_words)

    def _sound(self, sound: Sound) -> None:
        self.sounds.play(sound)

    def _rendered(self, view: DeskView) -> None:
        if self._cases is None:
            self.rail.render_cases(view.cases)
        elif self.cases_screen is not None and self.cases_screen.isVisible():
            self.cases_screen.render_state(view.state)
        self._show_title()
        if self._stale and view.question is None:
            self._stale = False
            self._rebuild()

    def _show_title(self) -> None:
        """The title begins with the word for ready while the scan box has the keyboard."""
        view = self.desk_screen.view
        if view is None or not isValid(self):
            return
        key = "window.ready" if self.desk_screen.box.input.hasFocus() else "window.title"
        title = self.look.text.say(key, {"library": view.state.library, "desk": view.state.desk})
        if title != self.windowTitle():
            self.setWindowTitle(title)

    def _go(self, place: str) -> None:
        if place == "cases" and self._cases is not None:
            self.open_cases()
            return
        self.close_cases()
        if place == "settings":
            self.desk_screen.press(SETTINGS_KEY)
        elif place not in _WORKING_PLACES:
            self.desk_screen.say_absent(place)

    def open_cases(self) -> None:
        """Show the cases in the place of circulation, but not in the middle of a question."""
        if self._cases is None or self.desk_screen.asking():
            return
        if self.cases_screen is None:
            made = CasesScreen(self._cases, self.look, self.centralWidget(), self.settings.suffix_ms)
            made.left.connect(self.close_cases)
            made.answered.connect(self._count_cases)
            made.sounded.connect(self._sound)
            self._row.addWidget(made, 1)
            self.cases_screen = made
        if self.desk_screen.view is not None:
            self.cases_screen.render_state(self.desk_screen.view.state)
        self.desk_screen.hide()
        self.cases_screen.show()
        self.rail.show_here("cases")
        self._count_cases()

    def close_cases(self) -> None:
        """Go back to circulation."""
        if self.cases_screen is not None and self.cases_screen.isVisible():
            self.cases_screen.hide()
            self.desk_screen.show()
            self.rail.show_here("circulation")
            self.desk_screen.take_focus()

    def _count_cases(self) -> None:
        if self._cases is not None:
            self.rail.render_cases(self._cases.count())

    def use(self, settings: UiSettings) -> None:
        """Take other settings while running: colours, language, direction, text size, sounds."""
        self.settings = settings
        self.sounds.on, self.sounds.volume = settings.sounds, settings.volume
        self._rebuild()
        self.settings_changed.emit(settings)

    def _rebuild(self) -> None:
        largest = largest_scale(self.width(), self.height()) if self.isVisible() else math.inf
        self.look = make_look(self.settings, self._fonts, largest)
        two_ends, missed = self.desk_screen.rhythm.sends_two_ends, self.desk_screen.missed
        self.setUpdatesEnabled(False)
        self._build()
        self.setUpdatesEnabled(True)
        self.desk_screen.rhythm.sends_two_ends = two_ends
        self.desk_screen.missed = missed
        self.desk_screen.show_missed()
        self.desk_screen.take_focus()

    def _system_colours_changed(self) -> None:
        """Follow the system from light to dark, but not in the middle of a question."""
        if self.settings.theme == "auto":
            self._look_again()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.sounds.close()
        super().closeEvent(event)
