"""What a new library is called, where it lies, and for an import the files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from ui.first_start.page import StartPage, documents
from ui.look import Look
from ui.widgets.drop_down import DropDown

ZONES = (("Asia/Jakarta", "wib"), ("Asia/Makassar", "wita"), ("Asia/Jayapura", "wit"))


class FormPage(StartPage):
    """`filled` says that everything asked for is there."""

    filled = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, "start.about", "start.about-line", parent)
        self.name = QLineEdit(self)
        self.field("start.name", self.name)
        self.name.setMaxLength(200)
        self.zone = DropDown(look, self)
        self.field("start.zone", self.zone)
        for zone, code in ZONES:
            self.zone.addItem(self.say(f"start.{code}"), zone)
        self.files: list[Path] = []
        self._pick = self.picker("start.pick-files", self._pick_files)
        self._named = self.words("startLine")
        self.fault = self.words("questionWrong")
        self._wants_files = False
        self.answers(("start.go", self.go_on), ("start.back", self.go_back))

    def ask(self, *, files: bool) -> None:
        """Ask for a library's name, with or without files to bring in."""
        self._wants_files = files
        self._pick.setVisible(files)
        self._named.setVisible(files)
        self.fault.setText("")

    def enter(self) -> None:
        self.name.setFocus()

    def library(self) -> tuple[str, str]:
        """The name and the time zone."""
        return self.name.text().strip(), str(self.zone.currentData())

    def _pick_files(self) -> None:
        names, _kind = QFileDialog.getOpenFileNames(self, self.say("start.pick-files"), str(documents()))
        if names:
            self.take_files([Path(name) for name in names])

    def take_files(self, files: Sequence[Path]) -> None:
        """The files to bring in."""
        self.files = list(files)
        self.fault.setText("")
        self._named.setText(", ".join(self.look.text.data(path.name) for path in self.files))

    def go_on(self) -> None:
        name, _zone = self.library()
        if not name:
            self.fault.setText(self.say("start.name-missing"))
            self.name.setFocus()
        elif self._wants_files and not self.files:
            self.fault.setText(self.say("start.files-missing"))
        else:
            self.filled.emit()

    def go_back(self) -> None:
        self.back.emit()

    def wrong(self, said: str) -> None:
        self.fault.setText(said)
