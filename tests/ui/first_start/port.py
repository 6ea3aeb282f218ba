"""A port that remembers what the first start asked, and a hand on its buttons."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtWidgets import QPushButton

from app.domain.verdict import Param
from app.ports import KnownError
from app.services.import_columns import UnknownList, unknown_lists
from ui.first_start.port import Begun, SeveralLibraries, Sources, Tell
from ui.first_start.window import FirstStart
from ui.text import Text

KEY = "23ER-4W1Y-7ZHV-F27X-RKBV-QY6W-CMX5-N177"


class Port:
    """Remembers what was asked; `hold` keeps a job running until it is released or stopped."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.fault: Exception | None = None
        self.hold = False
        self.libraries: tuple[str, ...] = ()
        self.sources = Sources(())
        self.is_kept = False
        self.copy: Path | None = None
        self.running = threading.Event()
        self.lines: tuple[tuple[str, Mapping[str, Param]], ...] = ()
        self.steps: tuple[tuple[int, int], ...] = ()

    def _work(self, tell: Tell) -> Begun:
        self.running.set()
        while self.hold:
            tell(1, 2)
        for done, total in self.steps:
            tell(done, total)
        if self.fault is not None:
            raise self.fault
        return Begun(KEY, self.lines)

    def demo(self, tell: Tell) -> Begun:
        self.asked.append(("demo",))
        self._work(tell)
        return Begun()

    def empty(self, name: str, zone: str, tell: Tell) -> Begun:
        self.asked.append(("empty", name, zone))
        return self._work(tell)

    def columns(self, files: Sequence[Path], tell: Tell) -> tuple[UnknownList, ...]:
        return unknown_lists([path for path in files if path.exists()])

    def bring_in(self, name: str, zone: str, sources: Sources, tell: Tell) -> Begun:
        self.asked.append(("import", name, zone, *(path.name for path in sources.files)))
        self.sources = sources
        if self.libraries and not sources.library:
            raise SeveralLibraries(self.libraries)
        return self._work(tell)

    def newest(self, folder: Path) -> Path | None:
        return self.copy

    def restore(self, source: Path, recovery: str, tell: Tell) -> Begun:
        self.asked.append(("restore", source.name, recovery))
        self._work(tell)
        return Begun(lines=self.lines)

    def new_key(self, tell: Tell) -> Begun:
        self.asked.append(("new key",))
        self._work(tell)
        return Begun(KEY, name="Perpustakaan Lama")

    def kept(self) -> None:
        self.is_kept = True

    def sentence(self, fault: Exception) -> str:
        return "Kunci pemulihan salah." if isinstance(fault, KnownError) else ""

    def key_sheet(self, target: Path, name: str, recovery: str) -> None:
        target.write_text(f"{name} {recovery}", encoding="ascii")


def press(window: FirstStart, word: str) -> None:
    """Click the button with this word on the page that is shown."""
    buttons = window.page().findChildren(QPushButton)
    next(button for button in buttons if button.accessibleName() == Text("id").say(word)).click()
