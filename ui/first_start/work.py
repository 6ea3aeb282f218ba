"""How far a long job is, and the way to stop it."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from ui.first_start.page import StartPage
from ui.look import Look

_WHOLE = 1000
_SURE_AFTER = 2
"""Seconds after which the time left can be told."""


class WorkPage(StartPage):
    """`cancelled` says that the person wants the job stopped."""

    cancelled = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, "start.working", "start.working-line", parent)
        self.bar = QProgressBar(self)
        self.bar.setAccessibleName(self.say("start.working"))
        self.bar.setTextVisible(False)
        self.column.addWidget(self.bar)
        self._left = self.words("startLine")
        self._started = 0.0
        self.answers(("start.cancel", self.go_back))

    def begin(self) -> None:
        """A job begins; nothing is known of its length."""
        self.bar.reset()
        self.bar.setRange(0, 0)
        self._left.setText("")
        self._started = time.monotonic()

    def told(self, done: int, total: int) -> None:
        """The job got so far; the bar never goes back."""
        if total <= 0:
            return
        self.bar.setRange(0, _WHOLE)
        self.bar.setValue(max(self.bar.value(), min(_WHOLE, _WHOLE * done // total)))
        spent = time.monotonic() - self._started
        if done and spent > _SURE_AFTER:
            self._left.setText(self.say("start.left", {"n": max(1, round(spent * (total - done) / done))}))

    def go_back(self) -> None:
        self.cancelled.emit()
