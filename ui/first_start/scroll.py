"""A list of widgets that may be longer than the page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ui.look import Look


class Scroll(QScrollArea):
    """Its widgets under each other; what has the keyboard is brought into sight."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setObjectName("startScroll")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(look.px(60))

    def fill(self, widgets: Sequence[QWidget], after: QWidget) -> None:
        """Show these instead of what was there. Tab reaches them in their order, once it has left `after`."""
        inner = QWidget()
        inner.setObjectName("startScrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, self._look.px(6), 0)
        column.setSpacing(self._look.px(10))
        for widget in widgets:
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(inner)
        # New widgets stand last in the window's chain, behind the buttons of the page.
        for widget in widgets:
            control = widget.focusProxy() or widget
            self.setTabOrder(after, control)
            after = control
