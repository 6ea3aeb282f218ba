"""A backup to begin with, and the paper with its recovery key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from ui.first_start.page import StartPage, documents
from ui.look import Look


class RestorePage(StartPage):
    """`asked` gives the backup and the typed key. `newest`: what would be restored from a folder."""

    asked = Signal(object, str)

    def __init__(self, look: Look, newest: Callable[[Path], Path | None], parent: QWidget) -> None:
        super().__init__(look, "start.restore-title", "start.restore-about", parent)
        self._newest = newest
        self._source: Path | None = None
        self.picker("start.pick-backup", self._pick_backup)
        self.named = self.words("startLine")
        self.paper = QLineEdit(self)
        self.field("start.paper", self.paper)
        self.paper.setFont(look.code_font(15))
        self.paper.setMaxLength(100)
        self.fault = self.words("questionWrong")
        self.answers(("start.restore-go", self.go_on), ("start.back", self.go_back))

    def enter(self) -> None:
        self.paper.setFocus()

    def _pick_backup(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.say("start.pick-backup"), str(documents()))
        if name:
            self.take_backup(Path(name))

    def take_backup(self, folder: Path) -> None:
        """The folder to restore from: a backup, a second copy, or one that holds several of them."""
        self._source = self._newest(folder)
        self.fault.setText("")
        shown = self.look.text.data(str(self._source or folder))
        self.named.setText(self.say("start.backup" if self._source else "start.no-backup", {"folder": shown}))
        self.paper.setFocus()

    def go_on(self) -> None:
        if self._source is None:
            self.fault.setText(self.say("start.backup-missing"))
        else:
            self.asked.emit(self._source, self.paper.text().strip())

    def go_back(self) -> None:
        self.back.emit()

    def wrong(self, said: str) -> None:
        self.fault.setText(said)
