"""Lines that may be more than the page has room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain.verdict import Param
from ui.first_start.scroll import Scroll
from ui.look import Look
from ui.widgets.labels import word_label


class ToldLines(Scroll):
    """What a choice brought, line by line; the arrow keys move it when it is longer than its room."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self.label = word_label("startLine", wrap=True)
        self.label.setAlignment(self.label.alignment() & ~Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignTop)
        self.fill([self.label], after=parent)
        self.verticalScrollBar().rangeChanged.connect(self._reach)

    def tell(self, lines: Sequence[tuple[str, Mapping[str, Param]]]) -> None:
        """Show these instead of what was there."""
        said = "\n".join(self._look.text.say(f"start.{code}", params) for code, params in lines)
        self.label.setText(said)
        self.setAccessibleName(said)

    def _reach(self, _least: int, most: int) -> None:
        """Only what can be moved takes the keyboard."""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if most else Qt.FocusPolicy.NoFocus)
