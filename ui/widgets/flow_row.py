"""A row of widgets that goes on below where it is too short, as words do."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.look import Look

_GAP = 10
_BELOW = 6


class FlowRow(QWidget):
    """Places its widgets from the leading edge on, each as large as it wants to be."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._widgets: tuple[QWidget, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_widgets(self, widgets: tuple[QWidget, ...]) -> None:
        """Place these widgets, which are this row's children."""
        self._widgets = widgets
        for widget in widgets:
            widget.show()
        self.updateGeometry()
        self._place(self.width(), move=True)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(width, move=False)

    def sizeHint(self) -> QSize:
        wide = sum(w.sizeHint().width() for w in self._widgets) + self._look.px(_GAP) * max(0, len(self._widgets) - 1)
        return QSize(wide, self._place(wide, move=False))

    def minimumSizeHint(self) -> QSize:
        return QSize(max((w.sizeHint().width() for w in self._widgets), default=0), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(self.width(), move=True)

    def _place(self, width: int, move: bool) -> int:
        """Go through the widgets as they would stand in this width; returns the height they take."""
        gap, below = self._look.px(_GAP), self._look.px(_BELOW)
        leading = self.layoutDirection() is Qt.LayoutDirection.LeftToRight
        at = top = high = 0
        for widget in self._widgets:
            size = widget.sizeHint().expandedTo(widget.minimumSize()).boundedTo(widget.maximumSize())
            if at and at + size.width() > width:
                at, top, high = 0, top + high + below, 0
            if move:
                widget.setGeometry(at if leading else width - at - size.width(), top, size.width(), size.height())
            at += size.width() + gap
            high = max(high, size.height())
        return top + high
