"""What every page of the first start has: a title, a line, fields and buttons in one column, and its keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.domain.verdict import Param
from ui.look import Look
from ui.widgets.labels import word_label


class StartPage(QWidget):
    """One page. `back` asks for the page before; what a page gives to the window are signals of its own."""

    back = Signal()

    def __init__(self, look: Look, title: str, line: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(look.px(14))
        self.words("startTitle").setText(self.say(title))
        self.line = self.words("startLine")
        self.line.setText(self.say(line))

    def say(self, key: str, params: Mapping[str, Param] | None = None) -> str:
        """The sentence in the window's language."""
        return self.look.text.say(key, params)

    # --- what a page is made of -----------------------------------------------------------------------------------

    def words(self, name: str) -> QLabel:
        """A label that takes as many lines as it needs, next in the column."""
        label = word_label(name, self, wrap=True)
        self.column.addWidget(label)
        return label

    def field(self, key: str, widget: QWidget) -> None:
        """A field under its name."""
        label = word_label("startLine", self)
        label.setText(self.say(key))
        widget.setAccessibleName(self.say(key))
        widget.setObjectName("startField")
        widget.setFont(self.look.font(15))
        widget.setMinimumHeight(self.look.px(42))
        self.column.addWidget(label)
        self.column.addWidget(widget)

    def picker(self, key: str, act: Callable[[], object]) -> QPushButton:
        """A button that opens a dialog of the system's."""
        button = self._button(key, act)
        self._row([button])
        return button

    def answers(self, *answers: tuple[str, Callable[[], object]], stretch: bool = True, primary: bool = True) -> None:
        """The buttons at the foot of the page; with `primary` the first is the one that is meant. `stretch`: nothing
        else on the page takes the room that is left."""
        if stretch:
            self.column.addStretch(1)
        buttons = [self._button(key, act) for key, act in answers]
        for button in buttons:
            button.setProperty("primary", "true" if primary and button is buttons[0] else "false")
        self._row(buttons)

    def _button(self, key: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(self.say(key), self)
        button.setObjectName("answer")
        button.setMinimumHeight(self.look.px(38))
        button.setAccessibleName(self.say(key))
        button.clicked.connect(lambda _checked=False: act())
        return button

    def _row(self, buttons: list[QPushButton]) -> None:
        row = QHBoxLayout()
        row.setSpacing(self.look.px(10))
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)

    # --- its keys -------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """The page comes up: the keyboard goes where something is to be typed or chosen. Where nothing is, the page has
        it itself, so that an Enter too many presses no button."""
        self.setFocus()

    def go_on(self) -> None:
        """Enter."""

    def go_back(self) -> None:
        """Esc."""

    def typed(self, text: str) -> bool:
        """A key that no field of the page wanted; whether the page did something with it."""
        return False

    def wrong(self, said: str) -> None:
        """Say what stood in the way; "" takes it away."""


def documents() -> Path:
    """Where this account keeps its papers; the program's own folder is no place for them."""
    said = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(said) if said and Path(said).is_dir() else Path.home()
