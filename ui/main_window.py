"""The window: rail, circulation screen, title, colours. Thin; it knows how things look, not what they mean."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTranslator, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QWidget

from app.services.view import DeskPort, DeskView, Sound
from ui.desk.appearance import chosen
from ui.desk.desk_screen import TICK_MS, DeskScreen
from ui.fonts import Fonts
from ui.look import Look, base_font, make_look
from ui.qt_words import qt_words
from ui.settings import UiSettings
from ui.sounds import Sounds
from ui.theme import palette, stylesheet
from ui.widgets.rail import Rail

SMALLEST = QSize(1100, 640)
_WORKING_PLACES = frozenset({"circulation", "settings"})


class MainWindow(QMainWindow):
    """One window for one desk. A change of language, colours or text size builds the screen anew on the same desk."""

    settings_changed = Signal(object)

    def __init__(
        self,
        desk: DeskPort,
        settings: UiSettings,
        on_bug: Callable[[Exception], object],
        tick_ms: int = TICK_MS,
    ) -> None:
        super().__init__()
        self._desk = desk
        self._on_bug = on_bug
        self._tick_ms = tick_ms
        self._fonts: Fonts | None = None
        self._qt_words: QTranslator | None = None
        self._stale = False
        self._title_ready = False
        self.settings = settings
        self.sounds = Sounds(settings.sounds, settings.volume)
        self.screen: DeskScreen | None = None
        self.rail: Rail | None = None
        self.look: Look | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._build()
        QApplication.styleHints().colorSchemeChanged.connect(self._system_colours_changed)

    def _build(self) -> None:
        """Make the look and everything in it."""
        look = make_look(self.settings, self._fonts)
        self.look, self._fonts = look, look.fonts
        self._dress(look)
        holder = QWidget(self)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.rail = Rail(look, _WORKING_PLACES, holder)
        self.rail.chosen.connect(self._go)
        old = self.screen
        self.screen = DeskScreen(
            self._desk, look, self.settings, self._sound, self._on_bug, holder, self._tick_ms
        )
        self.screen.rendered.connect(self._rendered)
        self.screen.ready.connect(self._ready)
        self.screen.settings_chosen.connect(self._choose)
        if old is not None:
            self.screen.rhythm.sends_two_ends = old.rhythm.sends_two_ends
        row.addWidget(self.rail)
        row.addWidget(self.screen, 1)
        self.setCentralWidget(holder)
        self.setMinimumSize(SMALLEST)
        if self.screen.view is not None:
            self._rendered(self.screen.view)

    def _dress(self, look: Look) -> None:
        application = QApplication.instance()
        if not isinstance(application, QApplication):
            return
        right_to_left = Qt.LayoutDirection.RightToLeft if look.text.right_to_left else Qt.LayoutDirection.LeftToRight
        application.setLayoutDirection(right_to_left)
        application.setPalette(palette(look.tokens))
        application.setFont(base_font(look))
        self.setStyleSheet(stylesheet(look.tokens, look.measure, look.fonts.mono))
        self._translate(application, look.text.language)

    def _translate(self, application: QApplication, language: str) -> None:
        if self._qt_words is not None:
            application.removeTranslator(self._qt_words)
        self._qt_words = qt_words(language, self)
        if self._qt_words is not None:
            application.installTranslator(self._qt_words)

    def _sound(self, sound: Sound) -> None:
        self.sounds.play(sound)

    def _rendered(self, view: DeskView) -> None:
        if self.rail is not None:
            self.rail.render_cases(view.cases)
        self._show_title(view)
        if self._stale and view.question is None:
            self._stale = False
            self.use(self.settings)

    def _ready(self, ready: bool) -> None:
        self._title_ready = ready
        if self.screen is not None and self.screen.view is not None:
            self._show_title(self.screen.view)

    def _show_title(self, view: DeskView) -> None:
        """The title begins with the word for ready while the scan box has the keyboard."""
        if self.look is None:
            return
        key = "window.ready" if self._title_ready else "window.title"
        title = self.look.text.say(key, {"library": view.state.library, "desk": view.state.desk})
        if title != self.windowTitle():
            self.setWindowTitle(title)

    def _go(self, place: str) -> None:
        if place == "settings" and self.screen is not None:
            self.screen.open_settings()

    def _choose(self, choice_id: str) -> None:
        self.use(chosen(self.settings, choice_id))

    def use(self, settings: UiSettings) -> None:
        """Take other settings while running: colours, language, direction, text size, sounds."""
        self.settings = settings
        self.sounds.on, self.sounds.volume = settings.sounds, settings.volume
        self.setUpdatesEnabled(False)
        self._build()
        self.setUpdatesEnabled(True)
        if self.screen is not None:
            self.screen.take_focus()
        self.settings_changed.emit(settings)

    def _system_colours_changed(self) -> None:
        """Follow the system from light to dark, but not in the middle of a question."""
        if self.settings.theme != "auto" or self.screen is None:
            return
        if self.screen.asking():
            self._stale = True
        else:
            self.use(self.settings)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.sounds.close()
        super().closeEvent(event)
