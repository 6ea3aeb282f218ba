"""A choice of a few lines behind one field, its arrow drawn as the rest of the window is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QWidget

from ui.look import Look


class DropDown(QComboBox):
    """The stylesheet takes the system's arrow away; this one takes the colours of the look."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        # The style's own delegate draws a menu and knows nothing of the stylesheet's selection.
        self.setItemDelegate(QStyledItemDelegate(self))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        px = self._look.px
        leading = self.layoutDirection() is Qt.LayoutDirection.LeftToRight
        middle = QPointF(self.width() - px(20) if leading else px(20), self.height() / 2)
        half, deep = px(5), px(3)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._look.tokens.soft), px(2)))
        corner = middle + QPointF(0, deep)
        painter.drawLine(middle + QPointF(-half, -deep), corner)
        painter.drawLine(middle + QPointF(half, -deep), corner)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel moves the page; it never chooses something else in passing."""
        event.ignore()
