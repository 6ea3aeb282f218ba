"""Who gets a key: the scan box, the open question, or a verb. Watches the few widgets that take the keyboard.

The filter sits on those widgets and not on the application, where every key would pass twice. While a question is
open, what a scanner types is taken back out of the field it fell into and never answers anything.
"""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.desk.keys import key_name
from ui.scanner import LEAST_IN_SECRET, LEAST_LETTERS, ScanRhythm, event_time, is_line_end
from ui.widgets.question_panel import is_secret


class KeyTarget(Protocol):
    """What the router needs of the screen."""

    def asking(self) -> bool:
        """True while a question is open."""
        ...

    def verb(self, key: str) -> bool:
        """A verb key with no question open; False when it means nothing now."""
        ...

    def question_key(self, key: str) -> bool:
        """A verb key for the open question; False when it means nothing there."""
        ...

    def question_move(self, event: QKeyEvent) -> bool:
        """An arrow, page or tab key for the open question."""
        ...

    def move(self, event: QKeyEvent) -> bool:
        """An arrow or page key with no question open; False when it means nothing now."""
        ...

    def stray_scan(self, code: str) -> None:
        """A scanner typed a code and ended it while a question is open."""
        ...

    def stray_letter(self, event: QKeyEvent) -> None:
        """A letter reached nobody; it belongs into the scan box."""
        ...


class KeyRouter(QObject):
    """The one event filter. `seen` counts key presses, for tests."""

    def __init__(self, target: KeyTarget, rhythm: ScanRhythm, parent: QObject) -> None:
        super().__init__(parent)
        self._target = target
        self._rhythm = rhythm
        self._before: list[tuple[QLineEdit, str]] = []
        self.seen = 0

    def watch(self, widget: QWidget) -> None:
        """See the keys of one more widget."""
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        self.seen += 1
        if self._target.asking():
            return self._question(watched, event)
        self._before.clear()
        return self._desk(watched, event)

    def _desk(self, watched: QObject, event: QKeyEvent) -> bool:
        key = key_name(event)
        if key and key != "Enter":
            if self._rhythm.is_inside(event_time(event)):
                return False
            if not event.isAutoRepeat():
                self._target.verb(key)
            return True
        if self._target.move(event):
            return True
        if not isinstance(watched, QLineEdit):
            self._target.stray_letter(event)
            return True
        return False

    def _question(self, watched: QObject, event: QKeyEvent) -> bool:
        at = event_time(event)
        if is_line_end(event) or (event.key() == Qt.Key.Key_Tab and self._rhythm.is_scan(at)):
            return self._question_line_end(watched, at, event)
        key = key_name(event)
        if key:
            if not self._rhythm.is_inside(at) and not event.isAutoRepeat():
                self._target.question_key(key)
            return True
        if self._target.question_move(event):
            return True
        text = event.text()
        if text and text.isprintable() and not event.isAutoRepeat():
            self._note_letter(watched, at, text)
        return not isinstance(watched, QLineEdit)

    def _note_letter(self, watched: QObject, at: float, text: str) -> None:
        """Remember how the field stood before a run of letters, so that a scan can be taken back out of it."""
        self._rhythm.typed(at, text)
        if len(self._rhythm.burst()) == len(text):
            self._before = [(watched, watched.text())] if isinstance(watched, QLineEdit) else []

    def _question_line_end(self, watched: QObject, at: float, event: QKeyEvent) -> bool:
        if self._rhythm.is_scan(at, LEAST_IN_SECRET if is_secret(watched) else LEAST_LETTERS):
            code = self._rhythm.burst()
            for edit, text in self._before:
                edit.setText(text)
            self._before.clear()
            self._rhythm.took(at)
            self._target.stray_scan(code)
        elif not self._rhythm.burst() and self._rhythm.is_suffix(at):
            pass
        else:
            self._rhythm.forget()
            if not event.isAutoRepeat():
                self._target.question_key("Enter")
        return True
