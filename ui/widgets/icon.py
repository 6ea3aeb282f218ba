"""An icon as a widget: bare, or on a round ground in a tone's colour. Always beside words, so mute."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.icons import DIRECTED, icon_pixmap
from ui.look import Look


class RoundIcon(QWidget):
    """A filled circle with a line icon on it."""

    def __init__(self, look: Look, size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._icon = "told"
        self._tone = "told"
        self.setFixedSize(look.px(size), look.px(size))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def resize_to(self, size: int) -> None:
        """Change the diameter, a length of the design."""
        self.setFixedSize(self._look.px(size), self._look.px(size))

    def show_icon(self, icon: str, tone: str) -> None:
        """Change the drawing and the colour."""
        if (icon, tone) != (self._icon, self._tone):
            self._icon, self._tone = icon, tone
            self.update()

    def sizeHint(self) -> QSize:
        return self.size()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(tokens, "told" if self._tone == "aside" else self._tone)))
        painter.drawEllipse(self.rect())
        side = round(self.width() * 0.54)
        mirrored = self._icon in DIRECTED and self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        pixmap = icon_pixmap(self._icon, tokens.on_solid, side, self.devicePixelRatioF(), mirrored)
        at = (self.width() - side) // 2
        painter.drawPixmap(at, at, pixmap)


class Dot(QWidget):
    """A small filled circle that repeats in colour what the words beside it say."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._tone = "done"
        self.setFixedSize(look.px(10), look.px(10))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_tone(self, tone: str) -> None:
        if tone != self._tone:
            self._tone = tone
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(self._look.tokens, self._tone)))
        painter.drawEllipse(self.rect())
