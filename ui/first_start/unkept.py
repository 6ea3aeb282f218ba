"""A library that is here already, whose recovery key nobody kept yet."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.first_start.page import StartPage
from ui.look import Look


class UnkeptPage(StartPage):
    """`wants_new`: another key is to be made; `kept`: the old one was written down; `later`: not now."""

    wants_new = Signal()
    kept = Signal()
    later = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, "start.unkept", "start.unkept-line", parent)
        self.fault = self.words("questionWrong")
        self.answers(
            ("start.new-key", self.wants_new.emit),
            ("start.kept-before", self.kept.emit),
            ("start.later", self.later.emit),
        )

    def wrong(self, said: str) -> None:
        self.fault.setText(said)
