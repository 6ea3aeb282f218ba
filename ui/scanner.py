"""The one scan box: Enter takes the text, clears the box and gives the code at once. No timer stands in between.

A scanner is a keyboard that types fast and ends with Enter, with a line feed after it, or with Tab. `ScanRhythm` tells
its typing from a person's by the gaps between keys (knowledge of when, not of what); `ScanInput` is the line edit.
"""

from __future__ import annotations

import time
from collections import deque
from itertools import pairwise

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

SCAN_GAP_MS = 35.0
PAUSE_MS = 100.0
LEAST_LETTERS = 4
LEAST_IN_SECRET = 3
"""Letters that a scanner's typing is known by where nobody sees them: the rest of a code that came in two parts."""
SHOWN_LETTERS = 200
MOST_LETTERS = 10_000

_LINE_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_CONTROL_PICTURE = 0x2400


def event_time(event: QKeyEvent) -> float:
    """When the key went down, in milliseconds: the window system's stamp, or the clock where it gives none."""
    return float(event.timestamp()) or time.monotonic() * 1000


class ScanRhythm:
    """Judges by the gaps between keys whether a scanner is typing, and whether an empty line is its second line end.

    Gaps: scanners 4-9 ms measured, slow ones to 35 ms; people 60 ms and more.
    """

    def __init__(self, suffix_ms: int = 150) -> None:
        self._suffix_ms = float(suffix_ms)
        self._stamps: deque[float] = deque(maxlen=64)
        self._typed: list[str] = []
        self._taken_at: float | None = None
        self.sends_two_ends = False

    def typed(self, at: float, text: str) -> None:
        """A character came at `at` ms."""
        if self._stamps and at - self._stamps[-1] > PAUSE_MS:
            self.forget()
        self._stamps.append(at)
        if len(self._typed) < MOST_LETTERS:
            self._typed.append(text)

    def burst(self) -> str:
        """What was typed without a pause so far."""
        return "".join(self._typed)

    def is_scan(self, at: float, least: int = LEAST_LETTERS) -> bool:
        """True when what came before a line end at `at` was typed by a scanner, `least` letters of it."""
        if len(self._typed) < least or at - self._stamps[-1] > PAUSE_MS:
            return False
        gaps = sorted(b - a for a, b in pairwise(self._stamps))
        return gaps[len(gaps) // 2] < SCAN_GAP_MS

    def is_inside(self, at: float) -> bool:
        """True when a key at `at` comes in the middle of a scanner's typing."""
        return len(self._stamps) >= 2 and at - self._stamps[-1] < SCAN_GAP_MS and self._last_gap() < SCAN_GAP_MS

    def _last_gap(self) -> float:
        return self._stamps[-1] - self._stamps[-2]

    def forget(self) -> None:
        """Begin anew after a line end."""
        self._stamps.clear()
        self._typed.clear()

    def took(self, at: float) -> None:
        """A code was taken at `at` ms."""
        self.forget()
        self._taken_at = at

    def is_suffix(self, at: float) -> bool:
        """True when an empty line end at `at` belongs to the scan before it; the scanner is then known to do so.

        Only the first one after a scan counts, and only within the moment; once a scanner is known to send two line
        ends, its moment is twice as long, for slow machines.
        """
        if self._taken_at is None or self._typed:
            return False
        gap, self._taken_at = at - self._taken_at, None
        if gap <= self._suffix_ms * (2 if self.sends_two_ends else 1):
            self.sends_two_ends = True
            return True
        return False


class ScanInput(QLineEdit):
    """The line edit of the scan box. `scanned` gives each code; `finished` an empty Enter that a person pressed."""

    scanned = Signal(str)
    finished = Signal()
    ready = Signal(bool)

    def __init__(self, rhythm: ScanRhythm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rhythm = rhythm
        self._rest: list[str] = []
        self.held = False
        self.setObjectName("scanInput")
        self.setFrame(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setDragEnabled(False)
        self.setAcceptDrops(False)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )

    def hold(self, text: str) -> None:
        """Grey the box while a question is open, keeping the code in question in sight."""
        self.held = True
        self._rest.clear()
        self.setReadOnly(True)
        self.setText(text[:SHOWN_LETTERS])
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def release(self) -> None:
        """Be ready for the next scan."""
        if self.held:
            self.held = False
            self.clear()
            self.setReadOnly(False)
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.held:
            event.ignore()
            return
        at = event_time(event)
        key, text = event.key(), event.text()
        if key in _LINE_ENDS or (key == Qt.Key.Key_Tab and (self.text() or self._rest)):
            self._line_end(at)
        elif _is_line_feed(event):
            self._line_feed(at)
        elif key == Qt.Key.Key_Backspace and self._rest:
            self._rest.pop()
        elif _is_paste(event):
            self._paste(at)
        elif text and text.isprintable() and not _is_chord(event):
            self._letter(at, text, event)
        elif text and self.rhythm.is_inside(at):
            self._letter(at, chr(_CONTROL_PICTURE + ord(text[0])) if ord(text[0]) < 32 else text, None)
        else:
            super().keyPressEvent(event)
            event.accept()

    def event(self, event: QEvent) -> bool:
        tabs = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in tabs:
            self.keyPressEvent(event)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.ready.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.ready.emit(False)

    def _letter(self, at: float, text: str, event: QKeyEvent | None) -> None:
        """Take a letter; beyond what anybody reads it is kept aside, so that a huge code does not slow the box."""
        self.rhythm.typed(at, text)
        if len(self.text()) >= SHOWN_LETTERS:
            if len(self._rest) <= MOST_LETTERS:
                self._rest.append(text)
        elif event is None:
            self.insert(text)
        else:
            super().keyPressEvent(event)

    def _line_end(self, at: float) -> None:
        text = self.text() + "".join(self._rest)
        self.clear()
        self._rest.clear()
        if text.strip():
            self.rhythm.took(at)
            self.scanned.emit(text)
        elif not self.rhythm.is_suffix(at):
            self.rhythm.forget()
            self.finished.emit()

    def _line_feed(self, at: float) -> None:
        """A bare line feed ends a code and, alone, is nothing: no person presses it."""
        if self.text().strip() or self._rest:
            self._line_end(at)
        else:
            self.rhythm.is_suffix(at)

    def _paste(self, at: float) -> None:
        """Pasted lines are codes of their own; what follows the last line end stays in the box."""
        pasted = QGuiApplication.clipboard().text()[: MOST_LETTERS * 2]
        *whole, last = pasted.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in whole:
            self.insert(line[:SHOWN_LETTERS])
            self._rest = list(line[SHOWN_LETTERS:])
            if self.text().strip():
                self._line_end(at)
        self.insert(last[:SHOWN_LETTERS])
        self._rest = list(last[SHOWN_LETTERS:])


def _is_chord(event: QKeyEvent) -> bool:
    """Ctrl or Alt with a letter, but not AltGr, which writes letters."""
    held = event.modifiers()
    control = bool(held & Qt.KeyboardModifier.ControlModifier)
    alt = bool(held & Qt.KeyboardModifier.AltModifier)
    return control != alt


def _is_paste(event: QKeyEvent) -> bool:
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    return (control and event.key() == Qt.Key.Key_V) or (shift and event.key() == Qt.Key.Key_Insert)


def _is_line_feed(event: QKeyEvent) -> bool:
    """Scanners send a line feed as Ctrl+J."""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return event.text() == "\n" or (control and event.key() == Qt.Key.Key_J)


def is_line_end(event: QKeyEvent) -> bool:
    """Enter in any of its forms."""
    return event.key() in _LINE_ENDS or _is_line_feed(event)
