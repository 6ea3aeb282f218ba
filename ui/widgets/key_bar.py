"""The keys at the bottom: only those that work now, on two rows where one is too short. The rest is in the help."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from app.services.view import KeyHint
from ui.look import Look
from ui.room import Room
from ui.widgets.styled import plain

_ROW, _AROUND = 28, 16
_GIVE_WAY = ("reprint", "last", "condition", "find-title", "find-member", "undo", "renew", "lend", "help", "return")


def key_words(key: str) -> str:
    """A key as it is written on a cap: "Ctrl+Z" becomes "Ctrl Z"."""
    return key.replace("+", " ")


class KeyButton(QPushButton):
    """A key cap and its word; it can be clicked, it never takes the focus."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._look = look
        self._cap = look.font(12.5, QFont.Weight.Bold)
        self._font = look.font(13)
        self.hint: KeyHint | None = None
        self._key = ""
        self._word = ""
        self._cap_wide = 0
        self._size = QSize()

    def render_hint(self, hint: KeyHint) -> None:
        if hint == self.hint:
            return
        self.hint = hint
        self._key = key_words(hint.key)
        self._word = self._look.text.say(f"key.{hint.code}", hint.params)
        self.setAccessibleName(self._look.text.say("key.spoken", {"key": self._key, "action": self._word}))
        word = QFontMetrics(self._font).horizontalAdvance(self._word) + 2
        self._cap_wide = QFontMetrics(self._cap).horizontalAdvance(self._key) + self._look.px(16)
        self._size = QSize(self._cap_wide + self._look.px(7) + word, self._look.px(26))
        self.resize(self._size)
        self.update()

    def sizeHint(self) -> QSize:
        return self._size

    def paintEvent(self, event: QPaintEvent) -> None:
        look, tokens = self._look, self._look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        leading = self.layoutDirection() is Qt.LayoutDirection.LeftToRight
        wide, high = self._cap_wide, look.px(21)
        top = (self.height() - high) // 2
        cap = QRect(0 if leading else self.width() - wide, top, wide, high)
        painter.setPen(QColor(tokens.key_line))
        painter.setBrush(QColor(tokens.key))
        painter.drawRoundedRect(cap.adjusted(0, 0, -1, 0), look.px(6), look.px(6))
        painter.drawLine(cap.left() + look.px(5), cap.bottom(), cap.right() - look.px(5), cap.bottom())
        painter.setPen(QColor(tokens.ink))
        painter.setFont(self._cap)
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self._key)
        painter.setPen(QColor(tokens.ink if self.underMouse() else tokens.soft))
        painter.setFont(self._font)
        gap = wide + look.px(7)
        rest = self.rect().adjusted(gap, 0, 0, 0) if leading else self.rect().adjusted(0, 0, -gap, 0)
        edge = Qt.AlignmentFlag.AlignLeft if leading else Qt.AlignmentFlag.AlignRight
        painter.drawText(rest, Qt.AlignmentFlag.AlignAbsolute | edge | Qt.AlignmentFlag.AlignVCenter, self._word)


class KeyBar(QFrame):
    """Renders the shown hints of a view in their order. `pressed` gives the hint's key when one is clicked."""

    pressed = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        plain(self, "keyBar")
        self._look = look
        self._hints: tuple[KeyHint, ...] = ()
        self.buttons: list[KeyButton] = []
        self._most_rows = 2
        self.setFixedHeight(look.px(_ROW + _AROUND))
        self.setAccessibleName(look.text.say("key.name"))

    def fit(self, room: Room) -> None:
        """Keep to one row in a window where two would leave nothing for the work."""
        self._most_rows = 1 if room.tiny else 2
        self._place()

    def render_keys(self, hints: tuple[KeyHint, ...]) -> None:
        """Show these keys."""
        shown = tuple(hint for hint in hints if hint.shown)
        if shown == self._hints:
            return
        self._hints = shown
        while len(self.buttons) < len(shown):
            button = KeyButton(self._look, self)
            button.clicked.connect(lambda _checked=False, b=button: self._press(b))
            self.buttons.append(button)
        for button, hint in zip(self.buttons, shown, strict=False):
            button.render_hint(hint)
        self._place()

    def _press(self, button: KeyButton) -> None:
        if button.hint is not None:
            self.pressed.emit(button.hint.key)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Set the buttons beside each other, closer where it is tight, then on two rows.

        Where even these are too short, the keys that are least missed give way; the last one always has a place.
        """
        used = self.buttons[: len(self._hints)]
        for spare in self.buttons[len(self._hints) :]:
            spare.hide()
        px = self._look.px
        margin, closest = px(18), px(7)
        room = self.width() - 2 * margin
        shown = list(used)
        rows = _rows(shown, room, closest)
        while len(rows) > self._most_rows and len(shown) > 1:
            gone = min(shown[:-1], key=_missed)
            shown.remove(gone)
            gone.hide()
            rows = _rows(shown, room, closest)
        gap = px(13)
        while gap > closest and any(_width(row, gap) > room for row in rows):
            gap -= 1
        self.setFixedHeight(px(_ROW * max(1, len(rows)) + _AROUND))
        leading = self.layoutDirection() is Qt.LayoutDirection.LeftToRight
        for number, row in enumerate(rows):
            at = margin
            for button in row:
                size = button.sizeHint()
                left = at if leading else self.width() - at - size.width()
                top = px(_AROUND / 2) + number * px(_ROW) + (px(_ROW) - size.height()) // 2
                button.setGeometry(left, top, size.width(), size.height())
                button.show()
                at += size.width() + gap


def _rows(buttons: list[KeyButton], room: int, gap: int) -> list[list[KeyButton]]:
    """The buttons on as many rows as they need; two rows are made as equal as their order allows."""
    if not buttons or _width(buttons, gap) <= room:
        return [buttons]
    splits = [(buttons[:at], buttons[at:]) for at in range(1, len(buttons))]
    if splits:
        best = min(splits, key=lambda pair: max(_width(row, gap) for row in pair))
        if max(_width(row, gap) for row in best) <= room:
            return list(best)
    return [[button] for button in buttons]


def _width(buttons: list[KeyButton], gap: int) -> int:
    return sum(b.sizeHint().width() for b in buttons) + gap * (len(buttons) - 1)


def _missed(button: KeyButton) -> int:
    """How much a key is missed when it is not shown: those in the front of the list least."""
    code = button.hint.code if button.hint is not None else ""
    return _GIVE_WAY.index(code) if code in _GIVE_WAY else len(_GIVE_WAY)
