"""Which library to take out of a file that holds several."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from ui.first_start.page import StartPage
from ui.first_start.scroll import Scroll
from ui.look import Look

_NUMBERED = 9
"""How many of them a single digit can choose."""


class LibrariesPage(StartPage):
    """`chosen` gives the name. Nothing is chosen until somebody moved to it: the Enter before this page takes none."""

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, "start.libraries", "start.libraries-line", parent)
        self.buttons: list[QPushButton] = []
        self._names: tuple[str, ...] = ()
        self._list = Scroll(look, self)
        self.column.addWidget(self._list, 1)
        self.fault = self.words("questionWrong")
        self.answers(("start.back", self.go_back), primary=False, stretch=False)

    def ask(self, names: Sequence[str]) -> None:
        """Offer these names."""
        self._names = tuple(names)
        self.fault.setText("")
        self.buttons = [self._button_of(number, name) for number, name in enumerate(names, 1)]
        self._list.fill(self.buttons, after=self)

    def _button_of(self, number: int, name: str) -> QPushButton:
        shown = self.look.text.data(name) if name != "-" else self.say("start.library-unnamed")
        said = self.say("start.library", {"n": number, "name": shown}) if number <= _NUMBERED else shown
        # An ampersand in a name is no shortcut.
        button = QPushButton(said.replace("&", "&&"))
        button.setObjectName("startChoice")
        button.setAccessibleName(said)
        button.setMinimumHeight(self.look.px(50))
        button.clicked.connect(lambda _checked=False: self.chosen.emit(name))
        return button

    def typed(self, text: str) -> bool:
        """A number chooses."""
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= min(_NUMBERED, len(self._names))):
            return False
        self.chosen.emit(self._names[int(text) - 1])
        return True

    def go_back(self) -> None:
        self.back.emit()

    def wrong(self, said: str) -> None:
        self.fault.setText(said)
