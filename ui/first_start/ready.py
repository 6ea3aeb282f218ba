"""The library stands; what is to be known of it before the desk opens."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.first_start.page import StartPage
from ui.first_start.port import Begun
from ui.first_start.told import ToldLines
from ui.look import Look


class ReadyPage(StartPage):
    """`read` says that the person has read it."""

    read = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, "start.ready", "start.ready-line", parent)
        self.told = ToldLines(look, self)
        self.column.addWidget(self.told, 1)
        self.answers(("start.go-on", self.go_on), stretch=False)

    def show_lines(self, begun: Begun) -> None:
        """What came of the choice."""
        self.told.tell(begun.lines)

    def go_on(self) -> None:
        self.read.emit()
