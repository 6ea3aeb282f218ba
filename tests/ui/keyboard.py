"""A keyboard and a scanner with a clock of their own: keys go to whoever has the keyboard, stamped as a system does."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
START_MS = 1_000_000


class Keyboard:
    """`person` types 120 ms a key, `scan` 1 ms a key unless told otherwise. `now` is the time of the next key."""

    def __init__(self) -> None:
        self.now = START_MS

    def key(self, key: Qt.Key, text: str = "", held: Qt.KeyboardModifier = NONE, after: int = 500) -> None:
        """Press and release one key, `after` ms from the last one."""
        self.now += after
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            target = QApplication.focusWidget()
            assert target is not None, "nobody has the keyboard"
            event = QKeyEvent(kind, key, held, text)
            event.setTimestamp(self.now)
            QApplication.sendEvent(target, event)

    def enter(self, after: int = 500) -> None:
        self.key(Qt.Key.Key_Return, "\r", after=after)

    def letters(self, text: str, gap: int) -> None:
        for letter in text:
            self.key(Qt.Key.Key_unknown if not letter.isascii() else Qt.Key(ord(letter.upper())), letter, after=gap)

    def person(self, text: str) -> None:
        self.letters(text, 120)

    def scan(self, code: str, gap: int = 1, suffix: str = "\r", after: int = 0) -> None:
        """A scanner: the code, then its line ends ("\\r", "\\r\\n", "\\t", "\\r\\r"), all `gap` ms apart."""
        self.now += after
        self.letters(code, gap)
        for end in suffix:
            if end == "\n":
                self.key(Qt.Key.Key_J, "\n", CONTROL, after=gap)
            elif end == "\t":
                self.key(Qt.Key.Key_Tab, "\t", after=gap)
            else:
                self.enter(after=gap)


def focus() -> QWidget | None:
    """Who has the keyboard."""
    return QApplication.focusWidget()
