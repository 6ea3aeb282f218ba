"""The recovery key, shown this once, with what came in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from app.ports import KnownError
from ui.first_start.page import StartPage, documents
from ui.first_start.port import Begun, FirstStartPort
from ui.first_start.told import ToldLines
from ui.look import Look

KEY_FILE = "kunci-pemulihan.pdf"


class KeyPage(StartPage):
    """`kept` says that the person has the key."""

    kept = Signal()

    def __init__(self, look: Look, port: FirstStartPort, parent: QWidget) -> None:
        super().__init__(look, "start.key", "start.key-line", parent)
        self._port = port
        self._recovery = self._library = ""
        self.key = QLabel(self)
        self.key.setObjectName("startKey")
        by_key, by_mouse = Qt.TextInteractionFlag.TextSelectableByKeyboard, Qt.TextInteractionFlag.TextSelectableByMouse
        self.key.setTextInteractionFlags(by_key | by_mouse)
        self.key.setFont(look.code_font(21))
        self.key.setAccessibleName(self.say("start.key"))
        self.column.addWidget(self.key)
        self.saved = self.words("startLine")
        self.report = ToldLines(look, self)
        self.column.addWidget(self.report, 1)
        self.answers(("start.save-key", self._save), ("start.kept", self.kept.emit), stretch=False)

    def show_key(self, begun: Begun, library: str) -> None:
        """The key of a library by this name."""
        self._recovery, self._library = begun.recovery, library
        self.key.setText(begun.recovery.replace("-", " – "))
        self.report.tell(begun.lines)

    def _save(self) -> None:
        proposed = str(documents() / KEY_FILE)
        name, _kind = QFileDialog.getSaveFileName(self, self.say("start.save-key"), proposed, "PDF (*.pdf)")
        if not name:
            return
        target = Path(name)
        try:
            self._port.key_sheet(target, self._library, self._recovery)
        except (OSError, KnownError):
            self.saved.setText(self.say("start.not-saved"))
        else:
            self._port.kept()
            self.saved.setText(self.say("start.saved", {"file": target.name, "folder": str(target.parent)}))
